"""The options of the command line, each spelt here once; capabilities add theirs."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from alignment import (
    DEFAULT_K,
    DEFAULT_MARGIN,
    DEFAULT_TIMEOUT,
    FIGURE_FORMATS,
    InputError,
    expanded,
)
from alignment.capabilities import capabilities
from alignment.engines import terminal
from alignment.seam import separated


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise InputError(f"{message} (--help lists the options)")

    def print_help(self, file: Any = None) -> None:
        with terminal.printing():
            print(self.format_help(), end="", file=file)


def parser() -> argparse.ArgumentParser:
    """Return the parser; it raises InputError, with one line, for a wrong command line."""
    options = _Parser(
        description="Measure whether a multilingual embedding model puts the same concept in the "
        "same place in every language. Without options: the published experiment."
    )
    _add_run_options(options)
    options.set_defaults(run_defaults=vars(options.parse_args([])))  # --from refuses other values
    add = options.add_argument_group("output").add_argument
    output = "folder for the record and fig/, or the comparison and a folder per model"
    add("--output", type=_path, default=Path(), metavar="DIR", help=f"{output} (default: here)")
    add("--table", choices=("markdown", "latex", "csv"), help="print only a table to paste")
    add("--html", action="store_true", help="also write everything into alignment_report.html")
    add("--no-figures", dest="figures", action="store_false", help="write the JSON only")
    formats = f"formats of the figures: {', '.join(FIGURE_FORMATS)} (default: png)"
    add("--figure-format", type=_formats, default=("png",), metavar="png,pdf,…", help=formats)
    add("--debug", action="store_true", help="end with the whole traceback of an error")
    add("--list", action="store_true", help="show the models that run offline here, and the grids")
    add = options.add_argument_group("earlier runs").add_argument
    against = "compare with an earlier record; exit status 3 where the run is significantly worse"
    add("--against", type=_path, metavar="OLD.json", help=against)
    record = "do not run a model: print what this record holds, or compare it --against another"
    add("--from", dest="record", type=_path, metavar="NEW.json", help=record)
    add("--summary", type=_file, metavar="FILE.md", help="also write a summary in Markdown")
    return options


def _add_run_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument_group("model").add_argument
    model = (
        "hub id, local sentence-transformers folder, a name that --list shows, openai:NAME for an "
        "endpoint, or FILE.npy with finished vectors; repeat it to compare models (default: the "
        "published model, or the embedded use-multilingual where the hub is out of reach)"
    )
    add("--model", action="append", metavar="NAME", help=model)
    add("--revision", help="branch, tag or commit of a hub model")
    add("--trust-remote-code", action="store_true", help="let the model run code of its own")
    prompt = 'put before every text (default: what the model asks for; "" for nothing)'
    add("--prompt", metavar="TEXT", help=prompt)
    passages = "put before every passage (default: what the model asks for)"
    add("--passage-prompt", metavar="TEXT", help=passages)
    backend = "what computes a sentence-transformers model (default: torch)"
    add("--backend", choices=("torch", "onnx", "openvino"), default="torch", help=backend)
    timeout = f"how long the client of a server waits for it (default: {DEFAULT_TIMEOUT})"
    add("--timeout", type=float, metavar="SECONDS", help=timeout)
    add("--no-cache", dest="cache", action="store_false", help="neither keep nor reuse vectors")
    add = options.add_argument_group("grid").add_argument
    grid = (
        "a name that --list shows; a .csv, .tsv, .json, .jsonl, .parquet or .xlsx file, or one of "
        "them in .gz, with a row per concept and a column per language; a .tmx file, a folder with "
        "a text file per language, or hub:OWNER/DATASET; NAME=FILE.tgz for one brought by hand "
        "(default: published)"
    )
    add("--grid", metavar="NAME|FILE|DIR", help=grid)
    add("--strict", action="store_true", help="refuse texts with damage that could be repaired")
    languages = "only these, or all (default: all of a file, the published eight of a named grid)"
    add("--languages", type=_languages, metavar="en,de,…|all", help=languages)
    texts = "write the grid's texts, one per line, to embed them elsewhere; then --model FILE.npy"
    add("--export-texts", type=partial(_file, special=True), metavar="FILE", help=texts)
    _add_measuring(options)
    add = options.add_argument_group("where it runs").add_argument
    device = "devices that share the texts (default: the first GPU, else the processor)"
    add("--device", metavar="cuda:0,cuda:1,…", help=device)
    add("--engine", choices=("local", "ray"), default="local", help="this machine or a Ray cluster")
    address = "the cluster's head, the joined cluster, or a Ray of this machine (default: local)"
    add("--ray-address", metavar="HOST:PORT|auto|local", help=address)


def _add_measuring(options: argparse.ArgumentParser) -> None:
    # The default None shows whether an option was given, for --from and --against.
    group = options.add_argument_group("measuring")
    add = group.add_argument
    add("--k", type=int, help=f"number of nearest neighbours (default: {DEFAULT_K})")
    add("--seed", type=int, help="random seed (default: 0)")
    margin = f"differences within ± this do not matter: they are level (default: {DEFAULT_MARGIN})"
    add("--margin", type=float, metavar="SHARE", help=margin)
    pairs = "also write all misaligned translations, failed retrievals and identical strings"
    add("--pairs", type=_file, metavar="FILE.csv", help=pairs)
    for capability in capabilities().values():
        capability.add_options(group)


def _languages(text: str) -> list[str]:
    codes = separated(text)
    if len(codes) < 2 and codes != ["all"]:
        raise argparse.ArgumentTypeError(f"'{text}': a comparison needs at least two languages")
    return codes


def _formats(text: str) -> list[str]:
    formats = separated(text)
    if not formats or set(formats) - set(FIGURE_FORMATS):
        raise argparse.ArgumentTypeError(f"'{text}': choose from {', '.join(FIGURE_FORMATS)}")
    return formats


def _path(text: str) -> Path:
    try:
        return expanded(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _file(text: str, special: bool = False) -> Path:
    """Return the path of a file to write; ``special`` allows devices and pipes."""
    path = _path(text)
    if path.is_dir() or (path.exists() and not path.is_file() and not special):
        what = "a folder" if path.is_dir() else "not a file"
        raise argparse.ArgumentTypeError(f"'{path}' is {what}; name a file")
    return path


def require_text(arguments: list[str]) -> list[str]:
    """Refuse arguments whose bytes are not text, because no record could hold them."""
    for text in arguments:
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise InputError(
                f"'{text}' is not text in this terminal's encoding, {sys.getfilesystemencoding()}; "
                "rename it, or set LC_ALL=C.UTF-8"
            )
    return arguments


def require_compatible(args: argparse.Namespace) -> None:
    """Refuse options that exclude each other."""
    if args.record:
        defaults = args.run_defaults | {"output": args.output if args.html else Path()}
        if args.against:
            del defaults["margin"]
        given = {n: value for n in defaults if (value := getattr(args, n)) != defaults[n]}
        names = (f"{'no-' * (value is False)}{name}" for name, value in given.items())
        if flags := ", ".join(f"--{name.replace('_', '-')}" for name in names):
            raise InputError(f"--from '{args.record}' is of a finished run; leave out {flags}")
    if args.against and len(args.model or ()) > 1:
        raise InputError("--against is for one --model; leave it out, or run each model alone")
    if args.engine == "local" and args.ray_address is not None:
        raise InputError("--ray-address is for --engine ray; give both, or neither")
    if args.engine == "ray" and args.device is not None:
        raise InputError(
            f"--device {args.device} is of this machine, and Ray assigns devices itself; leave out "
            "--device, or --engine ray"
        )
