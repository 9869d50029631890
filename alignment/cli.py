"""The command line: its options, what they start, and how a run ends.

Exit statuses: `alignment.endings`.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alignment import DEFAULT_TIMEOUT, InputError, interruption, tell
from alignment.commands import carry_out
from alignment.endings import outcome
from alignment.engines import terminal

# Settings of matplotlib: drawing has its own, and a wrong one would end the run.
_NOT_OURS = ("MPLBACKEND", "MATPLOTLIBRC", "SOURCE_DATE_EPOCH")
DEFAULT_GRID = "published"
DEFAULT_K = 3
DEFAULT_MARGIN = 0.01


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise InputError(f"{message} (--help lists the options)")

    def print_help(self, file: Any = None) -> None:
        with terminal.printing():
            print(self.format_help(), end="", file=file)


def parser() -> argparse.ArgumentParser:
    """Return the parser; what is wrong in a command it raises as InputError, on one line."""
    options = _Parser(
        description="Measure whether a multilingual embedding model puts the same concept in the "
        "same place in every language. Without options: the published experiment.",
    )
    _add_model(options.add_argument_group("model").add_argument)
    _add_grid(options.add_argument_group("grid").add_argument)
    _add_measuring(options.add_argument_group("measuring").add_argument)
    _add_place(options.add_argument_group("where it runs").add_argument)
    _add_output(options.add_argument_group("output").add_argument)
    _add_records(options.add_argument_group("earlier runs").add_argument)
    return options


def _add_model(add: Callable[..., Any]) -> None:
    add(
        "--model",
        action="append",
        metavar="NAME",
        help="hub id, local sentence-transformers folder, a name that --list shows, openai:NAME "
        "for an endpoint, or FILE.npy with finished vectors; repeat it to compare models; default: "
        "the published model, or the embedded use-multilingual where the hub is out of reach",
    )
    add("--revision", help="branch, tag or commit of a hub model")
    remote_code = "let the model run code that comes with it (default: off)"
    add("--trust-remote-code", action="store_true", help=remote_code)
    prompt = 'put before every text (default: what the model asks for; "" for nothing)'
    add("--prompt", metavar="TEXT", help=prompt)
    passage_prompt = "put before every passage that --queries searches (default: likewise)"
    add("--passage-prompt", metavar="TEXT", help=passage_prompt)
    backend = "what computes a sentence-transformers model (default: %(default)s)"
    add("--backend", choices=("torch", "onnx", "openvino"), default="torch", help=backend)
    timeout = (
        "give up on a request to the hub or an endpoint after this time, in which a busy server is "
        f"asked again; a large file may take longer while it arrives (default: {DEFAULT_TIMEOUT})"
    )
    add("--timeout", type=float, metavar="SECONDS", help=timeout)
    no_cache = "neither keep vectors in the user's cache folder nor take them from there"
    add("--no-cache", dest="cache", action="store_false", help=no_cache)


def _add_grid(add: Callable[..., Any]) -> None:
    add(
        "--grid",
        metavar="NAME|FILE|DIR",
        help="a grid that --list shows; a .csv, .tsv, .json or .xlsx file with one row per concept "
        "and one column per language, a .tmx file, a folder with one text file per language, or "
        f"hub:OWNER/DATASET; NAME=FILE.tgz for one brought by hand (default: {DEFAULT_GRID})",
    )
    strict = "refuse texts with damage that could be repaired, such as control characters"
    add("--strict", action="store_true", help=strict)
    languages = "only these, or all (default: all of a file, the published eight of a named grid)"
    add("--languages", type=_languages, metavar="en,de,…|all", help=languages)
    add(
        "--queries",
        metavar="FILE",
        help="questions about the grid's rows, to measure search: a file like a grid's with a "
        "column 'passage', which names the row that answers the question",
    )
    mix = "also search an index with these shares of languages, each passage in one of them"
    add("--mix", type=_mix, metavar="en=0.8,th=0.2", help=mix)


def _add_measuring(add: Callable[..., Any]) -> None:
    # without a default, so that one that was given is told apart: a record has its own
    add("--k", type=int, help=f"nearest neighbours looked at (default: {DEFAULT_K})")
    add("--seed", type=int, help="random seed (default: 0)")
    margin = f"differences within ± this do not matter: they are level (default: {DEFAULT_MARGIN})"
    add("--margin", type=float, metavar="SHARE", help=margin)
    add(
        "--probe",
        action="store_true",
        help="measure the grid in other forms too (lower case, capital letter, inside a sentence, "
        "without identical strings, language means removed), to see what makes retrieval fail",
    )
    thresholds = "also say from which cosine two texts count as translations, by use and pair"
    add("--thresholds", action="store_true", help=thresholds)
    truncate = "also measure the vectors cut to their first dimensions: what that costs"
    add("--truncate", type=_numbers, default=(), metavar="256,128,…", help=truncate)
    quantize = "also rounded: float16, int8, binary, binary-rescored; with --truncate, in each"
    add("--quantize", type=_names, default=(), metavar="int8,binary,…", help=quantize)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _numbers(text: str) -> list[int]:
    try:
        return [int(name) for name in _names(text)]
    except ValueError:
        said = f"'{text}': write whole numbers of dimensions: 256,128"
        raise argparse.ArgumentTypeError(said) from None


def _languages(text: str) -> list[str]:
    codes = _names(text)
    if len(codes) < 2 and codes != ["all"]:
        raise argparse.ArgumentTypeError(f"'{text}': a comparison needs at least two languages")
    return codes


def _mix(text: str) -> dict[str, float]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    try:
        return {code.strip(): float(share) for code, _, share in pairs}
    except ValueError:
        said = f"'{text}': write a share for each language: en=0.8,th=0.2"
        raise argparse.ArgumentTypeError(said) from None


def _add_place(add: Callable[..., Any]) -> None:
    add(
        "--device",
        metavar="cuda:0,cuda:1,…",
        help="what a sentence-transformers model computes on; several devices share the texts "
        "(default: the first GPU, else the processor)",
    )
    engine = "this machine, or a Ray cluster (default: %(default)s)"
    add("--engine", choices=("local", "ray"), default="local", help=engine)
    add(
        "--ray-address",
        metavar="HOST:PORT|auto|local",
        help="the cluster's head, the cluster that this machine has joined, or a Ray of its own "
        "(default: local)",
    )


def _add_output(add: Callable[..., Any]) -> None:
    add(
        "--output",
        type=_path,
        default=Path(),
        metavar="DIR",
        help="where alignment_results.json and fig/ go, or alignment_comparison.json and a folder "
        "for each model (default: here)",
    )
    table = "print the scores as a table to paste, and nothing else"
    add("--table", choices=("markdown", "latex", "csv"), help=table)
    add(
        "--pairs",
        type=_path,
        metavar="FILE.csv",
        help="also write every misaligned translation, failed retrieval and pair of identical "
        "strings, of which the record keeps the first 100 each",
    )
    page = "also write alignment_report.html, one page with everything to read and to share"
    add("--html", action="store_true", help=page)
    texts = "write the grid's texts, one per line, to embed them elsewhere; then --model FILE.npy"
    add("--export-texts", type=_path, metavar="FILE", help=texts)
    add("--no-figures", dest="figures", action="store_false", help="write the JSON only")
    add("--debug", action="store_true", help="end with the whole traceback of an error")
    offline = "show the models that run offline here, and the grids"
    add("--list", action="store_true", help=offline)


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        said = f"'{text}': there is no such user; write ./{text} for a folder of that name"
        raise argparse.ArgumentTypeError(said) from None


def _add_records(add: Callable[..., Any]) -> None:
    add(
        "--against",
        type=_path,
        metavar="OLD.json",
        help="hold the run against an earlier record of the same grid, overall and by language; "
        "exit status 3 where it is significantly worse, by more than the margin",
    )
    add(
        "--from",
        dest="record",
        type=_path,
        metavar="NEW.json",
        help="do not run a model: print what this record holds, or hold it --against another",
    )
    summary = "also write the verdict, the languages and the worst errors as a page of Markdown"
    add("--summary", type=_path, metavar="FILE.md", help=summary)


def main(
    argv: list[str] | None, experiment: Callable[..., Any], compare: Callable[..., Any]
) -> int:
    """Carry out a command line; return the exit status.

    Args:
        argv: without the program's name; None: of this process, which then ends.
        experiment: makes an experiment: ``CrossLingualAlignmentExperiment``.
        compare: runs several models.
    """
    terminal.interrupt_on_signals()
    terminal.open_closed_streams()
    terminal.replace_missing_letters()
    for name in _NOT_OURS if argv is None else ():
        os.environ.pop(name, None)
    args = argparse.Namespace(complete=False)
    try:
        parser().parse_args(_legible(sys.argv[1:] if argv is None else argv), args)
        return carry_out(args, experiment, compare)
    except (Exception, KeyboardInterrupt) as error:
        if getattr(args, "debug", False):
            raise
        status, reason = outcome(interruption(error) or error, args)
        tell("error", reason)
        return status
    finally:
        if argv is None:
            terminal.ignore_signals()  # to end its processes and threads takes only a moment


def _legible(arguments: list[str]) -> list[str]:
    """Refuse names that no record could hold."""
    for text in arguments:
        if any("\ud800" <= letter <= "\udfff" for letter in text):  # bytes, as Python reads them
            raise InputError(
                f"'{text}' is not text in this terminal's encoding, {sys.getfilesystemencoding()}; "
                "rename it, or set LC_ALL=C.UTF-8"
            )
    return arguments
