"""Does a multilingual embedding model put the same concept in the same place in every language?

``python cross_lingual_alignment.py`` runs the published experiment; ``--help`` shows the rest.
"""

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from alignment import InputError, RunError
from alignment.grids import ConceptGrid
from alignment.results import RESULTS_FILE, AlignmentResults, staged
from concepts import CONCEPTS

# NumPy, faiss, matplotlib and the models are imported by the steps that need them, so that --help
# and a mistyped option are answered at once.


DEFAULT_K = 3


class CrossLingualAlignmentExperiment:
    """One model on one grid: embed → index → analyse → save.

    Without arguments it is the published experiment: its model, its grid, its k, its weights.

    Args:
        model_name: hub id, local folder, "use-multilingual", or any object with
            ``.encode(list of str)`` that returns an (n, D) array. None: the published model, or
            the embedded one where that cannot be had.
        grid: the concepts and their texts; None: the published 15 × 8 grid.
        k: nearest neighbours looked at, 1 ≤ k < C·L; a grid too small for the default gets null.
        prompt: put before every text.
        seed: of everything random; the published metrics have nothing random.
        revision: branch, tag or commit of a hub model.
        trust_remote_code: let a hub model run code of its own.

    Raises:
        InputError: for a k that the grid cannot serve, or a grid that is none.
    """

    def __init__(
        self,
        model_name=None,
        grid: ConceptGrid | str | os.PathLike | None = None,
        k: int = DEFAULT_K,
        *,
        prompt: str = "",
        seed: int = 0,
        revision: str | None = None,
        trust_remote_code: bool = False,
    ):
        self.model_name = model_name
        self.grid = _resolve_grid(grid)
        self.k = k
        self.prompt = prompt
        self.seed = seed
        self.revision = revision
        self.trust_remote_code = trust_remote_code
        others = len(self.grid.concepts) * len(self.grid.languages) - 1
        fits = isinstance(k, int) and 1 <= k <= others
        if not fits and not (k == DEFAULT_K and others):
            raise InputError(
                f"k is {k}, but a text of this grid has {others} others for neighbours; "
                f"give a whole number from 1 to {others}"
            )

    def run(self) -> AlignmentResults:
        """Embed the grid and analyse it.

        Raises:
            RunError: when the model cannot be loaded, or does not give usable vectors.
        """
        model = self.load_model()
        return self.analyse(self.embed(model), model)

    def load_model(self):
        """Load the model; say so on standard error where another runs than the published one."""
        from alignment import models

        model = models.load(
            self.model_name, revision=self.revision, trust_remote_code=self.trust_remote_code
        )
        if model.fallback:
            print(
                f"note: {model.name} runs in place of {model.requested}: {model.fallback}",
                file=sys.stderr,
            )
        return model

    def embed(self, model):
        """Return X (C, L, D): the unit vectors of the grid's texts."""
        from alignment import encoders

        vectors = encoders.unit_vectors(model.encoder, self.grid.flat_texts(), self.prompt)
        return vectors.reshape(len(self.grid.concepts), len(self.grid.languages), -1)

    def analyse(self, X, model) -> AlignmentResults:
        """Measure X (C, L, D) of this experiment's grid, and make the record of it."""
        from alignment.analysis import analyse

        return analyse(
            X,
            self.grid,
            k=self.k,
            seed=self.seed,
            model=model.name,
            provenance=self._provenance(model, dimension=X.shape[2]),
        )

    def save(self, results: AlignmentResults, output=".", figures: bool = True) -> list[Path]:
        """Write the record and the figures drawn from it into a folder: all of them, or none.

        Returns:
            The files written, relative to the folder.

        Raises:
            OSError: when the folder cannot be written to; earlier files are then left alone.
        """
        with staged(output) as stage:
            results.to_json(stage / RESULTS_FILE)
            if figures:
                from alignment.figures import save_figures

                save_figures(results, stage / "fig")
            return sorted(p.relative_to(stage) for p in stage.rglob("*") if p.is_file())

    def _provenance(self, model, dimension: int) -> dict:
        return {
            "requested_model": model.requested,
            "fallback": bool(model.fallback),
            "model_fingerprint": model.fingerprint,
            "dimension": dimension,
            "prompt": self.prompt,
            "k": self.k,
            "seed": self.seed,
            "grid": self.grid.name,
            "grid_sha256": self.grid.sha256(),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("numpy", "faiss-cpu", *model.packages)},
            },
        }


def _resolve_grid(grid) -> ConceptGrid:
    if grid is None or grid == CONCEPTS.name:
        return CONCEPTS
    if isinstance(grid, ConceptGrid):
        return grid
    raise InputError(
        f"grid '{grid}' is not known; this version has '{CONCEPTS.name}', and takes a ConceptGrid "
        "in Python (files and more named grids are still to come)"
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise InputError(f"{message} (--help lists the options)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cross_lingual_alignment.py",
        description="Measure whether a multilingual embedding model puts the same concept in the "
        "same place in every language. Without options: the published experiment.",
    )
    model = parser.add_argument_group("what is measured")
    model.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="hub id, local sentence-transformers folder, or use-multilingual (embedded, needs no "
        "network); default: the published model, or the embedded one where the hub is out of reach",
    )
    model.add_argument("--revision", help="branch, tag or commit of a hub model")
    model.add_argument(
        "--trust-remote-code",
        action="store_true",
        help="let the model run code that comes with it (default: off)",
    )
    model.add_argument(
        "--prompt",
        default="",
        metavar="TEXT",
        help='put before every text; E5 models want "query: " (default: nothing)',
    )
    grid = parser.add_argument_group("on what")
    grid.add_argument("--grid", metavar="NAME", help=f"named grid (default: {CONCEPTS.name})")
    grid.add_argument(
        "--languages",
        type=lambda codes: [code.strip() for code in codes.split(",")],
        metavar="en,de,…",
        help="only these of the grid's languages (default: all)",
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
    output = parser.add_argument_group("what comes out")
    output.add_argument(
        "--output",
        type=Path,
        default=Path(),
        metavar="DIR",
        help=f"where {RESULTS_FILE} and fig/ go (default: here)",
    )
    output.add_argument("--no-figures", action="store_true", help="write the JSON only")
    output.add_argument(
        "--list", action="store_true", help="show the models that run offline here, and the grids"
    )
    return parser


def _experiment(args) -> CrossLingualAlignmentExperiment:
    models = args.model or [None]
    if len(models) > 1:
        raise InputError("--model was given twice; comparing models is still to come, name one")
    grid = _resolve_grid(args.grid)
    return CrossLingualAlignmentExperiment(
        models[0],
        grid.in_languages(args.languages) if args.languages else grid,
        args.k,
        prompt=args.prompt,
        seed=args.seed,
        revision=args.revision,
        trust_remote_code=args.trust_remote_code,
    )


def _list() -> None:
    from alignment.models import runnable_offline

    print("models that run offline here:")
    for name in runnable_offline():
        print(f"  {name}")
    print("grids:")
    C, L = len(CONCEPTS.concepts), len(CONCEPTS.languages)
    print(f"  {CONCEPTS.name}: {C} concepts × {L} languages")


def _run(argv: list[str] | None) -> None:
    args = _parser().parse_args(argv)
    if args.list:
        return _list()
    experiment = _experiment(args)
    with staged(args.output) as stage:  # first, so that a folder of no use costs nobody a wait
        results = experiment.run()
        files = experiment.save(results, stage, figures=not args.no_figures)

    from rich.console import Console

    from alignment.report import print_report

    print_report(results, Console(), [str(args.output / file) for file in files])


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status: 0 done, 2 wrong request, 1 not carried out."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal without Unicode shows "?" and goes on
    try:
        _run(argv)
    except InputError as error:
        status, reason = 2, error
    except (RunError, OSError) as error:
        status, reason = 1, error
    except KeyboardInterrupt:
        status, reason = 1, "interrupted: nothing was written; run it again to get results"
    else:
        return 0
    print(f"error: {' '.join(str(reason).split())}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
