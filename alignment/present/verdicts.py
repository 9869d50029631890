"""Verdicts: what the diagnosis of a language comes to, in a line; and how numbers are said."""

TELLING = 0.005  # share of unknown subwords from which it is said
UNREAD = 0.2  # and from which it is the reason
SURE = 0.05  # of an adjusted p
ALL = "all"  # languages together, beside each of them
MOST_NAMED = 3


def verdict(found: dict, concepts: int) -> str:
    """Return the line on one language.

    Args:
        found: the numbers of `alignment.explain.diagnosis`.
        concepts: C of the grid.
    """
    parts = [
        f"{_STANDING[found['standing']]}, {numbers(found)}",
        _words(found, concepts),
        *_REST[found["standing"]](found, concepts),
        _unknown(found),
    ]
    return "; ".join(filter(None, parts))


_STANDING = {
    "lower": "retrieved worse than the others",
    "not lower": "not retrieved worse than the others",
    "untold": "cannot be told from the others",
}


def signed(value: float) -> str:
    """Return three decimals behind a sign; a dash where there is no number."""
    if value is None or value != value:
        return "–"
    return "0.000" if abs(value) < 5e-4 else f"{value:+.3f}".replace("-", "−")


def interval(ends) -> str:
    """Return "[low, high]", signed."""
    return f"[{signed(ends[0])}, {signed(ends[1])}]"


def numbers(contrast: dict) -> str:
    """Return a difference with its interval and its adjusted p."""
    return (
        f"{signed(contrast['difference'])} {interval(contrast['interval'])}, "
        f"adjusted p {contrast['p']:.2g}"
    )


def it_takes(contrast: dict, concepts: int) -> str:
    """Say how many concepts would show the difference, where these are too few."""
    needed = contrast["concepts_needed"]
    if not needed or needed <= concepts:
        return ""
    return f"{concepts:,} concepts are too few, it would take about {needed:,}"


def _words(found: dict, concepts: int) -> str:
    words, without = list(found["words"]), found["without_them"]
    if not words:
        return "no single word stands out" if found["standing"] == "lower" else ""
    more = len(words) - MOST_NAMED
    named = ", ".join(words[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    fail = "fails" if len(words) == 1 else f"fail ({len(words):,} of {concepts:,})"
    them = "it" if len(words) == 1 else "them"
    rest = "" if without is None else f", without {them} {signed(without)}"
    return f"{named} {fail}{rest}"


_REST = {  # what is said after the words
    "lower": lambda found, concepts: [_forms(found), _subwords(found)],
    "untold": lambda found, concepts: [it_takes(found, concepts)],
    "not lower": lambda found, concepts: [],
}


def _forms(found: dict) -> str:
    if found["forms"] is None:
        return "other forms not probed"
    said = [
        f"{_EFFECTS[row['effect']]} by {form} ({signed(row['difference'])} left)"
        for form, row in found["forms"].items()
        if row["effect"] in _EFFECTS
    ]
    return "; ".join(said) or "no other form can be said to close the gap"


_EFFECTS = {"removes": "the gap is removed", "narrows": "narrowed"}


def _subwords(found: dict) -> str:
    number = found["subwords"]
    if number is None or (found["unknown"] or 0) >= UNREAD:
        return ""
    said = {
        "explain": "the number of its subwords explains it",
        "do not explain": "the number of its subwords does not explain it",
        "untold": "whether the number of its subwords explains it cannot be told",
    }[number["effect"]]
    return f"{said} ({signed(number['at_equal'])} at equal numbers)" if number["at_equal"] else said


def _unknown(found: dict) -> str:
    unknown = found["unknown"] or 0
    if unknown < TELLING:
        return ""
    share = f"{100 * unknown:.0f} % of its subwords are unknown to the model"
    return f"{share}, which cannot read it" if unknown >= UNREAD else share
