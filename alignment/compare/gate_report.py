"""The report on a gate: what became of a model since an earlier record."""

from pathlib import Path

from alignment.compare.gate import ORDER, Gate, MetricShift, Switched
from alignment.compare.verdicts import metric_words
from alignment.grids.languages import ALL
from alignment.measure.errors import MAX_LISTED
from alignment.record.core import CoreResults
from alignment.report import console, words
from alignment.report.error_tables import grouped
from alignment.report.summary import MAX_ERRORS, MAX_LANGUAGES, escaped, page, titled_table
from alignment.report.table import CONTRAST, LANGUAGE, MAX_ROWS, Column, Kind, Table
from alignment.report.words import how_sure, languages, listed, number, on_these

SAID = {
    "worse": "Worse than before",
    "better": "Better than before",
    "slightly worse": "Slightly worse than before",
    "slightly better": "Slightly better than before",
    "level": "Level with before",
    "unchanged": "Unchanged",
    "inconclusive": "Not significantly different from before",
}
_MAX_NAMED = 4  # languages in a sentence
_FINGERPRINT = 15  # letters of one that are shown
_SHIFT = Kind(
    lambda shift: f"{number(shift.before)} → {number(shift.after)}",
    parts=("_before", "_after"),
    split=lambda shift: (shift.before, shift.after),
)


def verdict(gate: Gate) -> list[str]:
    """Say what is worse, better or level, and what this grid could have shown."""
    found = gate.verdict()
    opening = SAID[found.removesuffix(" on these concepts")] + on_these(found)
    if found == "unchanged":
        return [f"{opening}: no value of any text has moved."]
    if found == "level":
        return [f"{opening}: overall and in every language, within ± {number(gate.margin)}."]
    if found == "inconclusive":
        return [f"{opening}: {_numbers(gate.shifts[0])}.", *_detectable(gate)]
    those = [shift for shift in gate.shifts if shift.contrast.verdict == found]
    largest = max(those, key=lambda shift: abs(shift.contrast.difference or 0))
    said = [f"{opening}: {_where(those)}. The largest difference is {_in(largest)}."]
    if not gate.worse:
        said.append("Nothing is worse by more than the margin.")
    return said + _detectable(gate)


def _where(shifts: list[MetricShift]) -> str:
    codes = list(dict.fromkeys(shift.language for shift in shifts))
    named = languages([code for code in codes if code != ALL], _MAX_NAMED)
    return ", and in ".join(["overall"] * (ALL in codes) + [named] * bool(named)).removeprefix(", ")


def _in(shift: MetricShift) -> str:
    where = "overall" if shift.language == ALL else f"in {words.language(shift.language)}"
    return f"{where}: {_numbers(shift)}"


def _numbers(shift: MetricShift) -> str:
    own = shift.contrast
    return f"{metric_words(shift.metric)} {how_sure(own.difference, own.interval, own.p)}"


def _detectable(gate: Gate) -> list[str]:
    """Say which differences the grid detects."""
    said = []
    for metric in dict.fromkeys(shift.metric for shift in gate.shifts):
        own = [shift for shift in gate.shifts if shift.metric == metric]
        overall, *by_language = (shift.contrast.detectable for shift in own)
        largest = max((value for value in by_language if value is not None), default=None)
        if overall is not None:
            single = "" if largest is None else f" and {number(largest)} in any language"
            said.append(f"{metric_words(metric)} of {number(overall)} overall{single}")
    power = "With 80 % power, if all texts are affected alike, this grid detects a change in"
    return [f"{power} {', and in '.join(said)}."] if said else []


def changed(gate: Gate) -> str:
    """Say what ran then and what runs now, as far as it is not the same."""
    then, now = (_setup(results) for results in (gate.old, gate.new))
    moved = [
        f"{name} {then.get(name, 'none')} → {now.get(name, 'none')}"
        for name in dict.fromkeys((*then, *now))
        if then.get(name) != now.get(name)
    ]
    return f"Changed: {'; '.join(moved)}." if moved else "Model, prompt and versions are the same."


def _setup(results: CoreResults) -> dict[str, str]:
    own = results.provenance
    return {
        "model": results.model,
        "fingerprint": (own.model_fingerprint or "none")[:_FINGERPRINT],
        "dimension": str(own.dimension),
        "prompt": f'"{own.prompt.strip()}"',
        **own.versions,
    }


def by_language(gate: Gate, most: int) -> Table:
    """One row overall and one per language, the worst first; with the values before and after.

    Of more than ``most`` languages the note counts the others by their verdict.
    """
    rows: dict[str, list[MetricShift]] = {}
    for shift in gate.shifts:
        rows.setdefault(shift.language, []).append(shift)
    metrics = [shift.metric for shift in gate.shifts if shift.language == gate.new.languages[0]]
    codes = sorted((code for code in rows if code != ALL), key=lambda code: _rank(gate, rows[code]))
    shown = codes if len(codes) <= most else codes[: most - 1]
    found = {(shift.metric, shift.language): shift for shift in gate.shifts}

    def before_after(metric: str) -> Column:
        title = f"{metric_words(metric)}, before → after"
        return Column(metric, lambda code: found[metric, code], _SHIFT, title, "full")

    def change(metric: str) -> Column:
        key = f"{metric}_change"
        return Column(
            key, lambda code: found[metric, code].contrast, CONTRAST, metric_words(metric)
        )

    return Table.of(
        "changes",
        "Change by language (* significant)",
        (ALL, *shown),
        Column("language", lambda code: "overall" if code == ALL else code, LANGUAGE, ""),
        Column("verdict", gate.verdict),
        *(make(metric) for metric in metrics for make in (before_after, change)),
        note=_others(gate, codes[len(shown) :]),
    )


def _others(gate: Gate, codes: list[str]) -> str:
    """Count the languages that have no row by their verdict; "" where there are none."""
    if not codes:
        return ""
    found = [gate.verdict(code) for code in codes]
    counts = [f"{found.count(own):,} {own}" for own in ORDER if own in found]
    return f"{words.counted(len(codes), 'more language')}: {listed(counts)}."


def _rank(gate: Gate, shifts: list[MetricShift]) -> tuple[int, float]:
    lost = min(shift.contrast.difference or 0 for shift in shifts)
    return ORDER.index(gate.verdict(shifts[0].language)), lost


def without_languages(gate: Gate) -> Table:
    """One row per metric that has no languages, as those of a search: before, after, the change."""
    first = {shift.metric for shift in gate.shifts if shift.language != ALL}
    return Table.of(
        "search_changes",
        "Search (* significant)",
        [shift for shift in gate.shifts if shift.metric not in first],
        Column("metric", lambda shift: metric_words(shift.metric), title=""),
        Column("verdict", lambda shift: shift.contrast.verdict),
        Column("score", lambda shift: shift, _SHIFT, "before → after"),
        Column("change", lambda shift: shift.contrast, CONTRAST),
    )


def newly_failing(gate: Gate, most: int) -> Table:
    """The retrievals that fail now and did not before, the costliest first."""
    return _switched("newly_failing", gate.new, gate.newly_failed, "Newly failing retrievals", most)


def newly_found(gate: Gate, most: int) -> Table:
    """The retrievals that failed before and do not now."""
    title = "Retrievals that no longer fail"
    return _switched("newly_found", gate.old, gate.newly_found, title, most, " before")


def _switched(
    key: str, results: CoreResults, found: Switched, title: str, most: int, when: str = ""
) -> Table:
    return grouped(key, f"{title}: {found.total:,}", results, found.listed, most, when)


def unlisted(gate: Gate) -> str:
    """Say how many switched retrievals cannot be named; "" where all can."""
    both = gate.newly_failed, gate.newly_found
    unnamed = sum(found.total - len(found.listed) for found in both)
    if not unnamed:
        return ""
    return (
        f"{unnamed:,} of the {sum(found.total for found in both):,} retrievals that changed are "
        f"not among the {MAX_LISTED} costliest failures of their run, which a record names."
    )


def print_gate(gate: Gate, name: Path, files: list[Path]) -> None:
    """Print what became of a model since an earlier record, and of which retrievals."""
    terminal = console.Terminal()
    terminal.say("", f"{gate.new.model} against '{name}' ({gate.old.model})", style="bold")
    said, *more = verdict(gate)
    terminal.say(said, style=console.style_of(gate.verdict()))
    terminal.say(*more, changed(gate))
    changes = by_language(gate, MAX_ROWS)
    console.print_tables(terminal, changes, without_languages(gate))
    terminal.say(*filter(None, [changes.note]))
    for switched in (newly_failing, newly_found):
        console.print_tables(terminal, switched(gate, console.MAX_ERRORS))
    terminal.say("", *filter(None, [unlisted(gate)]))
    terminal.say_files(files)


def summary_of_gate(gate: Gate) -> str:
    """Return a page of Markdown: the verdict, the languages, and what changed."""
    said, *more = map(escaped, verdict(gate))
    return page(
        gate.new,
        f"**{said}** {' '.join(more)}".rstrip(),
        escaped(changed(gate)),
        titled_table(by_language(gate, MAX_LANGUAGES), titled=False),
        titled_table(without_languages(gate)),
        titled_table(newly_failing(gate, MAX_ERRORS)),
        titled_table(newly_found(gate, MAX_ERRORS)),
        escaped(unlisted(gate)),
    )
