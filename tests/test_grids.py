"""Grids: the published one, and what a grid may not be."""

import pytest

from alignment import InputError
from alignment.grids import ConceptGrid
from concepts import CONCEPTS, LANGUAGES


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


def test_from_dict_and_subset():
    grid = ConceptGrid.from_dict(
        {"sun": {"en": "sun", "category": "Sky", "de": "Sonne"}, "sea": {"de": "Meer", "en": "sea"}}
    )
    assert grid.texts == (("sun", "Sonne"), ("sea", "Meer"))
    assert grid.categories == ("Sky", "All")
    assert grid.in_languages(["de"]).texts == (("Sonne",), ("Meer",))
    assert grid.in_languages(["de", "en"]).sha256() != grid.sha256()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({}, "no concepts"),
        ({"sun": {}}, "no languages"),
        ({"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea"}}, "'sea'.*'de' is not"),
        ({"sun": {"en": "sun"}, "sea": {"en": "sea", "de": "Meer"}}, "'sea'.*'de' is only"),
        ({"sun": {"en": " "}}, "'sun', language 'en'"),
        ({"sun": {"en": 3}}, "'sun', language 'en'"),
    ],
)
def test_what_is_no_grid(rows, words):
    with pytest.raises(InputError, match=words):
        ConceptGrid.from_dict(rows)
