"""Commands: carry out a command line and return its exit status.

0: done. 1: it could not be carried out. 2: the request or the input is wrong. 3: done, and worse
than the record of --against. 128 + n: ended by signal n (SIGINT, SIGTERM, SIGHUP). With 1, 2 and
128 + n one line says why, and earlier files stay, unless the line says that new ones are complete.
"""

import argparse
import errno
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

from alignment import STANDARD_OUTPUT, InputError, RunError, explained, one_line, tell
from alignment.engines.files import staged
from alignment.engines.terminal import defer_sigint, printing
from alignment.engines.waiting import patience, require_seconds

_PAIRS, _SUMMARY = ".pairs.csv", ".summary.md"  # names of these files while they wait
_COMPLETE = "the files are complete, what was to be printed may not be"
_DIGEST = re.compile(rb"[0-9a-f]{64}")  # in a PNG any byte of a checksum may follow it


def carry_out(args: argparse.Namespace, experiment: Callable[..., Any]) -> int:
    """Carry out the options that ``alignment.cli`` has read; return the exit status."""
    getLogger("matplotlib").setLevel(ERROR)  # it tells where its caches are
    if args.timeout is not None:
        patience.set(require_seconds(args.timeout))
    if args.list:
        return _list()
    if args.record:
        return _from_record(args)
    options = {n: value for n in args.run_defaults if (value := getattr(args, n)) is not None}
    models, texts = options.pop("model", [None]), options.pop("export_texts", None)
    if args.against and len(models) > 1:
        raise InputError("--against is for one --model; leave it out, or run each model alone")
    from alignment.compare.runs import shared

    with _engine(options.pop("engine"), options.pop("ray_address", None), args.device) as engine:
        runs = shared(experiment, [None] if texts else models, **options, engine=engine)
        for notice in runs[0].notices:
            tell("note", notice)
        if texts:
            return _export(runs[0].grid, texts)
        return _run(runs[0], args) if len(runs) == 1 else _compare(runs, args)


def _export(grid: Any, file: Path) -> int:
    from alignment.models import export_texts

    with suppress(BrokenPipeError):  # the reader of a pipe may stop early
        export_texts(grid.flat_texts(), file)
    return 0


def _list() -> int:
    from alignment.grids import describe
    from alignment.models import runnable_offline
    from concepts import CONCEPTS as published

    languages, concepts = published.languages, published.concepts
    with printing():
        print("models that run offline here:", *runnable_offline(), sep="\n  ")
        print(f"grids:\n  {published.name}: {len(concepts)} concepts, {len(languages)} languages")
        for name, count, available, size in describe(languages):
            fetched = f"; {size / 1e6:.1f} MB, fetched when first named" if size else ""
            print(f"  {name}: {count:,} concepts, {available} languages to choose from{fetched}")
    return 0


def _engine(name: str, address: str | None, device: str | None) -> AbstractContextManager[Any]:
    """Return the context of an engine; its value is None for this process."""
    if name == "local":
        if address is not None:
            raise InputError("--ray-address is for --engine ray; give both, or neither")
        return nullcontext()
    if device is not None:
        raise InputError(
            f"--device {device} is of this machine, and Ray assigns devices itself; leave out "
            "--device, or --engine ray"
        )
    from alignment.engines.cluster import RayEngine

    return RayEngine(address or "local")


def _run(run: Any, args: argparse.Namespace) -> int:
    from alignment.compare import baseline
    from alignment.compare.gate import against
    from alignment.record import PAGE_FILE, RESULTS_FILE

    old = baseline.read(args.against) if args.against else None  # it may be overwritten below
    if old:
        settings = baseline.settings_of_run(run.grid, int(run.k), run.requests)
        baseline.require_same(settings, old, args.against)
    with _staged(args, args.output) as stage:
        run.pairs = stage / _PAIRS if args.pairs else None
        results = run.run()
        saved = run.save(results, stage, args.figures, args.html)
        gate = against(results, old, args.margin) if old else None
        _write_summary(gate or results, stage, args)
    _tell_outdated(results, args.output / RESULTS_FILE, "fig/*.png", PAGE_FILE)
    return _show(results, gate, [args.output / file for file in saved], args)


def _compare(runs: list[Any], args: argparse.Namespace) -> int:
    from alignment.compare import ranking, report
    from alignment.compare.runs import run_all
    from alignment.record import COMPARISON_FILE

    with _staged(args, args.output) as stage:
        comparison = run_all(runs, stage, args.figures, args.html)
        _write_summary(comparison, stage, args)
    _tell_outdated(comparison, args.output / COMPARISON_FILE, "fig/*.png")
    with printing():
        if args.table:
            print(ranking.to_paste(comparison, args.table))
        else:
            report.print_comparison(comparison, args.output, args.html)
    return 1 if comparison.failures else 0


def _from_record(args: argparse.Namespace) -> int:
    """Present a finished run, or compare it with an earlier one, without running a model."""
    from alignment.compare import baseline
    from alignment.compare.gate import against
    from alignment.record import PAGE_FILE

    defaults = args.run_defaults | {"output": args.output if args.html else Path()}
    if args.against:
        del defaults["margin"]
    given = {n: value for n in defaults if (value := getattr(args, n)) != defaults[n]}
    if given:
        names = (f"{'no-' * (value is False)}{name}" for name, value in given.items())
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in names)
        raise InputError(f"--from '{args.record}' is of a finished run; leave out {flags}")
    results = baseline.read(args.record)
    old = baseline.read(args.against) if args.against else None
    if old:
        baseline.require_same(baseline.settings_of(results), old, args.against)
    gate = against(results, old, args.margin) if old else None
    if args.html or args.summary:
        with _staged(args, args.output if args.html else args.summary.parent) as stage:
            if args.html:
                from alignment.report.page import write_page

                write_page(results, stage / PAGE_FILE)
            _write_summary(gate or results, stage, args)
    _tell_outdated(results, args.record, "fig/*.png", PAGE_FILE)
    return _show(results, gate, [args.output / PAGE_FILE] * args.html, args)


@contextmanager
def _staged(args: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """Yield a hidden folder; move its files to ``folder``, --pairs and --summary in the end."""
    elsewhere = {_PAIRS: args.pairs, _SUMMARY: args.summary}
    elsewhere = {name: path for name, path in elsewhere.items() if path}
    with ExitStack() as stack:
        yield stack.enter_context(staged(folder, elsewhere))
        with defer_sigint(forget=True):
            stack.close()
            args.complete = True


def _write_summary(record: Any, stage: Path, args: argparse.Namespace) -> None:
    if args.summary:
        from alignment.compare.report import summary

        (stage / _SUMMARY).write_text(summary(record), encoding="utf-8")


def _tell_outdated(record: Any, file: Path, *patterns: str) -> None:
    """Tell which figures and pages beside a record were made of another one, as after SIGKILL."""
    outdated = []
    for path in (path for pattern in patterns for path in sorted(file.parent.glob(pattern))):
        with suppress(OSError):
            content = path.read_bytes() if path.is_file() else b""
            if _DIGEST.search(content) and record.digest().encode() not in content:
                outdated.append(f"'{path}'")
    if outdated:
        tell("note", f"made of another record than '{file}': {', '.join(outdated)}")


def _show(results: Any, gate: Any, files: list[Path], args: argparse.Namespace) -> int:
    from alignment.compare import gate_report, ranking
    from alignment.compare.models import compare_results
    from alignment.report import console

    files = [*files, *filter(None, (args.pairs, args.summary))]
    with printing():
        if args.table:
            print(ranking.to_paste(compare_results([(results.model, results, None)]), args.table))
        elif not (args.record and gate):
            console.print_report(results, files)
        if gate and args.table:
            tell("note", gate_report.verdict(gate)[0])
        elif gate:
            gate_report.print_gate(gate, args.against, files if args.record else [])
    return 3 if gate and gate.worse else 0


def outcome(error: BaseException, args: argparse.Namespace) -> tuple[int, str]:
    """Return the exit status, and what is wrong and what to do about it."""
    match error:
        case InputError():
            return 2, str(error)
        case OSError() if error.errno != errno.ENOMEM:
            return 1, _file_error(error, args)
        case KeyboardInterrupt():
            number = error.args[0] if error.args else signal.SIGINT
            ended = f"ended by {signal.Signals(number).name}"
            how = "interrupted" if number == signal.SIGINT else ended
            remedy = "run the same command again for complete results"
            return 128 + number, f"{how}; {_COMPLETE if args.complete else remedy}"
    from alignment.record.json_record import edited

    for record in {str(vars(args).get(name)) for name in ("record", "against")} & {*edited}:
        if not isinstance(error, RunError | MemoryError):
            remedy = _COMPLETE if args.complete else "run the model again"
            return 2, f"'{record}' was edited, and its parts do not fit together; {remedy}"
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
    inputs = (args.grid, args.queries, args.against, args.record, *(args.model or ()))
    name = f" '{file}'" if file else ""
    if not file or str(file) not in map(str, inputs):
        for option in ("export_texts", "pairs", "summary", "output"):
            if target := getattr(args, option):
                path, target = Path(file or target).absolute(), target.absolute()
                if path.is_relative_to(target) or target.is_relative_to(path):  # in it or above it
                    remedy = f"{room}choose another --{option.replace('_', '-')}"
                    return f"cannot write{name}: {why}; {remedy}"
    return f"cannot read{name}: {why}; check the path, and whether you may read it"
