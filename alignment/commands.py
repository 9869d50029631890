"""Commands: what the options of the command line start."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any

from alignment import InputError, tell

_OF_AN_EXPERIMENT = (
    *(
        "k",
        "prompt",
        "passage_prompt",
        "seed",
        "revision",
        "trust_remote_code",
        "backend",
        "device",
        "cache",
    ),
    *("probe", "margin", "mix"),
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

    if args.list:
        return _list(CONCEPTS)
    grid = resolve_grid(args.grid, args.languages, CONCEPTS, args.strict)
    queries = resolve_questions(args.queries, grid, args.strict) if args.queries else None
    for notice in (*grid.notices, *(queries.notices if queries else ())):
        tell("note", notice)
    if args.export_texts:
        from alignment.models import export_texts

        export_texts(grid.flat_texts(), args.export_texts)
        return 0
    options = {"grid": grid, "queries": queries} | {
        name: getattr(args, name) for name in _OF_AN_EXPERIMENT
    }
    models = args.model or [None]
    with _engine(args) as options["engine"]:
        if len(models) == 1:
            return _run_one(lambda pairs: experiment(models[0], pairs=pairs, **options), args)
        comparison = compare(
            models, args.output, args.figures, args.html, pairs=args.pairs, **options
        )
        return _show_comparison(comparison, args)


def _list(published: Any) -> int:
    from alignment.grids import describe
    from alignment.models import runnable_offline

    print("models that run offline here:", *runnable_offline(), sep="\n  ")
    languages, concepts = published.languages, published.concepts
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
    from alignment.engines.files import staged
    from alignment.record import PAGE_FILE

    figures, page = args.output / "fig", args.output / PAGE_FILE
    if not args.figures and figures.exists():
        tell("note", f"the figures in '{figures}' are of an earlier run")
    if not args.html and page.exists():
        tell("note", f"'{page}' is of an earlier run")
    if args.pairs and args.pairs.is_dir():
        raise InputError(f"--pairs '{args.pairs}' is a folder; name a file: FILE.csv")
    with ExitStack() as stages:  # first, so that a folder of no use costs nobody a wait
        pairs = args.pairs and stages.enter_context(staged(args.pairs.parent)) / args.pairs.name
        stage = stages.enter_context(staged(args.output))  # moved before the pairs, or neither is
        run = experiment(pairs)
        results = run.run()
        files = [args.output / file for file in run.save(results, stage, args.figures, args.html)]

    from alignment.present import console, ranking
    from alignment.record.comparison import compare_results

    if args.table:
        print(ranking.to_paste(compare_results([(results.model, results, None)]), args.table))
    else:
        console.print_report(results, files + [args.pairs] * bool(args.pairs))
    return 0


def _show_comparison(comparison: Any, args: argparse.Namespace) -> int:
    from alignment.present import console, ranking

    if args.table:
        print(ranking.to_paste(comparison, args.table))
    else:
        console.print_comparison(comparison, args.output, args.html)
    return 1 if comparison.failures else 0
