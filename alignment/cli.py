"""The command line: what its options do, and the exit status.

0: done. 1: it could not be carried out. 2: the request or the input is wrong. 3: done, and worse
than the record of --against. 128 + n: ended by signal n (SIGINT, SIGTERM, SIGHUP). With 1, 2 and
128 + n one line says why, and earlier files stay, unless the line says that new ones are complete.
"""

import argparse
import errno
import gc
import logging
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from alignment import STANDARD_OUTPUT, InputError, RunError, explained, interruption, one_line, tell
from alignment.engines import terminal
from alignment.engines.files import staged
from alignment.options import parser, require_compatible, require_text

# Variables that would change how matplotlib draws, or end the run where they are wrong.
_MATPLOTLIB = ("MPLBACKEND", "MATPLOTLIBRC", "SOURCE_DATE_EPOCH")
_PAIRS, _SUMMARY = ".pairs.csv", ".summary.md"  # names of these files while they wait
_WRITTEN = ("export_texts", "pairs", "summary", "output")  # options that name what is written
_COMPLETE = "the files are complete, what was to be printed may not be"
_DIGEST = re.compile(rb"[0-9a-f]{64}")  # in a PNG any byte of a checksum may follow it


def main(argv: list[str] | None, experiment: Callable[..., Any]) -> int:
    """Carry out a command line, and return the exit status.

    Args:
        argv: the arguments; None takes those of this process, which ends afterwards.
        experiment: makes the experiment of a model.
    """
    terminal.interrupt_on_signals()
    terminal.prepare_streams()
    args = argparse.Namespace(complete=False, debug=False)
    if argv is None:
        gc.set_threshold(50_000)  # models and figures make many objects and few cycles
        for name in _MATPLOTLIB:
            os.environ.pop(name, None)
    try:
        parser().parse_args(require_text(sys.argv[1:] if argv is None else argv), args)
        return _carry_out(args, experiment)
    except (Exception, KeyboardInterrupt) as error:
        if args.debug:
            raise
        status, reason = outcome(interruption(error) or error, args)
        tell("error", reason)
        return status
    finally:
        if argv is None:
            terminal.ignore_signals()  # ending takes only a moment


def _carry_out(args: argparse.Namespace, experiment: Callable[..., Any]) -> int:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it logs where its caches are
    if args.list:
        return _list()
    require_compatible(args)
    if args.record:
        return _run(None, args)
    from alignment.compare.runs import shared
    from alignment.engines.cluster import RayEngine
    from alignment.models import export_texts

    options = {n: value for n in args.run_defaults if (value := getattr(args, n)) is not None}
    models, file = options.pop("model", [None]), options.pop("export_texts", None)
    address = options.pop("ray_address", None) or "local"
    on_ray = options.pop("engine") == "ray"
    with RayEngine(address) if on_ray else nullcontext() as engine:
        runs = shared(experiment, [None] if file else models, **options, engine=engine)
        for notice in runs[0].notices:
            tell("note", notice)
        if file:
            with suppress(BrokenPipeError):  # the reader of a pipe may stop early
                export_texts(runs[0].grid.flat_texts(), file)
            return 0
        return _run(runs[0], args) if len(runs) == 1 else _compare(runs, args)


def _list() -> int:
    from alignment.grids import describe
    from alignment.models import runnable_offline
    from concepts import CONCEPTS as published

    languages, concepts = published.languages, published.concepts
    with terminal.printing():
        print("models that run offline here:", *runnable_offline(), sep="\n  ")
        print(f"grids:\n  {published.name}: {len(concepts)} concepts, {len(languages)} languages")
        for name, count, available, size in describe(languages):
            fetched = f"; {size / 1e6:.1f} MB, fetched when first named" if size else ""
            print(f"  {name}: {count:,} concepts, {available} languages to choose from{fetched}")
    return 0


def _run(run: Any, args: argparse.Namespace) -> int:
    """Carry out a run, or read that of --from where ``run`` is None, and show it."""
    from alignment.compare import gate, gate_report, models, ranking, report
    from alignment.record import PAGE_FILE, RESULTS_FILE
    from alignment.report import console, present

    results: Any = None if run else gate.read(args.record)
    old = gate.read(args.against) if args.against else None  # it may be overwritten below
    if old:
        gate.require_same(run or results, old, args.against)
    folder: Any = args.output if run or args.html else args.summary and args.summary.parent
    writing: Any = _staged(args, folder) if folder else nullcontext()
    with writing as stage:
        if run:
            run.pairs = stage / _PAIRS if args.pairs else None
            results = run.run()
            names = run.save(results, stage, args.figures, args.html, args.figure_format)
        else:
            present(results, stage, (), args.html)
            names = [PAGE_FILE] * args.html
        change = gate.against(results, old, args.margin) if old else None
        if args.summary:
            (stage / _SUMMARY).write_text(report.summary(change or results), encoding="utf-8")
    _tell_outdated(results, args.record or args.output / RESULTS_FILE, "fig/*.*", PAGE_FILE)
    files = [*(folder / name for name in names), *filter(None, (args.pairs, args.summary))]
    with terminal.printing():
        if args.table:
            table = models.compare_results([(results.model, results, None)])
            print(ranking.to_paste(table, args.table))
        elif run or not change:
            console.print_report(results, files)
        if change and args.table:
            tell("note", gate_report.verdict(change)[0])
        elif change:
            gate_report.print_gate(change, args.against, [] if run else files)
    return 3 if change and change.worse else 0


def _compare(runs: list[Any], args: argparse.Namespace) -> int:
    from alignment.compare import ranking, report
    from alignment.compare.runs import run_all
    from alignment.record import COMPARISON_FILE

    with _staged(args, args.output) as stage:
        comparison = run_all(runs, stage, args.figures, args.html, args.figure_format)
        if args.summary:
            (stage / _SUMMARY).write_text(report.summary(comparison), encoding="utf-8")
    _tell_outdated(comparison, args.output / COMPARISON_FILE, "fig/*.*")
    with terminal.printing():
        if args.table:
            print(ranking.to_paste(comparison, args.table))
        else:
            report.print_comparison(comparison, args.output, args.html)
    return 1 if comparison.failures else 0


@contextmanager
def _staged(args: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """Yield a hidden folder, and move its files to ``folder``, --pairs and --summary afterwards."""
    elsewhere = {_PAIRS: args.pairs, _SUMMARY: args.summary}
    elsewhere = {name: path for name, path in elsewhere.items() if path}
    with ExitStack() as stack:
        yield stack.enter_context(staged(folder, elsewhere))
        with terminal.defer_sigint(ignore=True):
            stack.close()
            args.complete = True


def _tell_outdated(record: Any, file: Path, *patterns: str) -> None:
    """Name figures and pages beside a record that were made from another record."""
    outdated = []
    for path in (path for pattern in patterns for path in sorted(file.parent.glob(pattern))):
        with suppress(OSError):
            content = path.read_bytes() if path.is_file() else b""
            if _DIGEST.search(content) and record.digest().encode() not in content:
                outdated.append(f"'{path}'")
    if outdated:
        tell("note", f"made of another record than '{file}': {', '.join(outdated)}")


def outcome(error: BaseException, args: argparse.Namespace) -> tuple[int, str]:
    """Return the exit status, and one line that says what is wrong and what to do."""
    match error:
        case InputError():
            return 2, str(error)
        case OSError() if error.errno != errno.ENOMEM:
            return 1, _file_error(error, args)
        case KeyboardInterrupt():
            number = error.args[0] if error.args else signal.SIGINT
            name = signal.Signals(number).name
            ended = "interrupted" if name == "SIGINT" else f"ended by {name}"
            remedy = "run the same command again for complete results"
            return 128 + number, f"{ended}; {_COMPLETE if args.complete else remedy}"
    from alignment.record.json_record import edited

    records = {str(vars(args).get(name)) for name in ("record", "against")} & {*edited}
    if records and not isinstance(error, RunError | MemoryError):
        remedy = _COMPLETE if args.complete else "run the model again"
        return 2, f"'{min(records)}' was edited, and its parts do not fit together; {remedy}"
    return 1, explained(error)


def _file_error(error: OSError, args: argparse.Namespace) -> str:
    why, file = error.strerror or one_line(error), error.filename
    room = "make room, or " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{why}; allow more of them: ulimit -n 1024"
    if file == STANDARD_OUTPUT:
        remedy = _COMPLETE if args.complete else f"{room}let it go elsewhere"
        return f"cannot write to {file}: {why}; {remedy}"
    if not file and not room:
        return f"{why}; check the disk and the network"
    name = f" '{file}'" if file else ""
    inputs = {n: value for n, value in vars(args).items() if n not in _WRITTEN}
    if not file or str(file) not in map(str, (*inputs.values(), *(args.model or ()))):
        for option in _WRITTEN:
            if target := getattr(args, option):
                path, target = Path(file or target).absolute(), target.absolute()
                if path.is_relative_to(target) or target.is_relative_to(path):  # in it or above it
                    remedy = f"{room}choose another --{option.replace('_', '-')}"
                    return f"cannot write{name}: {why}; {remedy}"
    return f"cannot read{name}: {why}; check the path, and whether you may read it"
