"""Does a multilingual embedding model put the same concept in the same place in every language?

``python cross_lingual_alignment.py`` runs the published experiment; ``--help`` shows the rest.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interruption among the imports is no news

import operator
import os
import platform
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import InputError, RunError, cli
from alignment.cli import DEFAULT_K, DEFAULT_MARGIN
from alignment.grids import ConceptGrid, resolve_grid
from alignment.record import COMPARISON_FILE, RESULTS_FILE
from alignment.record.files import folder_name, staged, unique
from concepts import CONCEPTS

if TYPE_CHECKING:
    import numpy as np

    from alignment.engines.cluster import RayEngine
    from alignment.models import Encoder, Model
    from alignment.record.comparison import Comparison
    from alignment.record.results import AlignmentResults

# NumPy, faiss, matplotlib and the models are imported by the steps that need them, so that --help
# and a mistyped option are answered at once.


class CrossLingualAlignmentExperiment:
    """One model on one grid: embed → normalise → index → measure → save.

    Without arguments it is the published experiment: its model, its grid, its k, its weights.

    Args:
        model_name: hub id, local folder, "use-multilingual", or any object with
            ``.encode(list of str)`` that returns an (n, D) array. None: the published model, or
            the embedded one where that cannot be had.
        grid: the concepts and their texts, a file of them (.csv, .tsv, .json), or the name of a
            grid that --list shows; None: the published 15 × 8 grid. Texts may be missing.
        k: nearest neighbours looked at, 1 ≤ k < C·L; a grid too small for the default gets null.
        prompt: put before every text; None: what the model asks for.
        seed: random seed; the published metrics have nothing random.
        revision: branch, tag or commit of a hub model.
        trust_remote_code: whether a hub model may run code of its own.
        backend: what computes a sentence-transformers model: "torch", "onnx" or "openvino".
        device: what it computes on, as torch names it; several, "cuda:0,cuda:1", share the texts.
        engine: where to compute: None, here, or a running ``alignment.engines.cluster.RayEngine``.
        cache: whether to keep vectors in the user's cache folder, and take them from there.
        probe: whether to measure the grid in other forms too, to see what makes retrieval fail.
        margin: differences within ± margin do not matter: they are called level.
        pairs: .csv file for all single pairs, of which the record keeps the first 100 of a kind.

    Raises:
        InputError: for a k that the grid cannot serve, or something that is not a grid.
    """

    def __init__(
        self,
        model_name: "str | Encoder | None" = None,
        grid: ConceptGrid | str | os.PathLike[str] | None = None,
        k: int = DEFAULT_K,
        *,
        prompt: str | None = None,
        seed: int = 0,
        revision: str | None = None,
        trust_remote_code: bool = False,
        backend: str = "torch",
        device: str | None = None,
        engine: "RayEngine | None" = None,
        cache: bool = True,
        probe: bool = False,
        margin: float = DEFAULT_MARGIN,
        pairs: str | os.PathLike[str] | None = None,
    ):
        from alignment.models import ModelOptions

        self.model_name = model_name
        self.grid = resolve_grid(grid, None, CONCEPTS)
        self.k = _checked_k(k, self.grid)
        if not isinstance(seed, int) or seed < 0:
            raise InputError(f"seed is {seed!r}; give a whole number from 0 on")
        self.seed = seed
        self.options = ModelOptions(revision, trust_remote_code, backend, device, prompt, cache)
        self.engine = engine
        self.probe = probe
        if not 0 <= margin < 1:
            raise InputError(f"margin is {margin!r}; give a share from 0 to 1, such as 0.01")
        self.margin = margin
        self.pairs = None if pairs is None else Path(pairs)
        self.reused = 0  # vectors that the last embedding took from the cache

    def run(self) -> "AlignmentResults":
        """Embed the grid and analyse it.

        Raises:
            RunError: when the model cannot be loaded, or does not give usable vectors.
            OSError: when the file of pairs cannot be written.
        """
        model = self.load_model()
        return self.analyse(self.embed(model), model)

    def load_model(self) -> "Model":
        """Load the model; say so on standard error where another is used than the published one."""
        from alignment import models

        model = models.load(self.model_name, self.options)
        if model.fallback:
            print(
                f"note: {model.name} is used instead of {model.requested}: {model.fallback}",
                file=sys.stderr,
            )
        return model

    def embed(self, model: "Model") -> "np.ndarray":
        """Return X (C, L, D): the unit vectors of the grid's texts, 0 where there is none."""
        vectors, self.reused = self._vectors(model, self.grid.flat_texts())
        return self.grid.spread(vectors)

    def analyse(self, X: "np.ndarray", model: "Model") -> "AlignmentResults":
        """Measure X (C, L, D) of this experiment's grid, and make the record of it."""
        from alignment.engines import one_machine
        from alignment.explain import subwords
        from alignment.present.findings import findings
        from alignment.record.analysis import analyse

        results = analyse(
            X,
            self.grid,
            k=self.k,
            seed=self.seed,
            model=model.name,
            provenance=self._provenance(model, dimension=X.shape[2]),
            forms=self._forms(X, model) if self.probe else None,
            subwords=subwords.count_subwords(self.grid, model.tokenise) if model.tokenise else None,
            engine=self.engine.map if self.engine else one_machine,
            margin=self.margin,
            pairs_file=self.pairs,
        )
        return replace(results, findings=findings(results))

    def save(
        self,
        results: "AlignmentResults",
        output: str | os.PathLike[str] = ".",
        figures: bool = True,
    ) -> list[Path]:
        """Write the record and the figures drawn from it into a folder: all of them, or none.

        Returns:
            The files written, relative to the folder.

        Raises:
            OSError: when the folder cannot be written to; earlier files are then left alone.
        """
        with staged(output) as stage:
            results.to_json(stage / RESULTS_FILE)
            if figures:
                from alignment.present.figures import save_figures

                save_figures(results, stage / "fig")
            return sorted(p.relative_to(stage) for p in stage.rglob("*") if p.is_file())

    def _vectors(self, model: "Model", texts: list[str]) -> "tuple[np.ndarray, int]":
        return model.embed(texts, self.engine.map_batches if self.engine else map)

    def _forms(
        self, X: "np.ndarray", model: "Model"
    ) -> "dict[str, tuple[np.ndarray, ConceptGrid]]":
        from alignment.explain import probes
        from alignment.models import PrecomputedVectors

        if isinstance(model.encoder, PrecomputedVectors):
            raise InputError(
                f"'{model.name}' holds finished vectors, and --probe needs those of other texts; "
                "leave out --probe"
            )
        return probes.embed_forms(X, self.grid, lambda texts: self._vectors(model, texts)[0])

    def _provenance(self, model: "Model", dimension: int) -> dict[str, Any]:
        return {
            "requested_model": model.requested,
            "fallback": bool(model.fallback),
            "model_fingerprint": model.fingerprint,
            "dimension": dimension,
            "prompt": model.prompt,
            "k": self.k,
            "seed": self.seed,
            "grid": self.grid.name,
            "grid_sha256": self.grid.sha256(),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("numpy", "faiss-cpu", *model.packages)},
            },
        }


def _checked_k(k: Any, grid: ConceptGrid) -> int:
    others = len(grid.concepts) * len(grid.languages) - 1
    if not others:
        raise InputError("a grid of one text has nothing to compare; add concepts or languages")
    whole = hasattr(k, "__index__") and not isinstance(k, bool)
    if not (whole and 1 <= operator.index(k) <= others) and k != DEFAULT_K:
        raise InputError(
            f"k is {k!r}, but a text of this grid has {others} others for neighbours; "
            f"give a whole number from 1 to {others}"
        )
    return operator.index(k)


def compare(
    models: "list[str | Encoder | None]",
    output: str | os.PathLike[str] | None = None,
    figures: bool = True,
    **options: Any,
) -> "Comparison":
    """Run several models on one grid and compare them, paired by concept.

    A model that fails is reported on standard error and named in the comparison; the others go on.

    Args:
        models: names or objects, as of ``CrossLingualAlignmentExperiment``.
        output: folder for the comparison, and for each model's own results under its name; None
            writes nothing.
        figures: whether to draw.
        options: of every experiment: grid, k, prompt, seed …

    Raises:
        InputError: when the request is wrong.
        RunError: when no model could be run.
        OSError: when the folder cannot be written to.
    """
    from alignment.record.comparison import compare_results

    if len(models) > 1 and options.get("pairs") is not None:
        raise InputError("--pairs is for one --model; leave it out, or run each model alone")
    experiments = [CrossLingualAlignmentExperiment(model, **options) for model in models]
    names = unique([model if isinstance(model, str) else type(model).__name__ for model in models])
    folders = unique([folder_name(name) for name in names])
    runs, failures = [], {}
    with staged(output) if output is not None else nullcontext() as stage:
        for name, folder, experiment in zip(names, folders, experiments, strict=True):
            try:
                start = time.perf_counter()
                model = experiment.load_model()
                X = experiment.embed(model)
                seconds = None if experiment.reused else time.perf_counter() - start
                results = experiment.analyse(X, model)
            except (InputError, RunError) as error:
                failures[name] = str(error)
                print(f"error: {error}", file=sys.stderr)
                continue
            runs.append((name, results, seconds))
            if stage:
                experiment.save(results, stage / folder, figures)
        if not runs:
            raise RunError(f"none of the {len(names)} models could be run; see above")
        comparison = compare_results(runs, failures)
        if stage:
            comparison.to_json(stage / COMPARISON_FILE)
            if figures:
                from alignment.present.figures.ranking import save_ranking

                save_ranking(comparison, stage / "fig")
    return comparison


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status, as `alignment.cli` describes it."""
    return cli.main(argv, CrossLingualAlignmentExperiment, compare)


if __name__ == "__main__":
    sys.exit(main())
