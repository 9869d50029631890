"""Does a multilingual embedding model put the same concept in the same place in every language?

``python cross_lingual_alignment.py`` runs the published experiment; ``--help`` shows the rest.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # interrupted among the imports: end at once

import os
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import DEFAULT_K, DEFAULT_MARGIN, capabilities, cli
from alignment.engines.files import staged
from alignment.grids import ConceptGrid, resolve_grid
from alignment.grids.checks import check_numbers
from alignment.record import RESULTS_FILE
from concepts import CONCEPTS

if TYPE_CHECKING:
    from alignment.compare.models import Comparison
    from alignment.engines.cluster import RayEngine
    from alignment.models import Encoder
    from alignment.results import AlignmentResults
    from alignment.seam import Request

# NumPy, faiss, matplotlib and the models are imported by the steps that need them, so that --help
# and a mistyped option are answered at once. These names can be imported from here as well:
_LATER = {
    "AlignmentResults": "alignment.results",
    "Comparison": "alignment.compare.models",
    "CrossLingualAlignmentEvaluator": "alignment.evaluator",
}


class CrossLingualAlignmentExperiment:
    """One model on one grid: embed → normalise → index → measure → capabilities → save.

    Without arguments it is the published experiment: its model, its grid and its k.

    Args:
        model_name: hub id, local folder, "use-multilingual", or an object with ``.encode(texts)``
            → (n, D). None: the published model, or the embedded one where the hub does not answer.
        grid: the concepts' texts, a file, or a name that --list shows; None: the published 15 × 8.
        k: number of nearest neighbours, 1 ≤ k < C·L; a grid too small for the default gets null.
        languages: only these; None: all of a file, the published eight of a named grid.
        engine: a running ``alignment.engines.cluster.RayEngine``; None: this machine.
        requests: requests of another experiment on this grid; None: those of ``options``.
        strict, seed, margin, pairs, options: every other option by keyword, as --help describes it,
            such as ``probe=True``; the model's are listed in ``alignment.models.ModelOptions``.

    Raises:
        InputError: when ``grid`` is not a grid, or too small for k or for what is requested.
    """

    def __init__(
        self,
        model_name: "str | Encoder | None" = None,
        grid: ConceptGrid | str | os.PathLike[str] | None = None,
        k: int = DEFAULT_K,
        *,
        languages: Iterable[str] | None = None,
        strict: bool = False,
        seed: int = 0,
        margin: float = DEFAULT_MARGIN,
        pairs: str | os.PathLike[str] | None = None,
        engine: "RayEngine | None" = None,
        requests: "dict[str, Request] | None" = None,
        **options: Any,
    ):
        from alignment.models import ModelOptions

        self.model_name, self.k, self.seed, self.margin = model_name, k, seed, margin
        self.grid = resolve_grid(grid, languages, CONCEPTS, strict)
        check_numbers(len(self.grid.concepts) * len(self.grid.languages), k, seed, margin)
        given = {name: options.pop(name, value) for name, value in capabilities.defaults().items()}
        self.requests = requests or capabilities.requests(given | {"strict": strict}, self.grid)
        self.pairs, self.engine = None if pairs is None else Path(pairs), engine
        self.options = ModelOptions(**options)
        self.seconds: float | None = None  # to load and embed; None if vectors were cached
        self.load_seconds: float | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """The decisions made while the grid and the requests were read."""
        decided = (notice for request in self.requests.values() for notice in request.notices)
        return (*self.grid.notices, *decided)

    def run(self) -> "AlignmentResults":
        """Embed the grid, measure it, and return the record.

        Raises:
            RunError: no model, or no usable vectors; OSError: the file of pairs cannot be written.
        """
        from alignment import models
        from alignment.engines import computing_on
        from alignment.measure.measurement import measure
        from alignment.record.analysis import Context
        from alignment.results import record_of

        start = time.perf_counter()
        options = [request.embeds for request in self.requests.values() if request.embeds]
        model = models.load(self.model_name, self.options, options)
        embed = partial(model.embed, through=self.engine.map_batches if self.engine else map)
        X = self.grid.spread(embed(self.grid.flat_texts()))  # (C, L, D), unit rows; 0 for a gap
        if not model.reused:
            self.seconds, self.load_seconds = time.perf_counter() - start, model.load_seconds
        with computing_on(self.engine.map if self.engine else None):
            measurement = measure(X, self.grid, int(self.k), self.seed)  # the index is in it
            context = Context(measurement, model, embed, self.requests, self.margin)
            return record_of(context, self.notices, self.pairs)  # each capability adds its section

    def save(
        self,
        results: "AlignmentResults",
        output: str | os.PathLike[str] = ".",
        figures: bool = True,
        html: bool = False,
        figure_format: Sequence[str] = ("png",),
    ) -> list[Path]:
        """Write the record, its figures and its page; return the files, relative to the folder.

        Figures are written in each of the formats, "png", "pdf" and "svg".

        Raises:
            OSError: when the folder cannot be written to; earlier files are then left alone.
        """
        from alignment.report import present

        with staged(output) as stage:
            results.to_json(stage / RESULTS_FILE)
            present(results, stage, figure_format if figures else (), html)
            return sorted(p.relative_to(stage) for p in stage.rglob("*") if p.is_file())


def compare(
    models: "list[str | Encoder | None]",
    output: str | os.PathLike[str] | None = None,
    figures: bool = True,
    html: bool = False,
    figure_format: Sequence[str] = ("png",),
    **options: Any,
) -> "Comparison":
    """Run several models on one grid and compare them, paired by concept.

    A model that fails is reported on standard error and named in the comparison; the others go on.

    Args:
        models: names or objects; ``options``, such as grid, k and prompt, are the same for all.
        output: folder for the comparison and, in it, a folder for each model; None writes nothing.

    Raises:
        InputError: the request is wrong; RunError: no model ran; OSError: nothing can be written.
    """
    from alignment.compare import runs

    experiments = runs.shared(CrossLingualAlignmentExperiment, models, **options)
    return runs.run_all(experiments, output, figures, html, figure_format)


def __getattr__(name: str) -> Any:
    if module := _LATER.get(name):
        return getattr(import_module(module), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status, as `alignment.cli` describes it."""
    return cli.main(argv, CrossLingualAlignmentExperiment)


if __name__ == "__main__":
    sys.exit(main())
