"""Commands: what the options of the command line start."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, NamedTuple

from alignment import InputError, tell
from alignment.engines.files import staged
from alignment.engines.terminal import printing, to_the_end

_OF_AN_EXPERIMENT = (
    *("k", "prompt", "passage_prompt", "seed", "revision", "trust_remote_code", "backend"),
    *("device", "cache", "timeout"),
    *("probe", "margin", "mix", "truncate", "quantize", "thresholds"),
)
# What a record has settled.
_OF_A_RUN = (
    *("model", "grid", "strict", "languages", "queries", "ray_address", "pairs", "export_texts"),
    *(name for name in _OF_AN_EXPERIMENT if name not in ("backend", "cache", "margin")),
)


def carry_out(
    args: argparse.Namespace, experiment: Callable[..., Any], compare: Callable[..., Any]
) -> int:
    """List, export, run one model or compare several; return the exit status.

    Args:
        args: the options.
        experiment: makes an experiment: ``CrossLingualAlignmentExperiment``.
        compare: runs several models.
    """
    from alignment.grids import resolve_grid, resolve_questions
    from concepts import CONCEPTS

    if args.figures or args.html:
        from logging import ERROR, getLogger

        getLogger("matplotlib").setLevel(ERROR)  # where it keeps its caches is of no interest here
    if args.timeout is not None:
        from alignment.engines.waiting import patience, require_seconds

        patience.set(require_seconds(args.timeout))
    if args.list:
        return _list(CONCEPTS)
    _require_files(args)
    if args.record:
        return _from_record(args)
    models = args.model or [None]
    if args.against and len(models) > 1:
        raise InputError("--against is for one --model; leave it out, or run each model alone")
    grid = resolve_grid(args.grid, args.languages, CONCEPTS, args.strict)
    queries = resolve_questions(args.queries, grid, args.strict) if args.queries else None
    for notice in (*grid.notices, *(queries.notices if queries else ())):
        tell("note", notice)
    if args.export_texts:
        from alignment.models import export_texts

        with suppress(BrokenPipeError):  # the reader of a pipe has seen enough
            export_texts(grid.flat_texts(), args.export_texts)
        return 0
    options = {"grid": grid, "queries": queries} | {
        name: getattr(args, name) for name in _OF_AN_EXPERIMENT if getattr(args, name) is not None
    }
    with _engine(args) as options["engine"]:
        if len(models) == 1:
            return _run_one(lambda pairs: experiment(models[0], pairs=pairs, **options), args)
        with _stages(args) as stages:
            comparison = compare(
                models, stages.output, args.figures, args.html, pairs=args.pairs, **options
            )
            stages.write_summary(comparison)
        return _show_comparison(comparison, args)


def _require_files(args: argparse.Namespace) -> None:
    for option, ending in (("export-texts", ""), ("pairs", ".csv"), ("summary", ".md")):
        path = getattr(args, option.replace("-", "_"))
        if path is None or path.is_file() or not path.exists():
            continue
        if path.is_dir():
            raise InputError(f"--{option} '{path}' is a folder; name a file: FILE{ending}")
        if ending:
            raise InputError(f"--{option} '{path}' is not a file; name a file: FILE{ending}")


def _list(published: Any) -> int:
    from alignment.grids import describe
    from alignment.models import runnable_offline

    languages, concepts = published.languages, published.concepts
    with printing():
        print("models that run offline here:", *runnable_offline(), sep="\n  ")
        print(f"grids:\n  {published.name}: {len(concepts)} concepts, {len(languages)} languages")
        for name, count, available, size in describe(languages):
            fetched = f"; {size / 1e6:.1f} MB, fetched when first named" if size else ""
            print(f"  {name}: {count:,} concepts, {available} languages to choose from{fetched}")
    return 0


def _engine(args: argparse.Namespace) -> AbstractContextManager[Any]:
    """Return what to run on, as a context; None in it is this process."""
    if args.engine == "local":
        if args.ray_address is not None:
            raise InputError("--ray-address is for --engine ray; give both, or neither")
        return nullcontext()
    if args.device is not None:
        raise InputError(
            f"--device {args.device} is of this machine, and Ray assigns devices itself; leave out "
            "--device, or --engine ray"
        )
    from alignment.engines.cluster import RayEngine

    return RayEngine(args.ray_address or "local")


def _run_one(experiment: Callable[[Path | None], Any], args: argparse.Namespace) -> int:
    from alignment.record import PAGE_FILE, earlier

    figures, page = args.output / "fig", args.output / PAGE_FILE
    if not args.figures and figures.exists():
        tell("note", f"the figures in '{figures}' are of an earlier run")
    if not args.html and page.exists():
        tell("note", f"'{page}' is of an earlier run")
    old = earlier.read(args.against) if args.against else None  # before it may be written over
    with _stages(args) as stages:
        run = experiment(stages.pairs)
        if old:
            settings = earlier.Settings.of_run(run.grid, int(run.k), run.queries)
            settings.require(old, args.against)
        results = run.run()
        saved = run.save(results, stages.output, args.figures, args.html)
        files = [args.output / file for file in saved]
        gate = _gate(results, old, args)
        stages.write_summary(gate or results)
    return _show(results, gate, [*files, *filter(None, (args.pairs, args.summary))], args)


def _from_record(args: argparse.Namespace) -> int:
    """Present a finished run, or hold it against an earlier one; no model is run."""
    from alignment.record import PAGE_FILE, earlier

    given = [name for name in _OF_A_RUN if getattr(args, name) not in (None, False, ())]
    given += ["output"] * (args.output != Path() and not args.html)
    given += ["margin"] * (args.margin is not None and not args.against)
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InputError(f"--from '{args.record}' is of a finished run; leave out {options}")
    results = earlier.read(args.record)
    old = earlier.read(args.against) if args.against else None
    if old:
        earlier.Settings.of(results).require(old, args.against)
    files = [args.output / PAGE_FILE] * args.html + [args.summary] * bool(args.summary)
    gate = _gate(results, old, args)
    with _stages(args, output=args.html) as stages:
        if args.html:
            from alignment.present.page import write_page

            write_page(results, stages.output / PAGE_FILE)
        stages.write_summary(gate or results)
    return _show(results, gate, files, args)


def _gate(results: Any, old: Any, args: argparse.Namespace) -> Any:
    from alignment.record.gate import against

    return against(results, old, args.margin) if old else None


class _Stages(NamedTuple):
    """Where files wait until all are complete; None for those that nobody asks for."""

    output: Path
    pairs: Path | None
    summary: Path | None

    def write_summary(self, found: Any) -> None:
        if self.summary:
            from alignment.present.summary import page

            self.summary.write_text(page(found), encoding="utf-8")


@contextmanager
def _stages(args: argparse.Namespace, output: bool = True) -> Iterator[_Stages]:
    """Try all folders first, so that none costs a wait; move all files in the end, or none."""
    targets = {".pairs.csv": args.pairs, ".summary.md": args.summary}
    elsewhere = {name: path for name, path in targets.items() if path}
    if not output and not elsewhere:
        yield _Stages(args.output, None, None)
        return
    with ExitStack() as moved:
        folder = args.output if output else args.summary.parent
        stage = moved.enter_context(staged(folder, elsewhere))
        yield _Stages(stage, *(path and stage / name for name, path in targets.items()))
        with to_the_end():
            moved.close()
            args.complete = True


def _show(results: Any, gate: Any, files: list[Path], args: argparse.Namespace) -> int:
    from alignment.present import console, ranking
    from alignment.present.gate import verdict
    from alignment.record.comparison import compare_results

    with printing():
        if args.table:
            print(ranking.to_paste(compare_results([(results.model, results, None)]), args.table))
        elif not (args.record and gate):
            console.print_report(results, files)
        if gate and args.table:
            tell("note", verdict(gate)[0])
        elif gate:
            console.print_gate(gate, args.against, files if args.record else [])
    return 3 if gate and gate.worse else 0


def _show_comparison(comparison: Any, args: argparse.Namespace) -> int:
    from alignment.present import console, ranking

    with printing():
        if args.table:
            print(ranking.to_paste(comparison, args.table))
        else:
            console.print_comparison(comparison, args.output, args.html)
    return 1 if comparison.failures else 0
