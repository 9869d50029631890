"""The options of the command line: their meaning and their defaults."""

import argparse
from pathlib import Path

from alignment import InputError
from alignment.record import COMPARISON_FILE, RESULTS_FILE

DEFAULT_GRID = "published"
DEFAULT_K = 3
ENGINES = ("local", "ray")
TABLE_FORMATS = ("markdown", "latex", "csv")


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise InputError(f"{message} (--help lists the options)")


def _languages(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if len(codes) < 2:
        raise argparse.ArgumentTypeError(f"'{text}' is not enough; a comparison needs two")
    return codes


def parser() -> argparse.ArgumentParser:
    """Return the parser; what is wrong in a command it raises as InputError, on one line."""
    options = _Parser(
        prog="cross_lingual_alignment.py",
        description="Measure whether a multilingual embedding model puts the same concept in the "
        "same place in every language. Without options: the published experiment.",
    )
    model = options.add_argument_group("what is measured")
    model.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="hub id, local sentence-transformers folder, a name that --list shows, openai:NAME "
        "for an endpoint, or FILE.npy with finished vectors; repeat it to compare models; default: "
        "the published model, or the embedded use-multilingual where the hub is out of reach",
    )
    model.add_argument("--revision", help="branch, tag or commit of a hub model")
    model.add_argument(
        "--trust-remote-code",
        action="store_true",
        help="let the model run code that comes with it (default: off)",
    )
    model.add_argument(
        "--prompt",
        metavar="TEXT",
        help='put before every text (default: what the model asks for; "" for nothing)',
    )
    model.add_argument(
        "--backend",
        choices=("torch", "onnx", "openvino"),
        default="torch",
        help="what computes a sentence-transformers model (default: %(default)s)",
    )
    model.add_argument(
        "--no-cache",
        action="store_true",
        help="neither keep vectors in the user's cache folder nor take them from there",
    )
    grid = options.add_argument_group("on what")
    grid.add_argument(
        "--grid",
        metavar="NAME|FILE",
        help="a grid that --list shows, or a .csv, .tsv or .json file: a column a language, a row "
        f"a concept (default: {DEFAULT_GRID})",
    )
    grid.add_argument(
        "--languages",
        type=_languages,
        metavar="en,de,…",
        help="only these languages (default: all of the grid; the published eight of a named one)",
    )
    grid.add_argument(
        "--k",
        type=int,
        default=DEFAULT_K,
        help="nearest neighbours looked at (default: %(default)s)",
    )
    grid.add_argument(
        "--seed", type=int, default=0, help="of everything random (default: %(default)s)"
    )
    grid.add_argument(
        "--probe",
        action="store_true",
        help="measure the grid in other forms too (lower case, capital letter, inside a sentence, "
        "without identical texts, language means removed), to see what makes retrieval fail",
    )
    where = options.add_argument_group("where it runs")
    where.add_argument(
        "--device",
        metavar="cuda:0,cuda:1,…",
        help="what a sentence-transformers model computes on; of several each takes a part of the "
        "texts (default: the first GPU, else the processor)",
    )
    where.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="this machine, or a Ray cluster (default: %(default)s)",
    )
    where.add_argument(
        "--ray-address",
        metavar="HOST:PORT|auto|local",
        help="the cluster's head, the cluster that this machine has joined, or a Ray of its own "
        "(default: local)",
    )
    output = options.add_argument_group("what comes out")
    output.add_argument(
        "--output",
        type=Path,
        default=Path(),
        metavar="DIR",
        help=f"where {RESULTS_FILE} and fig/ go, or {COMPARISON_FILE} and a folder for each model "
        "(default: here)",
    )
    output.add_argument(
        "--table",
        choices=TABLE_FORMATS,
        help="print the scores as a table to paste, and nothing else",
    )
    output.add_argument(
        "--export-texts",
        type=Path,
        metavar="FILE",
        help="write the grid's texts, a line each, to embed them elsewhere; then --model FILE.npy",
    )
    output.add_argument("--no-figures", action="store_true", help="write the JSON only")
    output.add_argument(
        "--list", action="store_true", help="show the models that run offline here, and the grids"
    )
    return options
