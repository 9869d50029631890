"""Gate: what became of a model since an earlier record, in sentences and tables."""

from dataclasses import replace

from alignment.explain import ALL
from alignment.explain.confusions import MAX_LISTED, Confusions
from alignment.present import tables, words
from alignment.present.table import Table
from alignment.present.verdicts import METRICS
from alignment.present.words import (
    MAX_CELLS,
    languages,
    listed,
    number,
    p_value,
    signed,
    signed_interval,
)
from alignment.record.gate import Gate, Shift, Switched
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import ALPHA, Verdict

SAID = {
    "worse": "Worse than before",
    "better": "Better than before",
    "level": "Level with before",
    "inconclusive": "Not significantly different from before",
}
_ORDER: tuple[Verdict, ...] = ("worse", "better", "inconclusive", "level")
_MAX_NAMED = 4  # languages in a sentence
_FINGERPRINT = 15  # letters of one that are shown


def verdict(gate: Gate) -> list[str]:
    """Say what is worse, better or level, and what this grid could have shown."""
    found = gate.verdict()
    if found == "level":
        if all(shift.contrast.interval == (0, 0) for shift in gate.shifts):
            return [f"{SAID[found]}: no value of any text has moved."]
        margin = number(gate.margin)
        return [f"{SAID[found]}: overall and in every language, within ± {margin}."]
    if found == "inconclusive":
        said = [f"{SAID[found]}: {_numbers(gate.shifts[0])}."]
    else:
        of = [shift for shift in gate.shifts if shift.verdict == found]
        largest = max(of, key=lambda shift: abs(shift.contrast.difference or 0))
        said = [f"{SAID[found]}: {_where(of)}. The largest difference is {_in(largest)}."]
        if found == "better":
            said.append("Nothing is significantly worse.")
    return said + _detectable(gate)


def _where(shifts: list[Shift]) -> str:
    codes = list(dict.fromkeys(shift.language for shift in shifts))
    named = languages([code for code in codes if code != ALL], _MAX_NAMED)
    return ", and in ".join(["overall"] * (ALL in codes) + [named] * bool(named)).removeprefix(", ")


def _in(shift: Shift) -> str:
    where = "overall" if shift.language == ALL else f"in {words.language(shift.language)}"
    return f"{where}: {_numbers(shift)}"


def _numbers(shift: Shift) -> str:
    own = shift.contrast
    ends = "" if own.interval.low is None else f", 95 % CI {signed_interval(own.interval)}"
    return f"{METRICS[shift.metric]} {signed(own.difference)}{ends}, {p_value(own.p)}"


def _detectable(gate: Gate) -> list[str]:
    """Say which losses would have been found."""
    said = []
    for metric in dict.fromkeys(shift.metric for shift in gate.shifts):
        own = [shift for shift in gate.shifts if shift.metric == metric]
        overall, *by_language = (shift.contrast.detectable for shift in own)
        largest = max((value for value in by_language if value is not None), default=None)
        if overall is not None:
            single = "" if largest is None else f" and {number(largest)} in any language"
            said.append(f"in {METRICS[metric]} of {number(overall)} overall{single}")
    if not said:
        return []
    return [f"This grid would have shown a difference {listed(said)}, in four of five cases."]


def changed(gate: Gate) -> str:
    """Say what ran then and what runs now, as far as it is not the same."""
    then, now = (_setup(results) for results in (gate.old, gate.new))
    moved = [
        f"{name} {then.get(name, 'none')} → {now.get(name, 'none')}"
        for name in dict.fromkeys((*then, *now))
        if then.get(name) != now.get(name)
    ]
    return f"Changed: {'; '.join(moved)}." if moved else "Model, prompt and versions are the same."


def _setup(results: AlignmentResults) -> dict[str, str]:
    own = results.provenance
    return {
        "model": results.model,
        "fingerprint": (own.model_fingerprint or "none")[:_FINGERPRINT],
        "dimension": str(own.dimension),
        "prompt": f'"{own.prompt.strip()}"',
        **own.versions,
    }


def by_language(gate: Gate, most: int, values: bool = False) -> Table:
    """One row overall and one per language, the worst first; with the values before and after.

    Of more than ``most`` languages the last row counts the others by their verdict.
    """
    rows: dict[str, list[Shift]] = {}
    for shift in gate.shifts:
        rows.setdefault(shift.language, []).append(shift)
    metrics = [shift.metric for shift in gate.shifts if shift.language == gate.new.languages[0]]
    codes = sorted((code for code in rows if code != ALL), key=lambda code: _rank(gate, rows[code]))
    shown = codes if len(codes) <= most else codes[: most - 1]
    header = [f"{METRICS[metric]} [95 % CI]" for metric in metrics]
    if values:
        header = [name for metric in metrics for name in (METRICS[metric], "change [95 % CI]")]
    table = Table(
        "Change by language (* significant)",
        ("", "verdict", *header),
        [
            (
                "overall" if code == ALL else words.language(code),
                gate.verdict(code),
                *(cell for shift in rows[code] for cell in _cells(shift, metrics, values)),
            )
            for code in (ALL, *shown)
        ],
    )
    if more := codes[len(shown) :]:
        found = [gate.verdict(code) for code in more]
        counts = {own: found.count(own) for own in _ORDER}
        said = listed([f"{count:,} {own}" for own, count in counts.items() if count])
        table.rows.append((f"{len(more):,} more", said, *[""] * (len(table.header) - 2)))
    return table


def _cells(shift: Shift, metrics: list[str], values: bool) -> list[str]:
    if shift.metric not in metrics:  # a search has no languages
        return []
    own = shift.contrast
    star = "*" if own.p is not None and own.p <= ALPHA else ""
    moved = f"{signed(own.difference)}{star} {signed_interval(own.interval)}"
    return [f"{number(shift.before)} → {number(shift.after)}", moved] if values else [moved]


def _rank(gate: Gate, shifts: list[Shift]) -> tuple[int, float]:
    lost = min(shift.contrast.difference or 0 for shift in shifts)
    return _ORDER.index(gate.verdict(shifts[0].language)), lost


def search(gate: Gate) -> Table:
    """One row per metric of a search: before, after and the change."""
    first = {shift.metric for shift in gate.shifts if shift.language != ALL}
    return Table(
        "Search (* significant)",
        ("", "verdict", "before → after", "change [95 % CI]"),
        [
            (METRICS[shift.metric], shift.verdict, *_cells(shift, [shift.metric], True))
            for shift in gate.shifts
            if shift.metric not in first
        ],
    )


def newly_failing(gate: Gate, most: int, room: int = MAX_CELLS) -> Table:
    """The retrievals that fail now and did not before, the costliest first."""
    return _switched(gate.new, gate.newly_failed, "Newly failing retrievals", most, room)


def newly_found(gate: Gate, most: int, room: int = MAX_CELLS) -> Table:
    """The retrievals that failed before and do not now; what was retrieved is of before."""
    found = _switched(gate.old, gate.newly_found, "Retrievals that no longer fail", most, room)
    return found._replace(header=("query", "expected", "retrieved before", "lost before"))


def _switched(
    results: AlignmentResults, found: Switched, title: str, most: int, room: int
) -> Table:
    only = replace(results, confusions=Confusions(found.total, found.listed, []))
    return tables.confusions(only, most, room)._replace(title=f"{title}: {found.total:,}")


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
