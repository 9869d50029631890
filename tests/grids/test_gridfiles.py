"""Files of grids: as spreadsheets write them, written back, and every way to get them wrong."""

import os
import re

import pytest

from alignment import InputError
from alignment.grids.catalogue import load_grid
from concepts import CONCEPTS

PLAIN = "concept,category,en,de\nsun,Sky,sun,Sonne\nsea,Water,sea,Meer\n"
SUN_AND_SEA = (("sun", "Sonne"), ("sea", "Meer"))


@pytest.fixture
def read(tmp_path):
    def read(content, name="terms.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_grid(path, [])

    return read


@pytest.fixture
def problems(read):
    """Return the problems of a file, which its refusal lists after its name."""

    def problems(content, name="terms.csv"):
        with pytest.raises(InputError) as raised:
            read(content, name)
        assert "\n" not in str(raised.value) and name in str(raised.value)
        return str(raised.value).partition(name + "'")[2]

    return problems


@pytest.mark.parametrize("name", ["published.csv", "published.tsv"])
def test_the_published_grid_written_and_read_is_the_same(name, tmp_path):
    CONCEPTS.to_csv(tmp_path / name)
    grid = load_grid(tmp_path / name, [])
    assert grid == CONCEPTS and grid.sha256() == CONCEPTS.sha256() and grid.notices == ()


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        "\ufeff" + PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        "sep=;\r\n" + PLAIN.replace(",", ";"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", "\t").encode("utf-16-be").join([b"\xfe\xff", b""]),
        PLAIN.replace("\n", ",,\n") + ",,,,,\n,,,,,\n\n",
        "\n\n" + PLAIN,
        "Category,DE,CONCEPT,EN\nSky,Sonne,sun,sun\nWater,Meer,sea,sea\n",
        "concept,category,English,,Deutsch\nsun,Sky,sun,,Sonne\nsea,Water,sea,,Meer\n",
        '"concept","category","en","de"\n"sun","Sky","sun","Sonne"\n"sea","Water","sea","Meer"',
    ],
)
def test_a_table_as_spreadsheets_export_it(content, read):
    grid = read(content)
    assert grid.in_languages(["en", "de"]).texts == SUN_AND_SEA
    assert (grid.concepts, grid.categories) == (("sun", "sea"), ("Sky", "Water"))
    assert grid.name == "terms" and grid.notices == ()


def test_a_header_with_other_delimiters_in_its_names(read):
    grid = read('Chinese (Simplified, China);"German";x-a\n天;Sonne;a\n海;Meer, das;b\n')
    assert grid.languages == ("zh-Hans-CN", "de", "x-a") and grid.texts[1][1] == "Meer, das"


def test_white_space_is_single_spaces_and_a_rare_language_is_noted(read):
    grid = read('en,key,guk_Ethi\nNew\u00a0York," New\r\nYork ",a\nsea,k2,b\n')
    assert grid.texts[0] == ("New York", "New York", "a")
    white_space, language = grid.notices
    assert "white space in 2 cells" in white_space and "'key' is read as Kupia" in language


@pytest.mark.parametrize(
    ("content", "concepts"),
    [
        ("de,en\nSonne,sun\nMeer,sea\n", ("sun", "sea")),
        ("de,fr\nSonne,soleil\nMeer,mer\n", ("Sonne", "Meer")),
        ("fr,en,de\na,,b\nc,d,e\nf,g,h\n", ("a", "d", "g")),
    ],
)
def test_a_concept_without_a_name_has_its_english_or_first_text(content, concepts, read):
    assert read(content).concepts == concepts


def test_gaps_are_none_and_what_cannot_be_compared_is_said(read):
    grid = read("concept,category,en,de,fr\na,X,a,A,\nb,,b,B\nc,X,c,,\nd,X,,,d\n")
    assert grid.concepts == ("a", "b") and grid.texts == (("a", "A"), ("b", "B"))
    assert [notice.partition("': ")[2] for notice in grid.notices] == [
        "1 row has fewer cells than the header (3); the others are read as empty",
        "category 'All' for 1 concept without one",
        "2 concepts left out, with texts in fewer than two languages: 'c', 'd'",
        "1 language left out, with texts in fewer than two concepts: 'fr'",
    ]


def test_json_with_names_gaps_and_categories(read):
    grid = read(
        '{"sun": {"German": "Sonne", "EN": "sun", "fr": null, "category": "Sky"},'
        ' "sea": {"en": "sea", "de": "Meer", "fr": "mer"}, "a": {"fr": "a", "de": "A", "en": ""}}',
        "terms.JSON",
    )
    assert grid.languages == ("de", "en", "fr") and grid.categories == ("Sky", "All", "All")
    assert grid.texts == (("Sonne", "sun", None), ("Meer", "sea", "mer"), ("A", None, "a"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n , \n;;\t", "is empty"),
        ("en,de\n", "row 1: .*no rows below"),
        ("concept,en\nsun,sun\nsea,sea\n", "row 1: a grid needs at least two languages, and has 1"),
        ("en,de\nsun,Sonne\n", "at least two concepts, and has 1"),
        ("en,de\na,b\nc,d\na,e\n", "row 4: concept 'a' appears twice, first in row 2"),
        ("concept,Concept,en,de\na,b,c,d\n", "column B: 'Concept' appears twice"),
        ("concept,en,de\n\u00e9,a,b\ne\u0301,c,d\n", "row 3: concept .* appears twice"),
        ("en,Germna\na,b\n", r"row 1, column B: unknown language 'Germna'.*German \(de\)"),
        ("en,de\na," + "b" * 20_000 + "\nc,d\n", r"row 2, column B \(de\).*20,000 characters"),
        ("en,de\na," + "b" * 200_000 + "\nc,d\n", "row 2.*10,000 characters"),
        ("en,de\na,b\nc,d,,e\n", "row 3, column D: 'e' is beyond the header"),
        ('en,de\na,"b\nc,d\n', "row 2: quotation marks do not pair"),
        ('en,de\na,"b"x\nc,d\n', "row 2: quotation marks do not pair"),
        ("concept,en,de\n,a,b\nc,c,d\n", "row 2: the concept has no name"),
        (b'en,de\n"a\nb",x\nb,y\n' + b"caf\xe9,z\n", "row 4: the byte 0xE9.*UTF-8"),
        (PLAIN.encode("utf-16") + b"\x00", "is not UTF-16"),
        (PLAIN.encode("utf-16-le"), "row 1.*NUL"),
        (b"en,de\na,b\nc,\x00d\n", "row 3: a NUL byte"),
        (b"PK\x03\x04...", "workbook"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(content, words, problems):
    assert re.search(words, problems(content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": ', "line 1, column 7: is not valid JSON"),
        ("[1]", "at the top: a list of other things than objects"),
        ("{}", "at the top: no concepts"),
        ('{"a": "b"}', "concept 'a': a text, not {language"),
        ('{"a": {"en": "a", "category": []}}', "key 'category'.*: a list, not a text"),
        ('{"a": {"en": "a", "en": "b"}}', "concept 'a', key 'en': appears twice"),
        ('{"a": {"en": "a", "de": "b"}, "a": {}}', "concept 'a' appears twice"),
        ('{"a": {"en": "a", "xy": "b"}}', "two languages, and has 1.*left out: 'xy'"),
        ('{"": {"en": "a", "de": "b"}}', "concept ''.*no name"),
        ('{"a": {"en": "\\ud800", "de": "b"}}', r"key 'en'.*U\+D800, half of a letter"),
        ('{"a": {"en": "a"}, "b": {"en": "b"}}', "needs at least two languages, and has 1"),
        ("[" * 100_000, "brackets too deep"),
        ('{"a": ' + "9" * 5000 + "}", "numbers too long"),
    ],
)
def test_what_is_wrong_with_json_is_named(content, words, problems):
    assert re.search(words, problems(content, "terms.json"))


def test_the_first_ten_problems_and_how_many_more(problems):
    message = problems("en,de\n" + "a,b\n" * 20)
    assert message.count(" appears twice, first in row 2") == 10
    assert message.endswith("; and 9 more") and message.count("name it once") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("term.csv", "did you mean 'terms.csv'"),
        ("folder.csv", "has no files"),
        ("terms.csv/a.csv", "does not exist"),
        ("nowhere/a.csv", "nowhere' be read"),
        ("a\0.csv", "cannot be read"),
        ("a" * 5000 + ".csv", "cannot be read"),
    ],
    ids=lambda value: value[:10],
)
def test_a_file_that_cannot_be_read(name, words, tmp_path):
    (tmp_path / "terms.csv").write_text(PLAIN)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=words):
        load_grid(tmp_path / name, [])


def test_a_file_without_permission(tmp_path, monkeypatch):
    def refuse(path, *arguments):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "terms.csv").write_text(PLAIN)
    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    with pytest.raises(InputError, match="may not be read"):
        load_grid(tmp_path / "terms.csv", [])
