"""Does a multilingual embedding model put the same concept in the same place in every language?

``python cross_lingual_alignment.py`` runs the published experiment; ``--help`` shows the rest.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # interrupted among the imports: end at once

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import MAX_TOLD, InputError, RunError, cli, explained, tell
from alignment.cli import DEFAULT_K, DEFAULT_MARGIN
from alignment.engines.files import staged
from alignment.grids import ConceptGrid, Questions, resolve_grid, resolve_questions, shares_of
from alignment.record import COMPARISON_FILE, PAGE_FILE, RESULTS_FILE
from alignment.record.files import folder_name, unique
from concepts import CONCEPTS

if TYPE_CHECKING:
    import numpy as np

    from alignment.engines.cluster import RayEngine
    from alignment.models import Encoder, Model
    from alignment.models.model import Role
    from alignment.record.comparison import Comparison
    from alignment.record.cost_numbers import Searched
    from alignment.record.results import AlignmentResults

# NumPy, faiss, matplotlib and the models are imported by the steps that need them, so that --help
# and a mistyped option are answered at once; likewise what is imported from here:
_LATER = {
    "AlignmentResults": "alignment.record.results",
    "Comparison": "alignment.record.comparison",
    "CrossLingualAlignmentEvaluator": "alignment.evaluator",
}


class CrossLingualAlignmentExperiment:
    """One model on one grid: embed → normalise → index → measure → save.

    Without arguments it is the published experiment: its model, its grid, its k, its weights.

    Args:
        model_name: hub id, local folder, "use-multilingual", or an object with ``.encode(texts)``
            → (n, D). None: the published model, or the embedded one where that cannot be had.
        grid: the concepts' texts, a file, or a name that --list shows; None: the published 15 × 8.
        k: nearest neighbours looked at, 1 ≤ k < C·L; a grid too small for the default gets null.
        seed: random seed; the published metrics have nothing random.
        margin: differences within ± margin do not matter: they are called level.
        probe: whether to measure the grid in other forms too, to see what makes retrieval fail.
        queries: questions that rows of the grid answer, or a file of them: then search is measured.
        mix: {language: share} of an index with unequal shares of languages, searched as well.
        truncate, quantize: cheaper vectors to measure: dimensions, precisions; see docs/cost.md.
        thresholds: whether to say from which cosine two texts count as translations.
        pairs: .csv file for all single pairs, of which the record keeps the first 100 of a kind.
        engine: where to compute: None, here, or a running ``alignment.engines.cluster.RayEngine``.
        options: of the model, as ``alignment.models.ModelOptions`` has them: prompt, device, …

    Raises:
        InputError: for what is not a grid, or what a grid cannot serve: a k, questions.
    """

    def __init__(
        self,
        model_name: "str | Encoder | None" = None,
        grid: ConceptGrid | str | os.PathLike[str] | None = None,
        k: int = DEFAULT_K,
        *,
        seed: int = 0,
        margin: float = DEFAULT_MARGIN,
        probe: bool = False,
        queries: Questions | str | os.PathLike[str] | None = None,
        mix: Mapping[str, float] | None = None,
        truncate: Sequence[int] = (),
        quantize: Sequence[str] = (),
        thresholds: bool = False,
        pairs: str | os.PathLike[str] | None = None,
        engine: "RayEngine | None" = None,
        **options: Any,
    ):
        from alignment.measure import variants
        from alignment.models import ModelOptions

        self.model_name = model_name
        self.grid = resolve_grid(grid, None, CONCEPTS)
        self.k, self.seed, self.margin, self.probe = k, seed, margin, probe
        self._check_numbers()
        self.queries = None if queries is None else resolve_questions(queries, self.grid)
        if mix and not self.queries:
            raise InputError("--mix is for --queries; give both, or neither")
        self.mix = shares_of(mix, self.grid) if mix else None
        self.cheaper, self.thresholds = variants.check(truncate, quantize), thresholds
        self.pairs, self.engine = None if pairs is None else Path(pairs), engine
        self.options = ModelOptions(**options)
        self.seconds: float | None = None  # to load and embed; None where the cache helped
        self.load_seconds: float | None = None

    def run(self) -> "AlignmentResults":
        """Embed the grid and analyse it.

        Raises:
            RunError: no model, or no usable vectors; OSError: the file of pairs cannot be written.
        """
        start = time.perf_counter()
        model = self.load_model()
        X = self.embed(model)
        if not model.reused:
            self.seconds, self.load_seconds = time.perf_counter() - start, model.load_seconds
        return self.analyse(X, model)

    def load_model(self) -> "Model":
        """Load the model; say so on standard error where another is used than the published one."""
        from alignment import models

        model = models.load(self.model_name, self.options)
        for option, asked in (("--probe", self.probe), ("--queries", self.queries)):
            if asked:
                model.require_texts(option)
        if model.fallback:
            tell("note", f"{model.name} is used instead of {model.requested}: {model.fallback}")
        return model

    def embed(self, model: "Model") -> "np.ndarray":
        """Return X (C, L, D): the unit vectors of the grid's texts, 0 where there is none."""
        return self.grid.spread(self._vectors(model, self.grid.flat_texts()))

    def embed_search(self, X: "np.ndarray", model: "Model") -> "Searched | None":
        """Return the vectors of the questions, and of the passages: X, where prompts are one."""
        if self.queries is None:
            return None
        questions = self._vectors(model, self.queries.flat_texts(), "query")
        if model.passages_differ:
            X = self.grid.spread(self._vectors(model, self.grid.flat_texts(), "passage"))
        return self.queries.spread(questions), X, self.queries

    def analyse(self, X: "np.ndarray", model: "Model") -> "AlignmentResults":
        """Measure X (C, L, D) of this experiment's grid, and make the record of it."""
        from alignment.engines import computing_on

        with computing_on(self.engine.map if self.engine else None):
            return self._analyse(X, model)

    def _analyse(self, X: "np.ndarray", model: "Model") -> "AlignmentResults":
        from msgspec import structs

        from alignment.explain import forms
        from alignment.measure.subwords import count_subwords
        from alignment.present.findings import findings
        from alignment.record.analysis import analyse
        from alignment.record.cost_numbers import Asked
        from alignment.record.search_numbers import search_record, searched

        vectors, embed = self.embed_search(X, model), partial(self._vectors, model)
        how: dict[str, Any] = {"margin": self.margin, "seed": self.seed}
        found = searched(*vectors, self.grid, **how) if vectors else None
        results = analyse(
            X,
            self.grid,
            k=int(self.k),
            seed=self.seed,
            model=model.name,
            provenance=model.provenance(),
            forms=forms.embed_forms(X, self.grid, embed) if self.probe else None,
            subwords=count_subwords(self.grid, model.tokenise) if model.tokenise else None,
            search=(
                search_record(found, self.queries, self.grid, model.prompts, self.mix)
                if found and self.queries
                else None
            ),
            asked=Asked(*self.cheaper, vectors, found),
            thresholds=self.thresholds,
            margin=self.margin,
            notices=(*self.grid.notices, *(self.queries.notices if self.queries else ())),
            pairs_file=self.pairs,
        )
        return structs.replace(results, findings=findings(results))

    def save(
        self,
        results: "AlignmentResults",
        output: str | os.PathLike[str] = ".",
        figures: bool = True,
        html: bool = False,
    ) -> list[Path]:
        """Write the record, its figures and its page into a folder: all that is asked, or none.

        Returns:
            The files written, relative to the folder.

        Raises:
            OSError: when the folder cannot be written to; earlier files are then left alone.
        """
        from alignment.present.written import present

        with staged(output) as stage:
            results.to_json(stage / RESULTS_FILE)
            present(results, stage, figures, html)
            return sorted(p.relative_to(stage) for p in stage.rglob("*") if p.is_file())

    def _vectors(self, model: "Model", texts: list[str], role: "Role" = "text") -> "np.ndarray":
        return model.embed(texts, self.engine.map_batches if self.engine else map, role)

    def _check_numbers(self) -> None:
        others = len(self.grid.concepts) * len(self.grid.languages) - 1
        if not others:
            raise InputError("a grid of one text has nothing to compare; add concepts or languages")
        if not isinstance(self.k, Integral) or not (1 <= self.k <= others or self.k == DEFAULT_K):
            raise InputError(
                f"k is {self.k!r}, but a text of this grid has {others} others for neighbours; "
                f"give a whole number from 1 to {others}"
            )
        if not isinstance(self.seed, int) or self.seed < 0:
            raise InputError(f"seed is {self.seed!r}; give a whole number from 0 on")
        if not 0 <= self.margin < 1:
            raise InputError(f"margin is {self.margin!r}; give a share from 0 to 1, such as 0.01")


def compare(
    models: "list[str | Encoder | None]",
    output: str | os.PathLike[str] | None = None,
    figures: bool = True,
    html: bool = False,
    **options: Any,
) -> "Comparison":
    """Run several models on one grid and compare them, paired by concept.

    A model that fails is reported on standard error and named in the comparison; the others go on.

    Args:
        models: names or objects, as of ``CrossLingualAlignmentExperiment``.
        output: folder for the comparison, and in it one for each model; None writes nothing.
        figures: whether to draw.
        html: whether to write a page with all models as well.
        options: of every experiment: grid, k, prompt, seed …

    Raises:
        InputError: the request is wrong; RunError: no model ran; OSError: nothing can be written.
    """
    from alignment.models import name_of
    from alignment.present.written import present
    from alignment.record.comparison import compare_results

    if len(models) > 1 and options.get("pairs") is not None:
        raise InputError("--pairs is for one --model; leave it out, or run each model alone")
    experiments = [CrossLingualAlignmentExperiment(model, **options) for model in models]
    names = unique(list(map(name_of, models)))
    taken = COMPARISON_FILE, PAGE_FILE, "fig"
    folders = unique([*taken, *map(folder_name, names)])[len(taken) :]
    runs, failures = [], {}
    with staged(output) if output is not None else nullcontext() as stage:
        for name, folder, experiment in zip(names, folders, experiments, strict=True):
            try:
                results = experiment.run()
            except Exception as error:  # whatever it is, the others go on
                failures[name] = explained(error)
                if len(failures) <= MAX_TOLD:
                    tell("error", failures[name])
                continue
            runs.append((name, results, experiment.seconds))
            if stage:
                experiment.save(results, stage / folder, figures)
        if len(failures) > MAX_TOLD:
            tell("error", f"… and {len(failures) - MAX_TOLD} more models failed")
        if not runs:
            raise RunError(f"none of the {len(names)} models could be run; see above")
        loading = {name: own.load_seconds for name, own in zip(names, experiments, strict=True)}
        comparison = compare_results(runs, failures, loading)
        if stage:
            comparison.to_json(stage / COMPARISON_FILE)
            present(comparison, stage, figures, html, [run[:2] for run in runs])
    return comparison


def __getattr__(name: str) -> Any:
    if module := _LATER.get(name):
        import_module("alignment.present")  # so that records show themselves in notebooks
        return getattr(import_module(module), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status, as `alignment.commands` describes it."""
    return cli.main(argv, CrossLingualAlignmentExperiment, compare)


if __name__ == "__main__":
    sys.exit(main())
