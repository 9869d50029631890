"""The summary: Markdown that shows every text as it is, and calls nobody."""

from itertools import pairwise

import numpy as np
from conftest import analysed, unit
from markdown_it import MarkdownIt

from alignment.compare import gate_report
from alignment.compare.gate import ORDER, against
from alignment.compare.gate_report import by_language, changed, print_gate, verdict
from alignment.compare.models import compare_results
from alignment.compare.report import summary as page
from alignment.grids import ConceptGrid

AWKWARD = (
    "a | pipe",
    "<script>alert(1)</script>",
    "`code` and ``more",
    "two\nlines",
    "*bold* _it_ ~~no~~",
    "[link](http://x.y) ![i](j)",
    "back\\slash \\| here",
    "&lt; &amp; &copy;",
    "@somebody #12",
    "# heading",
    "- item",
    "[^1] [x]: y",
    "$x$",
    "\u202eturned",
    "مرحبا | بك",
    "שלום (עולם)",
)


def grid_of(texts, languages=("en", "de", "ar")):
    return ConceptGrid.from_dict(
        {f"c{i}": {code: f"{text} {code}" for code in languages} for i, text in enumerate(texts)}
    )


def run(grid, seed, noise):
    C, L = len(grid.concepts), len(grid.languages)
    places = np.random.default_rng(0).normal(size=(C, 1, 12))
    texts = np.random.default_rng(seed).normal(size=(C, L, 12))
    return analysed(unit(places + noise * texts), grid)


def rendered(markdown):
    """Return the tables of a page as rows of cells, and the kinds of everything marked up."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    rows, kinds = [], set()
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if token.type == "inline":
            cell = "".join(child.content for child in token.children)
            if before.type in ("td_open", "th_open"):
                rows[-1].append(cell)
                kinds |= {child.type for child in token.children}
    return rows, kinds, {token.type for token in tokens}


def test_texts_are_shown_as_they_are(monkeypatch):
    monkeypatch.setattr(gate_report, "MAX_ERRORS", 200)
    grid = grid_of(AWKWARD)
    old, new = run(grid, 1, 0.6), run(grid, 2, 2.0)
    for shown in (new, compare_results([("a|b", new, None)])):
        rows, kinds, _ = rendered(page(shown))
        assert rows and kinds <= {"text", "text_special"}
    markdown = page(against(new, old))
    rows, kinds, blocks = rendered(markdown)
    assert kinds <= {"text", "text_special"} and "html_block" not in blocks
    assert {len(row) for row in rows} == {4, 6}
    shown = " ".join(cell for row in rows for cell in row)
    assert "\u2068مرحبا | بك" in shown and "@somebody" not in shown and "#12" not in shown
    shown = shown.translate(dict.fromkeys([0x2060, 0x2068, 0x2069]))
    for text in AWKWARD:
        assert " ".join(text.split()).removeprefix("\u202e") in shown, text
    assert "\u202e" not in markdown


def test_many_languages_share_a_note_and_a_comment_holds_the_page():
    codes = [f"{a}{b}{c}" for a in "abc" for b in "fgh" for c in "klmnopqrst"]
    grid = grid_of([f"a text of some length, number {n}" for n in range(12)], codes)
    gate = against(run(grid, 2, 1.5), run(grid, 1, 0.5))
    table = by_language(gate, 10)
    assert len(table.rows) == 10
    more, counts = table.note.removesuffix(".").split(" more languages: ")
    counts = counts.replace(" and", ",").split(", ")
    assert int(more) == len(codes) - 9 == sum(int(count.split()[0]) for count in counts)
    verdicts = [row[1] for row in table.rows[1:]]
    assert verdicts == sorted(verdicts, key=ORDER.index)
    assert len(page(gate).encode()) < 65_536


def test_the_verdict_says_what_and_what_could_have_been_seen(monkeypatch, capsys):
    grid = grid_of([f"text {n}" for n in range(30)])
    old, bad, same = run(grid, 1, 0.5), run(grid, 2, 2.5), run(grid, 3, 0.5)
    worse = " ".join(verdict(against(bad, old)))
    assert worse.startswith("Worse than before: overall, and in ") and "With 80 % power" in worse
    assert "Nothing is worse by more than the margin." in verdict(against(old, bad))
    assert verdict(against(same, old))[0].startswith("Not significantly different from before: ")
    assert changed(against(bad, old)) == "Model, prompt and versions are the same."
    monkeypatch.setenv("COLUMNS", "80")
    print_gate(against(bad, old), "old.json", [])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80 and "…" not in out.split("Newly")[0]
