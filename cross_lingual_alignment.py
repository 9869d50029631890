"""Does a multilingual embedding model put the same concept in the same place in every language?

``python cross_lingual_alignment.py`` runs the published experiment; ``--help`` shows the rest.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interruption among the imports is no news

import codecs
import errno
import operator
import os
import platform
import re
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from alignment import InputError, RunError
from alignment.cli import DEFAULT_K, parser
from alignment.grids import ConceptGrid
from alignment.record import COMPARISON_FILE, RESULTS_FILE
from alignment.record.files import staged
from concepts import CONCEPTS, LANGUAGES

if TYPE_CHECKING:
    from alignment.record.results import AlignmentResults

# NumPy, faiss, matplotlib and the models are imported by the steps that need them, so that --help
# and a mistyped option are answered at once.


class CrossLingualAlignmentExperiment:
    """One model on one grid: embed → index → analyse → save.

    Without arguments it is the published experiment: its model, its grid, its k, its weights.

    Args:
        model_name: hub id, local folder, "use-multilingual", or any object with
            ``.encode(list of str)`` that returns an (n, D) array. None: the published model, or
            the embedded one where that cannot be had.
        grid: the concepts and their texts, a file of them (.csv, .tsv, .json), or the name of a
            grid that --list shows; None: the published 15 × 8 grid. Texts may be missing.
        k: nearest neighbours looked at, 1 ≤ k < C·L; a grid too small for the default gets null.
        prompt: put before every text; None: what the model asks for.
        seed: of everything random; the published metrics have nothing random.
        revision: branch, tag or commit of a hub model.
        trust_remote_code: let a hub model run code of its own.
        backend: what computes a sentence-transformers model: "torch", "onnx" or "openvino".
        device: what it computes on, as torch names it; several, "cuda:0,cuda:1", share the texts.
        engine: where to compute: None, here, or a running ``alignment.engines.cluster.RayEngine``.
        cache: whether to keep vectors in the user's cache folder, and take them from there.
        probe: whether to measure the grid in other forms too, to see what makes retrieval fail.

    Raises:
        InputError: for a k that the grid cannot serve, or a grid that is none.
    """

    def __init__(
        self,
        model_name=None,
        grid: ConceptGrid | str | os.PathLike | None = None,
        k: int = DEFAULT_K,
        *,
        prompt: str | None = None,
        seed: int = 0,
        revision: str | None = None,
        trust_remote_code: bool = False,
        backend: str = "torch",
        device: str | None = None,
        engine=None,
        cache: bool = True,
        probe: bool = False,
    ):
        self.model_name = model_name
        self.grid = _resolve_grid(grid)
        self.k = k if isinstance(k, bool) or not hasattr(k, "__index__") else operator.index(k)
        self.prompt = prompt
        self.seed = seed
        self.revision = revision
        self.trust_remote_code = trust_remote_code
        self.backend = backend
        self.device = device
        self.engine = engine
        self.cache = cache
        self.probe = probe
        self.reused = 0  # vectors that the last embedding took from the cache
        self._check()

    def _check(self) -> None:
        others = len(self.grid.concepts) * len(self.grid.languages) - 1
        if not others:
            raise InputError("a grid of one text has nothing to compare; add concepts or languages")
        whole = isinstance(self.k, int) and not isinstance(self.k, bool)
        if not (whole and 1 <= self.k <= others) and self.k != DEFAULT_K:
            raise InputError(
                f"k is {self.k!r}, but a text of this grid has {others} others for neighbours; "
                f"give a whole number from 1 to {others}"
            )
        if not isinstance(self.seed, int) or self.seed < 0:
            raise InputError(f"seed is {self.seed!r}; give a whole number from 0 on")

    def run(self) -> "AlignmentResults":
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
            self.model_name,
            revision=self.revision,
            trust_remote_code=self.trust_remote_code,
            backend=self.backend,
            device=self.device,
        )
        if model.fallback:
            print(
                f"note: {model.name} runs in place of {model.requested}: {model.fallback}",
                file=sys.stderr,
            )
        return model

    def embed(self, model):
        """Return X (C, L, D): the unit vectors of the grid's texts, 0 where there is none."""
        vectors, self.reused = self._vectors(model, self.grid.flat_texts())
        return self.grid.spread(vectors)

    def analyse(self, X, model) -> "AlignmentResults":
        """Measure X (C, L, D) of this experiment's grid, and make the record of it."""
        from alignment.engines import one_machine
        from alignment.explain import subwords
        from alignment.record.analysis import analyse

        return analyse(
            X,
            self.grid,
            k=self.k,
            seed=self.seed,
            model=model.name,
            provenance=self._provenance(model, dimension=X.shape[2]),
            forms=self._forms(X, model) if self.probe else None,
            subwords=subwords.count_subwords(self.grid, model.tokenise) if model.tokenise else None,
            engine=self.engine.map if self.engine else one_machine,
        )

    def _forms(self, X, model) -> dict:
        from alignment.explain import probes
        from alignment.models import encoders

        if isinstance(model.encoder, encoders.PrecomputedVectors):
            raise InputError(
                f"'{model.name}' holds finished vectors, and --probe needs those of other texts; "
                "leave --probe out"
            )
        return probes.embed_forms(X, self.grid, lambda texts: self._vectors(model, texts)[0])

    def save(self, results: "AlignmentResults", output=".", figures: bool = True) -> list[Path]:
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

    def _vectors(self, model, texts: list[str]):
        """Return (n, D) unit vectors of n texts, and how many of them came from the cache."""
        from alignment.models import encoders

        prompt = self._prompt(model)
        cache = model.cache(prompt) if self.cache else None
        embed = self.engine.embed if self.engine else encoders.embed_here
        vectors = encoders.unit_vectors(model.encoder, texts, prompt, cache, embed)
        return vectors, cache.found if cache else 0

    def _prompt(self, model) -> str:
        return model.prompt if self.prompt is None else self.prompt

    def _provenance(self, model, dimension: int) -> dict:
        return {
            "requested_model": model.requested,
            "fallback": bool(model.fallback),
            "model_fingerprint": model.fingerprint,
            "dimension": dimension,
            "prompt": self._prompt(model),
            "k": self.k,
            "seed": self.seed,
            "grid": self.grid.name,
            "grid_sha256": self.grid.sha256(),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("numpy", "faiss-cpu", *model.packages)},
            },
        }


def _resolve_grid(grid, languages=None) -> ConceptGrid:
    """Find the grid by name or file, and leave out what cannot be compared.

    It has the published grid's templates for the languages that it has none of its own for.
    """
    if grid is None or grid == CONCEPTS.name:
        grid = CONCEPTS
    elif not isinstance(grid, ConceptGrid):
        from alignment.grids.catalogue import load_grid

        grid = load_grid(grid, languages or tuple(LANGUAGES))
    grid = (grid.in_languages(languages) if languages else grid).comparable()
    known = {code: CONCEPTS.templates[code] for code in grid.languages if code in LANGUAGES}
    return replace(grid, templates=known | dict(grid.templates))


def compare(models, output=None, figures: bool = True, **options):
    """Run several models on one grid and compare them, paired by concept.

    A model that fails is reported on standard error and named in the comparison; the others go on.

    Args:
        models: names or objects, as of ``CrossLingualAlignmentExperiment``.
        output: folder for the comparison, and for each model's own results under its name; None
            writes nothing.
        figures: whether to draw.
        options: of every experiment: grid, k, prompt, seed …

    Returns:
        An ``alignment.record.comparison.Comparison``.

    Raises:
        InputError: when the request is wrong.
        RunError: when no model could be run.
        OSError: when the folder cannot be written to.
    """
    from alignment.record.comparison import compare_results

    experiments = [CrossLingualAlignmentExperiment(model, **options) for model in models]
    names = _unique([model if isinstance(model, str) else type(model).__name__ for model in models])
    folders = _unique([_folder(name) for name in names])
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


def _unique(names: list[str]) -> list[str]:
    """Number the names that come again: a, b, a → a, b, a (2)."""
    return [
        name if (count := names[: i + 1].count(name)) == 1 else f"{name} ({count})"
        for i, name in enumerate(names)
    ]


def _folder(name: str) -> str:
    """Return a folder's name for a model: its own, or the last part of a path, made safe."""
    last = Path(name).name if Path(name).exists() else name
    return re.sub(r"[^\w.-]+", "-", last).strip("-.") or "model"


def _list() -> None:
    from alignment.grids.catalogue import describe
    from alignment.models import runnable_offline

    print("models that run offline here:")
    for name in runnable_offline():
        print(f"  {name}")
    print("grids:")
    print(f"  {CONCEPTS.name}: {len(CONCEPTS.concepts)} concepts, {len(LANGUAGES)} languages")
    for name, concepts, languages in describe(tuple(LANGUAGES)):
        print(f"  {name}: {concepts:,} concepts, {languages} languages to choose from")


def _run(argv: list[str] | None) -> int:
    args = parser().parse_args(argv)
    if args.list:
        _list()
        return 0
    grid = _resolve_grid(args.grid, args.languages)
    for notice in grid.notices:
        print(f"note: {notice}", file=sys.stderr)
    if args.export_texts:
        from alignment.models.arrays import export_texts

        export_texts(grid.flat_texts(), args.export_texts)
        return 0
    options = {
        "grid": grid,
        "k": args.k,
        "prompt": args.prompt,
        "seed": args.seed,
        "revision": args.revision,
        "trust_remote_code": args.trust_remote_code,
        "backend": args.backend,
        "device": args.device,
        "cache": not args.no_cache,
        "probe": args.probe,
    }
    models = args.model or [None]
    run = _run_one if len(models) == 1 else _run_several
    with _engine(args) as engine:
        return run(models, options | {"engine": engine}, args)


def _engine(args):
    """Return what to run on, as a context; None in it is this process."""
    if args.engine == "local":
        if args.ray_address is not None:
            raise InputError("--ray-address is for --engine ray; give both, or neither")
        return nullcontext()
    if args.device is not None:
        raise InputError(
            f"--device {args.device} is of this machine, and Ray hands out devices itself; leave "
            "out --device, or --engine ray"
        )
    from alignment.engines.cluster import RayEngine

    return RayEngine(args.ray_address or "local")


def _run_one(models, options, args) -> int:
    experiment = CrossLingualAlignmentExperiment(models[0], **options)
    if args.no_figures and (args.output / "fig").exists():
        print(
            f"note: the figures in '{args.output / 'fig'}' are of an earlier run", file=sys.stderr
        )
    with staged(args.output) as stage:  # first, so that a folder of no use costs nobody a wait
        results = experiment.run()
        files = experiment.save(results, stage, figures=not args.no_figures)

    from alignment.present import console as report
    from alignment.present import tables
    from alignment.record.comparison import compare_results

    if args.table:
        print(tables.to_paste(compare_results([(results.model, results, None)]), args.table))
    else:
        report.print_report(results, [args.output / file for file in files])
    return 0


def _run_several(models, options, args) -> int:
    comparison = compare(models, args.output, not args.no_figures, **options)

    from alignment.present import console as report
    from alignment.present import tables

    if args.table:
        print(tables.to_paste(comparison, args.table))
    else:
        report.print_comparison(comparison, args.output)
    return 1 if comparison.failures else 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status: 0 done, 2 wrong request, 1 not carried out."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    codecs.register_error("plain", _plain_letter)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")  # a terminal without Unicode shows what it can
    try:
        return _run(argv)
    except InputError as error:
        status, reason = 2, error
    except RunError as error:
        status, reason = 1, error
    except ModuleNotFoundError as error:
        status = 1
        reason = (
            f"{error.name} is not installed for {sys.executable}; take .venv/bin/python, which "
            "`make run` sets up, or pip install -r requirements.txt"
        )
    except BrokenPipeError:  # the reader of a pipe has seen enough; the files are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f" '{error.filename}'" if error.filename else ""
        status = 1
        room = "make room, or " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        reason = f"cannot write{place}: {error.strerror}; {room}choose another --output"
    except KeyboardInterrupt:
        status, reason = 1, "interrupted; run the same command again for complete results"
    print(f"error: {' '.join(str(reason).split())}", file=sys.stderr)
    return status


def _plain_letter(error: UnicodeError) -> tuple[str, int]:
    """Replace letters that an encoding lacks; a minus sign must not be lost."""
    plain = {"−": "-", "–": "-", "×": "x", "·": ".", "→": ">", "…": "."}
    letters = error.object[error.start : error.end]
    return "".join(plain.get(letter, "?") for letter in letters), error.end


if __name__ == "__main__":
    sys.exit(main())
