"""The command line: its options, what they start, and how a run ends.

Exit status: 0 done; 1 could not be carried out; 2 the request or the input is wrong; 128 + n ended
by signal n (SIGTERM, SIGHUP). Anything but 0 has one line on standard error, and leaves earlier
files as they were.
"""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.commands import carry_out

DEFAULT_GRID = "published"
DEFAULT_K = 3
DEFAULT_MARGIN = 0.01
ENGINES = ("local", "ray")
TABLE_FORMATS = ("markdown", "latex", "csv")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise InputError(f"{message} (--help lists the options)")


def parser() -> argparse.ArgumentParser:
    """Return the parser; what is wrong in a command it raises as InputError, on one line."""
    options = _Parser(
        description="Measure whether a multilingual embedding model puts the same concept in the "
        "same place in every language. Without options: the published experiment.",
    )
    _add_model(options.add_argument_group("model"))
    _add_grid(options.add_argument_group("grid"))
    _add_place(options.add_argument_group("where it runs"))
    _add_output(options.add_argument_group("output"))
    return options


def _add_model(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="hub id, local sentence-transformers folder, a name that --list shows, openai:NAME "
        "for an endpoint, or FILE.npy with finished vectors; repeat it to compare models; default: "
        "the published model, or the embedded use-multilingual where the hub is out of reach",
    )
    group.add_argument("--revision", help="branch, tag or commit of a hub model")
    group.add_argument(
        "--trust-remote-code",
        action="store_true",
        help="let the model run code that comes with it (default: off)",
    )
    group.add_argument(
        "--prompt",
        metavar="TEXT",
        help='put before every text (default: what the model asks for; "" for nothing)',
    )
    group.add_argument(
        "--backend",
        choices=("torch", "onnx", "openvino"),
        default="torch",
        help="what computes a sentence-transformers model (default: %(default)s)",
    )
    group.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="neither keep vectors in the user's cache folder nor take them from there",
    )


def _add_grid(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--grid",
        metavar="NAME|FILE",
        help="a grid that --list shows, or a .csv, .tsv or .json file with one row per concept and "
        f"one column per language (default: {DEFAULT_GRID})",
    )
    group.add_argument(
        "--languages",
        type=_languages,
        metavar="en,de,…",
        help="only these languages (default: all of the grid; the published eight of a named one)",
    )
    group.add_argument(
        "--k",
        type=int,
        default=DEFAULT_K,
        help="nearest neighbours looked at (default: %(default)s)",
    )
    group.add_argument("--seed", type=int, default=0, help="random seed (default: %(default)s)")
    group.add_argument(
        "--probe",
        action="store_true",
        help="measure the grid in other forms too (lower case, capital letter, inside a sentence, "
        "without identical strings, language means removed), to see what makes retrieval fail",
    )
    group.add_argument(
        "--margin",
        type=float,
        default=DEFAULT_MARGIN,
        metavar="SHARE",
        help="differences within ± this do not matter and are called level (default: %(default)s)",
    )


def _languages(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if len(codes) < 2:
        raise argparse.ArgumentTypeError(f"'{text}': a comparison needs at least two languages")
    return codes


def _add_place(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--device",
        metavar="cuda:0,cuda:1,…",
        help="what a sentence-transformers model computes on; several devices share the texts "
        "(default: the first GPU, else the processor)",
    )
    group.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="this machine, or a Ray cluster (default: %(default)s)",
    )
    group.add_argument(
        "--ray-address",
        metavar="HOST:PORT|auto|local",
        help="the cluster's head, the cluster that this machine has joined, or a Ray of its own "
        "(default: local)",
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--output",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where alignment_results.json and fig/ go, or alignment_comparison.json and a folder "
        "for each model (default: here)",
    )
    group.add_argument(
        "--table",
        choices=TABLE_FORMATS,
        help="print the scores as a table to paste, and nothing else",
    )
    group.add_argument(
        "--pairs",
        type=Path,
        metavar="FILE.csv",
        help="also write every misaligned pair, failed retrieval and pair of identical strings, of "
        "which the record keeps the first 100 each",
    )
    group.add_argument(
        "--export-texts",
        type=Path,
        metavar="FILE",
        help="write the grid's texts, one per line, to embed them elsewhere; then --model FILE.npy",
    )
    group.add_argument("--no-figures", action="store_true", help="write the JSON only")
    group.add_argument(
        "--list", action="store_true", help="show the models that run offline here, and the grids"
    )


def main(
    argv: list[str] | None, experiment: Callable[..., Any], compare: Callable[..., Any]
) -> int:
    """Carry out a command line; return the exit status.

    Args:
        argv: without the program's name; None: of this process.
        experiment: makes an experiment: ``CrossLingualAlignmentExperiment``.
        compare: runs several models.
    """
    from alignment.engines.terminal import interrupt_on_signals, replace_missing_letters

    interrupt_on_signals()
    replace_missing_letters()
    args = argparse.Namespace()
    try:
        parser().parse_args(argv, args)
        return carry_out(args, experiment, compare)
    except BrokenPipeError:  # the reader of a pipe has seen enough; the files are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (InputError, RunError, ModuleNotFoundError, OSError, KeyboardInterrupt) as error:
        status, reason = _outcome(error, args)
        print(f"error: {' '.join(reason.split())}", file=sys.stderr)
        return status


def _outcome(error: BaseException, args: argparse.Namespace) -> tuple[int, str]:
    """Return the exit status, and what is wrong and what to do."""
    match error:
        case InputError():
            return 2, str(error)
        case ModuleNotFoundError():
            return 1, (
                f"{error.name} is not installed for {sys.executable}; use .venv/bin/python, which "
                "`make run` sets up, or pip install -r requirements.txt"
            )
        case OSError():
            return 1, _cannot(error, args)
        case KeyboardInterrupt(args=(int(number),)) if number != signal.SIGINT:
            name = signal.Signals(number).name
            return 128 + number, f"ended by {name}; run the same command again for complete results"
        case KeyboardInterrupt():
            return 1, "interrupted; run the same command again for complete results"
    return 1, str(error)


def _cannot(error: OSError, args: argparse.Namespace) -> str:
    """Say whether a file of the output cannot be written, or another one be read."""
    why = error.strerror or one_line(error)
    place = f" '{error.filename}'" if error.filename else ""
    for option in ("export_texts", "pairs", "output"):
        target = getattr(args, option, None)
        if target is not None and (not place or _is_at(Path(error.filename), target)):
            room = "make room, or " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
            return f"cannot write{place}: {why}; {room}choose another --{option.replace('_', '-')}"
    return f"cannot use{place}: {why}; check the path, and whether you may read it"


def _is_at(file: Path, target: Path) -> bool:
    """Return whether the file is a target of the output, in it, above it, or beside it for now."""
    file, target = file.absolute(), target.absolute()
    aside = file.name == f".{target.name}.part"
    return aside or file == target or file in target.parents or target in file.parents
