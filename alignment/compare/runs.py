"""Runs: run several experiments on one grid, compare them, and write the results."""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from alignment import MAX_TOLD, InputError, RunError, explained, tell
from alignment.compare.models import Comparison, compare_results
from alignment.compare.report import write_comparison_page
from alignment.engines.files import staged
from alignment.models import name_of
from alignment.record import COMPARISON_FILE, PAGE_FILE, folder_name, unique


def shared(experiment: Callable[..., Any], models: list[Any], **options: Any) -> list[Any]:
    """Return an experiment for each model; all share a grid and the requests about it.

    Raises:
        InputError: where an option is for one model.
    """
    if len(models) > 1 and options.get("pairs") is not None:
        raise InputError("--pairs is for one --model; leave it out, or run each model alone")
    first = experiment(models[0], **options)
    options |= {"grid": first.grid, "languages": None, "requests": first.requests}
    return [first, *(experiment(model, **options) for model in models[1:])]


def run_all(
    experiments: list[Any],
    output: str | os.PathLike[str] | None,
    figures: bool,
    html: bool,
    figure_format: Sequence[str],
) -> Comparison:
    """Run experiments on one grid, and compare them; see ``cross_lingual_alignment.compare``."""
    names = unique([name_of(experiment.model_name) for experiment in experiments])
    taken = COMPARISON_FILE, PAGE_FILE, "fig"
    folders = unique([*taken, *map(folder_name, names)])[len(taken) :]
    runs, failures, loading = [], {}, {}
    with staged(output) if output is not None else nullcontext() as stage:
        for name, folder, experiment in zip(names, folders, experiments, strict=True):
            try:
                results = experiment.run()
            except Exception as error:  # the other models still run
                failures[name] = explained(error)
                if len(failures) <= MAX_TOLD:
                    tell("error", failures[name])
                continue
            runs.append((name, results, experiment.seconds))
            loading[name] = experiment.load_seconds
            if stage:
                experiment.save(results, stage / folder, figures, figure_format=figure_format)
        if len(failures) > MAX_TOLD:
            tell("error", f"… and {len(failures) - MAX_TOLD} more models failed")
        if not runs:
            raise RunError(f"none of the {len(names)} models could be run; see above")
        comparison = compare_results(runs, failures, loading)
        if stage:
            comparison.to_json(stage / COMPARISON_FILE)
            if figures:
                from alignment.compare.figure import save_ranking

                save_ranking(comparison, stage / "fig", figure_format)
            if html:
                records = [(name, results) for name, results, _ in runs]
                write_comparison_page(comparison, records, stage / PAGE_FILE)
    return comparison
