"""Grids: the published one, gaps, subsets, and what a grid may not be."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.grids.concept_grid import largest_comparable
from alignment.search.questions import Questions
from concepts import CONCEPTS, LANGUAGES

PUBLISHED_SHA256 = "62cffbde281034391f473be48415dbc471a79ca9d2af895aabf244865e86caf1"


def test_the_published_grid():
    assert len(CONCEPTS.concepts) == 15
    assert (
        CONCEPTS.languages == tuple(LANGUAGES) == ("en", "es", "fr", "de", "zh", "ja", "ar", "ru")
    )
    assert [CONCEPTS.categories.count(name) for name in dict.fromkeys(CONCEPTS.categories)] == [
        *(5, 5, 2, 3)
    ]
    assert CONCEPTS.texts[CONCEPTS.concepts.index("energy")][5] == "エネルギー"
    assert len(CONCEPTS.flat_texts()) == 120
    # identical surfaces: 自由, 水, 山 and 重力 in zh and ja, justice in en and fr
    assert len(set(CONCEPTS.flat_texts())) == 115
    assert CONCEPTS.sha256() == PUBLISHED_SHA256 and CONCEPTS.notices == ()


def test_from_dict_and_subset():
    grid = ConceptGrid.from_dict(
        {"sun": {"en": "sun", "category": "Sky", "de": "Sonne"}, "sea": {"de": "Meer", "en": "sea"}}
    )
    assert grid.texts == (("sun", "Sonne"), ("sea", "Meer"))
    assert grid.categories == ("Sky", "All")
    assert grid.in_languages(["de"]).texts == (("Sonne",), ("Meer",))
    assert grid.in_languages(["German", "EN"]).languages == ("de", "en")
    assert grid.in_languages(["de", "en"]).sha256() != grid.sha256()


def with_gaps():
    return ConceptGrid.from_dict(
        {
            "sun": {"en": "Sun", "de": "Sonne", "ru": "солнце"},
            "sea": {"en": "sea", "ru": "море"},
            "hill": {"en": "hill", "de": "Hügel", "ru": None},
        }
    )


def test_a_grid_with_gaps():
    grid = with_gaps()
    assert grid.languages == ("en", "de", "ru")
    assert grid.texts[1] == ("sea", None, "море")
    assert grid.mask() == ((True, True, True), (True, False, True), (True, True, False))
    assert grid.flat_texts() == ["Sun", "Sonne", "солнце", "sea", "море", "hill", "Hügel"]
    assert grid.surfaces()[1:] == [["sea", None, "море"], ["hill", "hügel", None]]
    assert grid.scripts() == ("Latin", "Latin", "Cyrillic")
    assert grid.notices == ()


def test_a_subset_leaves_out_what_cannot_be_compared_and_notes_it():
    grid = with_gaps().in_languages(["de", "en"])  # without ru, sea has English alone
    assert grid.concepts == ("sun", "hill")
    assert grid.notices == (
        "grid 'custom': 1 concept left out, with texts in fewer than two languages: 'sea'",
    )
    # in de and ru only the sun has two, and then each language has one concept
    with pytest.raises(InputError, match="too many gaps"):
        with_gaps().in_languages(["de", "ru"])


def test_notices_name_what_is_left_out():
    rows = {name: {"en": name, "de": name.upper()} for name in ("a", "b")}
    rows |= {f"only {i}": {"en": "x"} for i in range(7)} | {"c": {"en": "c", "fr": "C"}}
    grid = ConceptGrid.from_dict(rows, name="mine")
    # fr has c alone, so it goes, and with it c, which has en alone then
    assert grid.concepts == ("a", "b") and grid.languages == ("en", "de")
    assert [notice.rpartition(": ")[2] for notice in grid.notices] == [
        "'only 0', 'only 1', 'only 2', 'only 3', 'only 4' and 3 more",
        "'fr'",
    ]
    assert grid == replace(grid, notices=())


@settings(deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(
            st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=6
        )
    )
)
def test_what_is_comparable_is_the_largest_such_part(mask):
    def has_two(rows, columns):
        return all(sum(mask[r][c] for c in columns) >= 2 for r in rows) and all(
            sum(mask[r][c] for r in rows) >= 2 for c in columns
        )

    def subsets(n):
        return [[i for i in range(n) if bits >> i & 1] for bits in range(2**n)]

    rows, columns = largest_comparable(mask)
    assert has_two(rows, columns)
    for some_rows in subsets(len(mask)):
        for some_columns in subsets(len(mask[0])):
            if has_two(some_rows, some_columns):
                assert set(some_rows) <= set(rows) and set(some_columns) <= set(columns)


ROW, OTHER = {"en": "a", "de": "b"}, {"en": "c", "de": "d"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({}, "no concepts"),
        ({"sun": {}}, "no languages"),
        ({"a": ROW, "sea": {"en": "sea"}}, "too many gaps.*empty cells"),
        ({"sun": {"en": " "}}, "'sun', language 'en': ' ' is not text"),
        ({"sun": {"en": 3}}, "'sun', language 'en': 3 is not text"),
    ],
)
def test_what_is_not_a_grid_is_refused(rows, words):
    with pytest.raises(InputError, match=words):
        ConceptGrid.from_dict(rows)


@pytest.mark.parametrize("kind", [ConceptGrid, Questions])
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        *(
            ({key: ROW, "b": OTHER}, "the concept .* is not text")
            for key in (1, ("a",), "", "\ud800")
        ),
        ({"a": {1: "a", "de": "b"}, "b": OTHER}, "the language 1 is not text"),
        ({"a": ROW | {"category": 3}, "b": OTHER}, "the category 3 is not text"),
        ({"a": ROW | {"en": "\ud800"}, "b": OTHER}, "concept 'a', language 'en'"),
        ({"a": "text", "b": OTHER}, "'text' is not {language: text}"),
        ([("a", ROW), ("b", OTHER)], "give {concept: {language: text}}"),
        ({"\u00e9": ROW, "e\u0301": OTHER}, "concept '\u00e9' appears twice"),
        ({"a": {"x-\u00e9": "a", "x-e\u0301": "b"}, "b": OTHER}, "language .* appears twice"),
    ],
)
def test_what_neither_grids_nor_questions_can_have_is_refused(rows, words, kind):
    with pytest.raises(InputError, match=words):
        kind.from_dict(rows)
