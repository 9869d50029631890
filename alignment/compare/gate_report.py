"""The report on a gate: the changes of a model since an earlier record."""

from collections import Counter
from pathlib import Path

from alignment.compare.gate import ORDER, Gate, MetricShift
from alignment.compare.verdicts import metric_words
from alignment.grids.languages import ALL
from alignment.measure.errors import MAX_LISTED
from alignment.record.core import CoreResults
from alignment.report import console, words
from alignment.report.error_tables import grouped
from alignment.report.summary import MAX_ERRORS, MAX_LANGUAGES, escaped, page, titled_table
from alignment.report.table import CONTRAST, LANGUAGE, MAX_ROWS, Column, Kind, Table
from alignment.report.words import number

_MAX_NAMED = 4  # languages in a sentence
_FINGERPRINT = 15  # characters of a fingerprint that are shown
_SHIFT = Kind(
    lambda shift: f"{number(shift.before)} → {number(shift.after)}",
    parts=("_before", "_after"),
    split=lambda shift: (shift.before, shift.after),
)


def verdict(gate: Gate) -> list[str]:
    """Say whether the run is worse, better or level, and which changes this grid detects."""
    word = gate.verdict()
    if word == "unchanged":
        return ["Unchanged: no value of any text has moved."]
    if word == "level":
        within = f"within ± {number(gate.margin)}"
        return [f"Level with before: overall and in every language, {within}."]
    if word == "inconclusive":
        numbers = _numbers(gate.shifts[0])
        return [f"Not significantly different from before: {numbers}.", *_detectable(gate)]
    shifts = [shift for shift in gate.shifts if shift.contrast.verdict == word]
    codes = list(dict.fromkeys(shift.language for shift in shifts))
    named = words.languages([code for code in codes if code != ALL], _MAX_NAMED)
    places = ", and in ".join(filter(None, ("overall" * (ALL in codes), named)))
    change = words.capital(word.removesuffix(" on these concepts"))
    largest = max(shifts, key=lambda shift: abs(shift.contrast.difference or 0))
    code = largest.language
    place = "overall" if code == ALL else f"in {words.language(code)}"
    sentences = [
        f"{change} than before{words.on_these(word)}: {places}. The largest difference is {place}: "
        f"{_numbers(largest)}."
    ]
    if not gate.worse:
        sentences.append("Nothing is worse by more than the margin.")
    return sentences + _detectable(gate)


def _numbers(shift: MetricShift) -> str:
    contrast = shift.contrast
    numbers = words.how_sure(contrast.difference, contrast.interval, contrast.p)
    return f"{metric_words(shift.metric)} {numbers}"


def _detectable(gate: Gate) -> list[str]:
    """Say which differences the grid detects."""
    changes = []
    for metric in dict.fromkeys(shift.metric for shift in gate.shifts):
        overall, *by_language = (
            shift.contrast.detectable for shift in gate.shifts if shift.metric == metric
        )
        largest = max((value for value in by_language if value is not None), default=None)
        if overall is not None:
            single = "" if largest is None else f" and {number(largest)} in any language"
            changes.append(f"{metric_words(metric)} of {number(overall)} overall{single}")
    power = "With 80 % power, if all texts are affected alike, this grid detects a change in"
    return [f"{power} {', and in '.join(changes)}."] if changes else []


def changed(gate: Gate) -> str:
    """Say which parts of the setup differ between the two runs."""
    then, now = _setup(gate.old), _setup(gate.new)
    changes = [
        f"{name} {then.get(name, 'none')} → {now.get(name, 'none')}"
        for name in dict.fromkeys((*then, *now))
        if then.get(name) != now.get(name)
    ]
    if not changes:
        return "Model, prompt and versions are the same."
    return f"Changed: {'; '.join(changes)}."


def _setup(results: CoreResults) -> dict[str, str]:
    run = results.provenance
    return {
        "model": results.model,
        "fingerprint": (run.model_fingerprint or "none")[:_FINGERPRINT],
        "dimension": str(run.dimension),
        "prompt": f'"{run.prompt.strip()}"',
        **run.versions,
    }


def by_language(gate: Gate, most: int) -> Table:
    """Return one row overall and one per language, the worst first, with means before and after.

    Of more than ``most`` languages, the note counts the others by their verdict.
    """
    shifts = {(shift.metric, shift.language): shift for shift in gate.shifts}
    metrics = [metric for metric, code in shifts if code == gate.new.languages[0]]

    def rank(code: str) -> tuple[int, float]:
        loss = min(shifts[metric, code].contrast.difference or 0 for metric in metrics)
        return ORDER.index(gate.verdict(code)), loss

    def before_after(metric: str) -> Column:
        title = f"{metric_words(metric)}, before → after"
        return Column(metric, lambda code: shifts[metric, code], _SHIFT, title, "full")

    def change(metric: str) -> Column:
        key, title = f"{metric}_change", metric_words(metric)
        return Column(key, lambda code: shifts[metric, code].contrast, CONTRAST, title)

    codes = sorted(gate.new.languages, key=rank)
    shown = codes if len(codes) <= most else codes[: most - 1]
    others = codes[len(shown) :]
    counts = Counter(gate.verdict(code) for code in others)
    counted = words.listed([f"{counts[word]:,} {word}" for word in ORDER if word in counts])
    return Table.of(
        "changes",
        "Change by language (* significant)",
        (ALL, *shown),
        Column("language", lambda code: "overall" if code == ALL else code, LANGUAGE, ""),
        Column("verdict", gate.verdict),
        *(make(metric) for metric in metrics for make in (before_after, change)),
        note=f"{words.counted(len(others), 'more language')}: {counted}." if others else "",
    )


def without_languages(gate: Gate) -> Table:
    """Return one row per metric without languages, as for search: before, after, the change."""
    with_languages = {shift.metric for shift in gate.shifts if shift.language != ALL}
    return Table.of(
        "search_changes",
        "Search (* significant)",
        [shift for shift in gate.shifts if shift.metric not in with_languages],
        Column("metric", lambda shift: metric_words(shift.metric), title=""),
        Column("verdict", lambda shift: shift.contrast.verdict),
        Column("score", lambda shift: shift, _SHIFT, "before → after"),
        Column("change", lambda shift: shift.contrast, CONTRAST),
    )


def switched(gate: Gate, most: int) -> tuple[Table, Table]:
    """Return the retrievals that only fail now, and those that only failed before.

    Each table has at most ``most`` rows, one per wrong answer, the costliest first.
    """
    failed, mended = gate.newly_failed, gate.newly_found
    title = f"Newly failing retrievals: {failed.total:,}"
    title_mended = f"Retrievals that no longer fail: {mended.total:,}"
    return (
        grouped("newly_failing", title, gate.new, failed.listed, most),
        grouped("newly_found", title_mended, gate.old, mended.listed, most, " before"),
    )


def unlisted(gate: Gate) -> list[str]:
    """Say how many switched retrievals cannot be named, if any."""
    both = gate.newly_failed, gate.newly_found
    total = sum(retrievals.total for retrievals in both)
    unnamed = total - sum(len(retrievals.listed) for retrievals in both)
    sentence = (
        f"{unnamed:,} of the {total:,} retrievals that changed are not among the {MAX_LISTED} "
        "costliest failures of their run, which a record names."
    )
    return [sentence] if unnamed else []


def print_gate(gate: Gate, name: Path, files: list[Path]) -> None:
    """Print the changes of a model since the record ``name``, and the written files."""
    terminal = console.Terminal()
    terminal.say("", f"{gate.new.model} against '{name}' ({gate.old.model})", style="bold")
    first, *more = verdict(gate)
    terminal.say(first, style=console.style_of(gate.verdict()))
    terminal.say(*more, changed(gate))
    changes = by_language(gate, MAX_ROWS)
    console.print_tables(terminal, changes, without_languages(gate))
    terminal.say(*filter(None, [changes.note]))
    for table in switched(gate, console.MAX_ERRORS):
        console.print_tables(terminal, table)
    terminal.say("", *unlisted(gate))
    terminal.say_files(files)


def summary_of_gate(gate: Gate) -> str:
    """Return a page of Markdown: the verdict, the languages, and the changes."""
    first, *more = map(escaped, verdict(gate))
    return page(
        gate.new,
        f"**{first}** {' '.join(more)}".rstrip(),
        escaped(changed(gate)),
        titled_table(by_language(gate, MAX_LANGUAGES), titled=False),
        titled_table(without_languages(gate)),
        *map(titled_table, switched(gate, MAX_ERRORS)),
        *map(escaped, unlisted(gate)),
    )
