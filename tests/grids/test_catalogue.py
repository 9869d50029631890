"""Named grids: what is in them, in which languages, and what is said where a name is not known."""

import pytest
from conftest import python

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.grids.catalogue import NAMES, describe, load_grid, named_grid, resolve_grid
from alignment.grids.languages import language_code, language_name, nearest_languages
from concepts import CONCEPTS, LANGUAGES


# concepts, and how many of them have a name in all eight languages
@pytest.mark.parametrize(
    ("name", "concepts", "complete"),
    [
        ("emoji", 1923, 1923),
        ("territories", 263, 263),
        ("languages", 658, 559),
        ("currencies", 306, 260),
    ],
)
def test_the_named_grids_in_the_published_languages(name, concepts, complete, tmp_path):
    grid = named_grid(name, LANGUAGES)
    assert (len(grid.concepts), grid.languages, grid.name) == (concepts, tuple(LANGUAGES), name)
    assert sum(map(all, grid.mask())) == complete
    grid.to_csv(tmp_path / f"{name}.csv")
    assert ConceptGrid.from_csv(tmp_path / f"{name}.csv") == grid


GAP = ("arabe tunisien", None, "Tunesisches Arabisch")


@pytest.mark.parametrize(
    ("name", "languages", "concept", "texts"),
    [
        ("emoji", ["en", "es", "fr", "de"], "ladder", ("ladder", "escalera", "échelle", "leiter")),
        ("languages", ["fr", "ar", "de"], "Tunisian Arabic", GAP),
        ("territories", ["pt_BR", "Portuguese (Portugal)"], "Vietnam", ("Vietnã", "Vietname")),
        ("territories", ["zh-Hant", "en"], "Germany", ("德國", "Germany")),
    ],
)
def test_the_texts_of_a_named_grid(name, languages, concept, texts):
    grid = named_grid(name, languages)
    assert grid.texts[grid.concepts.index(concept)] == texts
    assert grid.languages == tuple(map(language_code, languages))


def test_emoji_are_words_without_skin_tones():
    grid = named_grid("emoji", ["en", "de"])
    assert {"thumbs up", "Germany", "ATM sign"} <= set(grid.concepts)
    assert not [text for text in grid.flat_texts() if ":" in text or "_" in text]
    assert not [concept for concept in grid.concepts if "skin tone" in concept]


def test_the_catalogue_describes_what_it_gives():
    lines = describe(["en", "de"])
    assert [line.name for line in lines] == list(NAMES)
    for name, concepts, languages, fetched in lines:
        if not fetched:
            assert concepts == len(named_grid(name, ["en", "de"]).concepts) and languages >= 14


@pytest.mark.parametrize(("name", "languages"), [("emoji", 14), ("territories", 262)])
def test_all_languages_of_a_grid(name, languages):
    assert len(resolve_grid(name, ["all"], CONCEPTS).languages) == languages
    assert resolve_grid(None, ["all"], CONCEPTS) == CONCEPTS


@pytest.mark.parametrize(
    ("name", "languages", "words"),
    [
        ("emojis", ["en"], "unknown grid 'emojis', did you mean emoji"),
        ("publshed", ["en"], "did you mean published"),
        ("emoji", ["en", "zh-Hans"], "'zh-Hans'; did you mean zh"),
        ("emoji", ["en", "sw"], "'sw'; choose en, es, ja"),
        ("territories", ["en", "Germna", "und"], r"German \(de\).*unknown language 'und'"),
        ("terms.xls", ["en"], r"terms.xls.*\.csv, .*\.xlsx, \.tmx, a folder"),
        ("terms.csv", ["en"], "terms.csv' does not exist"),
    ],
)
def test_an_unsupported_name_has_a_suggestion(name, languages, words):
    with pytest.raises(InputError, match=words):
        load_grid(name, languages)


def test_a_grid_to_be_measured_is_given_named_or_the_default(tmp_path):
    mine = ConceptGrid.from_dict(
        {"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea", "de": "Meer"}},
        templates={"en": "a {}"},
    )
    mine.to_csv(tmp_path / "mine.csv")
    templates = {"en": "a {}", "de": CONCEPTS.templates["de"]}
    for source in (mine, tmp_path / "mine.csv", str(tmp_path / "mine.csv")):
        grid = resolve_grid(source, None, CONCEPTS)
        assert grid.sha256() == mine.sha256() and grid.templates == templates
    for grid in (None, "published", CONCEPTS):
        assert resolve_grid(grid, None, CONCEPTS) == CONCEPTS
    assert resolve_grid(None, ["German", "en"], CONCEPTS).languages == ("de", "en")
    assert resolve_grid("currencies", None, CONCEPTS).languages == CONCEPTS.languages
    assert resolve_grid("emoji", ["it", "fa"], CONCEPTS).languages == ("it", "fa")


@pytest.mark.parametrize("ending", ["csv", "TSV", "Json"])
def test_a_name_with_an_ending_is_a_file(ending, tmp_path):
    rows = '{"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea", "de": "Meer"}}'
    path = tmp_path / f"terms.{ending}"
    path.write_text(rows if ending == "Json" else "en\tde\nsun\tSonne\nsea\tMeer\n")
    grid = load_grid(str(path), languages=["fr"])
    assert grid.texts == (("sun", "Sonne"), ("sea", "Meer")) and grid.name == "terms"


@pytest.mark.parametrize(
    ("heading", "code", "name"),
    [
        ("EN", "en", "English"),
        ("pt_br", "pt-BR", "Brazilian Portuguese"),
        ("ZH-hans", "zh-Hans", "Simplified Chinese"),
        ("sr-Latn-RS", "sr-Latn-RS", "Serbian (Latin, Serbia)"),
        ("be-tarask", "be-tarask", "Belarusian (tarask)"),
        ("deu", "de", "German"),
        ("iw", "he", "Hebrew"),
        ("ESPAÑOL", "es", "Spanish"),
        ("немецкий", "de", "German"),
        ("Chinesisch (vereinfacht)", "zh-Hans", "Simplified Chinese"),
        ("kmr_Latn", "ku", "Kurdish"),
        ("twi_Latn", "tw", "Twi"),  # not Akan, which stands beside it in FLORES-200
        ("arb_Latn", "ar-Latn", "Arabic (Latin)"),
        ("Gumuz", "guk", "Gumuz"),
        ("português (Brasil)", "pt-BR", "Brazilian Portuguese"),
        ("ga", "ga", "Irish"),  # a code goes before the English name of another language, Ga
        ("x-elvish", "x-elvish", "x-elvish"),
        ("isiNdebele", None, None),  # of two languages
        ("xx", None, None),
        ("de-Nope", None, None),
        ("", None, None),
    ],
)
def test_a_language_by_code_and_name(heading, code, name):
    assert language_code(heading) == code
    assert code is None or language_name(code) == name


def test_a_language_that_a_dict_calls_otherwise_has_a_name_too():
    names = {"DE": "German", "DE-at-x-a": "German (Austria)"}
    names |= {code: code for code in ("Latn", "my words", "", "qq", "qq-DE")}
    assert {code: language_name(code) for code in names} == names


@pytest.mark.parametrize(
    ("heading", "nearest"),
    [
        ("Germn", "German (de)"),
        ("jp", "Japanese (ja)"),
        ("pt-BRR", "Brazilian Portuguese (pt-BR)"),
        ("Begriff", None),
    ],
)
def test_the_nearest_languages(heading, nearest):
    assert next(iter(nearest_languages(heading)), None) == nearest


def test_what_babel_lists_has_a_code_of_its_own():
    from babel import Locale

    codes = {code.replace("_", "-") for code in Locale("en").languages} - {"und", "sh", "tl"}
    assert {code: language_code(code) for code in codes} == {code: code for code in codes}
    assert (language_code("sh"), language_code("tl")) == ("sr-Latn", "fil")


def test_packages_are_imported_only_when_needed(tmp_path):
    (tmp_path / "terms.csv").write_text("en,de\na,b\nc,d\n")
    done = python(
        "import sys, concepts; from alignment.grids import load_grid;"
        f"concepts.CONCEPTS.in_languages(['de', 'en']); names = set(sys.modules);"
        f"load_grid({str(tmp_path / 'terms.csv')!r}, []);"
        "print(*{'babel', 'langcodes', 'emoji', 'numpy'} & names,"
        " *{'ftfy', 'openpyxl', 'defusedxml', 'datasets', 'numpy'} & set(sys.modules))"
    )
    assert done.stdout == "\n" and not done.stderr
