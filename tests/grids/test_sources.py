"""Sources other than tables and JSON, and what is made of damaged text in any of them."""

import re
import sys
from unicodedata import normalize

import openpyxl
import pytest

from alignment import InputError, RunError
from alignment.grids import ConceptGrid, load_grid, resolve_grid
from concepts import CONCEPTS

SUN_AND_SEA = (("sun", "Sonne"), ("sea", "Meer"))


def folder_of(path, **lines):
    """A folder of text files by name, "_" for "."."""
    path.mkdir()
    for name, text in lines.items():
        (path / name.replace("__", ".")).write_text(text, encoding="utf-8", newline="")
    return path


def refused(source, **options):
    with pytest.raises(InputError) as raised:
        load_grid(source, [], **options)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("names", "languages"),
    [
        (["deu_Latn.devtest", "eng_Latn.devtest", "azb_Arab.devtest"], ["azb-Arab", "de", "en"]),
        (["eng_Latn.dev", "deu_Latn.dev"], ["de", "en"]),  # dev is the language Domung too
        (["tatoeba.deu-eng.deu", "tatoeba.deu-eng.eng"], ["de", "en"]),
        (["newstest-ref.deu.txt", "newstest-src.eng.txt"], ["de", "en"]),
        (["pov.txt", "guk.txt", "tok.txt"], ["guk", "pov", "tok"]),
        (["XLEnt.de-en.de", "XLEnt.de-en.en"], ["de", "en"]),
        (["x-mine", "German", "en.txt"], ["de", "en", "x-mine"]),
    ],
)
def test_a_folder_has_a_language_per_file_and_a_text_per_line(names, languages, tmp_path):
    source = folder_of(tmp_path / "texts", **{name: f"{name}\r\nsea\n" for name in names})
    (source / ".hidden").write_text("no language")
    (source / "more").mkdir()
    grid = load_grid(source, [])
    assert sorted(grid.languages) == languages
    assert sorted(grid.texts[0]) == sorted(names) and set(grid.texts[1]) == {"sea"}
    assert (grid.name, grid.concepts) == ("texts", ("1", "2"))


def test_lines_end_where_the_file_has_ends_and_may_be_empty(tmp_path):
    source = folder_of(tmp_path / "f", de="a\u2028b\u0085\n\n\ufeffc\r\n \n", en="a\nb\nc\n\n")
    grid = load_grid(source, [])
    assert grid.concepts == ("1", "3") and grid.texts == (("a b…", "a"), ("c", "c"))
    assert [notice.partition("': ")[2] for notice in grid.notices][2:] == [
        "white space in 1 cell (line breaks, tabs, non-breaking or repeated spaces, spaces at an "
        "end) is read as single spaces",
        "1 concept left out, with texts in fewer than two languages: '2'",
    ]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "has no files"),
        ({"de": "a\nb\n"}, "in the headings: a grid needs at least two languages, and has 1"),
        ({"de": "a\nb\n", "en": "a\nb\n", "fr": "a\n"}, "file 'fr': 1 line, where 2 have 2"),
        ({"de": "a\nb", "grman__txt": "a\nb"}, r"'grman', did you mean German \(de\)"),
        ({"de": "a\nb" + "c" * 20_000, "en": "a\nb"}, r"line 2, file 'de' \(de\).*20,001"),
        ({"de": "", "en": "a\0"}, "file '.*de' is empty.*line 1: a NUL byte"),
    ],
)
def test_what_is_wrong_with_a_folder_is_named(files, words, tmp_path):
    assert re.search(f"texts'.*{words}", refused(folder_of(tmp_path / "texts", **files)))


def test_a_workbook_is_read_like_a_table(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        [None, None, None],
        ["Concept", "German", None, "en", "pt_BR"],
        ["sun", "Sonne", None, "sun", 3.0],
        [],
        ["sea", "Meer ", None, "sea", None],
        ["luck", "=A1", None, "luck", True],
    ):
        book.active.append(row)
    book.create_sheet("notes").append(["not read"])
    book.save(tmp_path / "Terms.XLSX")
    grid = load_grid(tmp_path / "Terms.XLSX", [])
    assert grid.concepts == ("sun", "sea", "luck") and grid.languages == ("de", "en", "pt-BR")
    assert grid.texts == (("Sonne", "sun", "3"), ("Meer", "sea", None), (None, "luck", "True"))
    book.active["B2"], book.active["E3"], book.active["F5"] = "Germna", "a\x85", "b"
    book.save(tmp_path / "wrong.xlsx")
    message = refused(tmp_path / "wrong.xlsx", strict=True)
    for words in (
        "row 2, column B: unknown language 'Germna', did you mean German (de)",
        "row 5, column F: 'b' is beyond the header",
        "row 3, column E (pt-BR): 'a\\x85' holds control characters",
    ):
        assert words in message


def test_a_translation_memory(tmp_path):
    (tmp_path / "mine.tmx").write_text(
        """<?xml version="1.0" encoding="UTF-16"?>
        <!DOCTYPE tmx SYSTEM "tmx14.dtd">
        <tmx version="1.4"><header srclang="en"/><body>
        <tu tuid="a"><note>n</note><tuv xml:lang="EN"><prop>p</prop><seg>Open <bpt i="1">&lt;b>
          </bpt>the <hi>file</hi><ept i="1">&lt;/b></ept></seg></tuv>
          <tuv lang="de-DE"><seg>Datei öffnen</seg></tuv></tu>
        <tu><tuv xml:lang="en"><seg>Close</seg></tuv><tuv lang="de_de"><seg>Zu</seg></tuv></tu>
        <tu><tuv xml:lang="en"><seg>Quit</seg></tuv><tuv lang="de_de"/></tu>
        </body></tmx>""",
        encoding="utf-16",
    )
    grid = load_grid(tmp_path / "mine.tmx", [])
    assert grid.languages == ("en", "de-DE") and grid.concepts == ("1", "2")
    assert grid.texts == (("Open the file", "Datei öffnen"), ("Close", "Zu"))
    assert "1 concept left out, with texts in fewer than two languages: '3'" in grid.notices[-1]


ROWS = [
    {"url": "u", "number": 3, "en": "sun", "German": "Sonne"},
    {"url": "v", "number": 4, "en": "sea", "German": "Meer"},
]


@pytest.fixture
def data_set(tmp_path):
    from datasets import Dataset

    def data_set(rows, name="train"):
        (tmp_path / "set").mkdir(exist_ok=True)
        Dataset.from_list(rows).to_parquet(tmp_path / "set" / f"{name}.parquet")
        return f"hub:{tmp_path / 'set'}"

    return data_set


def test_a_data_set_has_a_language_per_column(data_set):
    grid = load_grid(data_set([{"note": "n", "category": "Sky"} | row for row in ROWS]), [])
    assert grid.name == "set" and grid.concepts == ("1", "2")
    assert grid.in_languages(["en", "de"]).texts == SUN_AND_SEA and set(grid.categories) == {"Sky"}
    notices = "\n".join(grid.notices)
    assert "left out, as no languages: 'note', 'url', 'number'" in notices


def test_translations_in_one_column_and_the_split_for_testing(data_set):
    data_set([{"id": "1", "translation": {"en": "a", "de": "b"}}] * 2)
    inside = [{"id": "1", "translation": {"en": en, "de": de}} for en, de in SUN_AND_SEA]
    grid = load_grid(data_set(inside, "test"), [])
    assert grid.texts == SUN_AND_SEA and grid.languages == ("en", "de")
    assert any("split 'test' of train, test is read" in notice for notice in grid.notices)


def test_what_is_wrong_with_a_data_set(data_set, tmp_path, monkeypatch):
    message = refused(data_set([{"text": "a", "note": "b"}] * 2))
    assert "two languages, and has 0" in message and "left out: 'text', 'note'" in message
    assert "row 2, column 'de' (de): 'b\\x07'" in refused(
        data_set([{"en": "a", "de": "b"}, {"en": "a", "de": "b\7"}]), strict=True
    )
    (tmp_path / "set" / "train.parquet").write_bytes(b"PAR1")
    assert "cannot be read" in refused(data_set([], "test"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(RunError, match=r"data set 'hub:nobody/nothing' cannot be read: .*its name"):
        load_grid("hub:nobody/nothing", [])


@pytest.mark.parametrize("kind", ["x.tmx", "x.xlsx", "hub:x"])
def test_a_package_that_is_missing_is_named(kind, tmp_path, monkeypatch):
    for name in ("defusedxml", "defusedxml.ElementTree", "openpyxl", "datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / kind).write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match=r"needs (\w+); pip install \1"):
        load_grid(kind, [])


CONVERTED = "control characters of a wrong conversion, read as the signs that they stand for"
CONTROL = "control characters or byte order marks, left out"


@pytest.mark.parametrize(
    ("cell", "read", "notice"),
    [
        ("don\x92t", "don’t", CONVERTED),
        ("Fu\xc3\x9fe", "Fuße", CONVERTED),
        ("a\x07b\x0bc", "ab c", CONTROL),
        ("\ufeffsun", "sun", CONTROL),
        ("\u200b\u2060", None, "only invisible characters, read as empty"),
        ("caf\ufffd", "caf\ufffd", "U+FFFD in place of a lost letter, measured as it is"),
    ],
)
def test_readable_damage_is_repaired_and_noted_or_refused_by_strict(cell, read, notice, tmp_path):
    path = written(tmp_path / "t.csv", ("en", "abc"), ("de", [cell, "z", "y"]), ("fr", "éwv"))
    grid = load_grid(path, [])
    assert grid.texts[0] == ("a", read, "é")
    assert any(f"1 cell held {notice} (first: row 2, column B (de))" in n for n in grid.notices)
    holds = f"row 2, column B (de): {cell!r} holds {notice.partition(',')[0]}"
    assert holds in refused(path, strict=True)


def written(path, *columns):
    """A table of texts in these languages: (code, texts) each."""
    rows = zip(*(texts for _, texts in columns), strict=True)
    lines = [",".join(code for code, _ in columns), *map(",".join, rows)]
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    return path


def test_mixed_normal_forms_are_composed_and_one_form_stays(tmp_path):
    nfd = [normalize("NFD", text) for text in ("été", "là", "ça")]
    mixed = [nfd[0], "là", "mer"]
    path = written(tmp_path / "t.csv", ("en", "abc"), ("fr", mixed), ("vi", nfd))
    grid = resolve_grid(path, None, CONCEPTS)
    assert [row[1:] for row in grid.texts] == list(zip(("été", "là", "mer"), nfd, strict=True))
    repaired, measured = grid.notices
    assert "1 cell held letters and accents apart" in repaired and "(first: row 2 (fr))" in repaired
    assert "(NFC), and measured as given: Vietnamese (3 texts); --probe measures" in measured
    message = normalize("NFC", refused(path, strict=True))
    assert "row 2 (fr): 'été' holds letters and accents apart" in message


def test_normal_forms_are_noted_once_of_the_languages_measured_and_in_short():
    codes = ["en", "de", "fr", "es", "it", "pt", "sv"]
    composed, decomposed = (
        {f"{n}": dict.fromkeys(codes, letter * (n + 1)) for n in range(2)}
        for letter in ("\u00e9", "e\u0301")
    )
    assert resolve_grid(ConceptGrid.from_dict(composed), None, CONCEPTS).notices == ()
    decomposed["0"] |= {"en": "e", "de": "ä"}
    grid = resolve_grid(ConceptGrid.from_dict(decomposed), None, CONCEPTS)
    assert resolve_grid(grid, None, CONCEPTS).notices == grid.notices and len(grid.notices) == 1
    assert "French (2 texts), Spanish (2 texts)" in grid.notices[0]
    assert "Swedish (2 texts) and 2 more languages;" in grid.notices[0]
