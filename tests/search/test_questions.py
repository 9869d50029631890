"""Questions: read from every kind of file that a grid may have, and matched with their grid."""

import json

import pytest

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
    "passage,en,fr\nmoon,Is the moon {}?,\nsun,How hot is it?,Fait-il chaud ?\nmoon,,Et la nuit ?\n"
)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_file_has_several_questions_a_passage_gaps_and_other_languages(tmp_path):
    from openpyxl import Workbook

    lines = [line.split(",") for line in TABLE.splitlines()]
    written(tmp_path / "asked.csv", TABLE)
    written(tmp_path / "asked.tsv", TABLE.replace(",", "\t"))
    book = Workbook()
    for line in lines:
        book.active.append(line)
    book.save(tmp_path / "asked.xlsx")
    rows = {str(i): dict(zip(lines[0], line, strict=True)) for i, line in enumerate(lines[1:])}
    written(tmp_path / "asked.json", json.dumps(rows))
    (tmp_path / "asked").mkdir()
    for column, *cells in zip(*lines, strict=True):
        written(tmp_path / "asked" / f"{column}.txt", "\n".join(cells) + "\n")
    for kind in (".csv", ".tsv", ".xlsx", ".json", ""):
        questions = resolve_questions(tmp_path / f"asked{kind}", GRID)
        columns = dict(zip(questions.languages, zip(*questions.texts, strict=True), strict=True))
        assert columns == {
            "en": ("Is the moon {}?", "How hot is it?", None),  # braces are no templates
            "fr": (None, "Fait-il chaud ?", "Et la nuit ?"),
        }, kind
        assert questions.categories == ("moon", "sun", "moon"), kind
        assert questions.answers(GRID) == [1, 0, 1] and questions.name == "asked"


def test_questions_are_made_of_a_dict():
    rows = {"first": {"passage": "star", "en": "Far?"}, "next": {"passage": "sun", "fr": "Chaud ?"}}
    questions = Questions.from_dict(rows)
    assert questions.texts == (("Far?", None), (None, "Chaud ?"))
    assert questions.mask() == ((True, False), (False, True))
    assert questions.answers(GRID) == [2, 0]


def refused(text, tmp_path, grid=GRID):
    with pytest.raises(InputError) as caught:
        resolve_questions(written(tmp_path / "q.csv", text), grid)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_all_that_is_wrong_with_a_file_or_a_dict_is_reported_at_once(tmp_path):
    texts = (("x", None), ("y", "z"), ("v", "w"))
    names = ("moon", "sun", "star")
    partly = ConceptGrid(names, ("en", "de"), ("", "", ""), texts, name="sky")
    table = "passage,en,fr,nonsense\nmoon,Cold?,,\nmon,Far?,,\nmoon,,,\n,Who?,,\n"
    message = refused(table, tmp_path, partly)
    languages = ("language 'fr': no question", "language 'de': no passage that has questions")
    unknown = "passage 'mon' is not in the grid 'sky'; did you mean 'moon'?"
    rows = (f"row 3: {unknown}", "row 4: no text", "row 5: no passage")
    assert all(part in message for part in (*rows, *languages))
    objects = {
        "a": {"passage": "moon", "en": "Cold?"},
        "b": {"passage": "mon", "en": "", "fr": None},
    }
    with pytest.raises(InputError) as caught:
        Questions.from_dict(objects).answers(partly)
    message = str(caught.value)
    assert all(part in message for part in (f"b: {unknown}", "b: no text", *languages))
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("passage\nsun\n", "row 1: no language"),
        ("passage,en,Germn\nsun,Hot?,\n", "did you mean German"),
        ("passage,Passage,en\nsun,sun,Cold?\n", "appears twice"),
        ("passage,en\n", "no rows below it"),
        ("passage,en\n" + 200 * "earth,Why?\n", "and 190 more"),
    ],
)
def test_a_file_without_questions_is_refused(text, expected, tmp_path):
    assert expected in refused(text, tmp_path)
    with pytest.raises(InputError, match="no file of questions"):
        resolve_questions(tmp_path / "questions.doc", GRID)


def test_shares_are_of_the_grids_languages():
    assert shares_of({"German": 1, "en": 3.0}, GRID) == {"de": 1, "en": 3.0}
    with pytest.raises(InputError, match="'th'"):
        shares_of({"th": 0.2}, GRID)
    for share in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="number above 0"):
            shares_of({"en": share}, GRID)
