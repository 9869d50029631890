"""Questions: read from the files that a grid may have, and held against the grid they are about."""

import json

import pytest
from conftest import ROOT

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.search.questions import Questions, resolve_questions, shares_of

GRID = ConceptGrid.from_dict(
    {
        "sun": {"en": "The sun is hot.", "de": "Die Sonne ist heiß."},
        "moon": {"en": "The moon is cold.", "de": "Der Mond ist kalt."},
        "star": {"en": "Stars are far.", "de": "Sterne sind fern."},
    }
)
TABLE = (
    "passage,en,fr\nmoon,Is the moon warm?,\nsun,How hot is it?,Fait-il chaud ?\n"
    "moon,,Et la nuit ?\n"
)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_has_several_questions_a_passage_gaps_and_languages_of_its_own(tmp_path):
    found = resolve_questions(written(tmp_path / "asked.csv", TABLE), GRID)
    assert found.languages == ("en", "fr")
    assert found.categories == ("moon", "sun", "moon")
    assert found.mask() == ((True, False), (True, True), (False, True))
    assert found.answers(GRID) == [1, 0, 1]
    assert found.name == "asked"


def test_other_kinds_of_file_hold_the_same_questions(tmp_path):
    from openpyxl import Workbook

    expected = resolve_questions(written(tmp_path / "asked.csv", TABLE), GRID)
    written(tmp_path / "asked.tsv", TABLE.replace(",", "\t"))
    book = Workbook()
    for line in TABLE.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "asked.xlsx")
    rows = [
        dict(zip(("passage", "en", "fr"), line.split(","), strict=True))
        for line in TABLE.splitlines()[1:]
    ]
    written(tmp_path / "asked.json", json.dumps({str(i): row for i, row in enumerate(rows)}))
    folder = tmp_path / "asked"
    folder.mkdir()
    for column in ("passage", "en", "fr"):
        written(folder / f"{column}.txt", "\n".join(row[column] for row in rows) + "\n")
    for kind in (".tsv", ".xlsx", ".json", ""):
        found = resolve_questions(tmp_path / f"asked{kind}", GRID)
        order = [found.languages.index(code) for code in expected.languages]
        assert found.categories == expected.categories, kind
        assert tuple(tuple(row[j] for j in order) for row in found.texts) == expected.texts, kind


def test_one_language_is_enough_and_braces_are_no_templates(tmp_path):
    found = resolve_questions(
        written(tmp_path / "q.csv", "passage,en\nsun,What is {}?\nsun,Hot?\n"), GRID
    )
    assert found.texts == (("What is {}?",), ("Hot?",))
    assert found.answers(GRID) == [0, 0]


def test_questions_are_made_of_a_dict():
    rows = {"first": {"passage": "star", "en": "Far?"}, "next": {"passage": "sun", "fr": "Chaud ?"}}
    found = Questions.from_dict(rows)
    assert found.texts == (("Far?", None), (None, "Chaud ?"))
    assert found.answers(GRID) == [2, 0]


def refused(text, tmp_path, grid=GRID):
    with pytest.raises(InputError) as caught:
        resolve_questions(written(tmp_path / "q.csv", text), grid)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_everything_wrong_with_the_rows_is_said_at_once(tmp_path):
    said = refused("passage,en,fr\nearth,Where?,\nsun,,\n,Who?,\nmoon,Why?,Pourquoi ?\n", tmp_path)
    for part in (
        "row 2: passage 'earth' is not in the grid 'custom'",
        "row 3: no text",
        "row 4: no passage",
    ):
        assert part in said


def test_a_language_that_nothing_is_asked_or_answered_in_is_refused(tmp_path):
    assert "language 'fr': no question" in refused("passage,en,fr\nsun,Hot?,\n", tmp_path)
    partly = ConceptGrid(
        ("a", "b", "c"), ("en", "de"), ("", "", ""), (("x", None), ("y", "z"), ("v", "w"))
    )
    with pytest.raises(InputError, match="language 'de': no passage that has questions"):
        Questions.from_dict({"q": {"passage": "a", "en": "?"}}).answers(partly)


def test_a_language_without_answers_is_said_with_the_rows_that_are_wrong(tmp_path):
    partly = ConceptGrid(
        ("moon", "sun", "star"),
        ("en", "de"),
        ("", "", ""),
        (("x", None), ("y", "z"), ("v", "w")),
        name="sky",
    )
    said = refused("passage,en,fr,nonsense\nmoon,Cold?,,\nmon,Far?,,\n", tmp_path, partly)
    expected = (
        "'nonsense'",
        "row 3: passage 'mon' is not in the grid 'sky'; did you mean 'moon'?",
        "language 'fr': no question",
        "language 'de': no passage that has questions is written in it",
    )
    rows = {"a": {"passage": "moon", "en": "Cold?"}, "b": {"passage": "mon", "en": "", "fr": None}}
    with pytest.raises(InputError) as caught:
        Questions.from_dict(rows).answers(partly)
    objects = str(caught.value)
    for part in expected:
        assert part in said
    for part in (expected[1].replace("row 3", "b"), "b: no text", *expected[2:]):
        assert part in objects
    assert "\n" not in objects


def test_many_problems_are_cut(tmp_path):
    rows = "".join(f"p{i},Why?\n" for i in range(200))
    said = refused(f"passage,en\n{rows}", tmp_path)
    assert said.count("is not in the grid") == 10
    assert "and 190 more" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("passage\nsun\n", "row 1: no language"),
        ("passage,en,klingonish\nsun,Hot?,\n", "klingonish"),
        ("passage,en,en\nsun,Hot?,Cold?\n", "appears twice"),
        ("passage,en\n", "no rows below it"),
    ],
)
def test_a_file_that_is_none_is_refused(text, expected, tmp_path):
    assert expected in refused(text, tmp_path)


def test_a_file_of_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file of questions"):
        resolve_questions(tmp_path / "questions.doc", GRID)


def test_shares_are_of_the_grids_languages():
    assert shares_of({"German": 1, "en": 3.0}, GRID) == {"de": 1, "en": 3.0}
    with pytest.raises(InputError, match="'th'"):
        shares_of({"th": 0.2}, GRID)
    for share in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="number above 0"):
            shares_of({"en": share}, GRID)


def test_the_example_asks_twice_about_every_passage_in_all_languages():
    grid = ConceptGrid.from_csv(ROOT / "examples" / "passages.csv")
    found = resolve_questions(ROOT / "examples" / "questions.csv", grid)
    answers = found.answers(grid)
    assert found.languages == grid.languages == ("en", "de", "es", "zh", "ar")
    assert sorted(answers) == sorted([*range(24), *range(24)])
    assert all(map(all, found.mask()))
