"""Named grids: what is in them, in which languages, and what is said where a name is not known."""

import subprocess
import sys

import pytest
from conftest import ROOT

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


def test_emoji_are_words_without_skin_tones():
    grid = named_grid("emoji", ["en", "es", "fr", "de"])
    assert grid.texts[grid.concepts.index("ladder")] == ("ladder", "escalera", "échelle", "leiter")
    assert grid.texts[grid.concepts.index("ATM sign")][0] == "ATM sign"
    assert "Germany" in grid.concepts
    assert not [text for text in grid.flat_texts() if ":" in text or "_" in text]
    tones = [concept for concept in grid.concepts if "skin tone" in concept]
    assert not tones and "thumbs up" in grid.concepts


def test_a_name_that_a_locale_lacks_is_a_gap():
    grid = named_grid("languages", ["en", "ar", "fr"])
    assert grid.texts[grid.concepts.index("Tunisian Arabic")] == (
        "Tunisian Arabic",
        None,
        "arabe tunisien",
    )


def test_languages_may_be_variants_and_go_by_name():
    grid = named_grid("territories", ["pt_BR", "Portuguese (Portugal)", "zh-Hant"])
    assert grid.languages == ("pt-BR", "pt-PT", "zh-Hant")
    assert grid.texts[grid.concepts.index("Germany")] == ("Alemanha", "Alemanha", "德國")
    assert grid.texts[grid.concepts.index("Vietnam")][:2] == ("Vietnã", "Vietname")


def test_the_catalogue_describes_what_it_gives():
    for name, concepts, languages, fetched in describe(["en", "de"]):
        if fetched:
            continue
        assert concepts == len(named_grid(name, ["en", "de"]).concepts)
        assert languages >= 14
    assert [line.name for line in describe(["en", "de"])] == list(NAMES)


@pytest.mark.parametrize(("name", "languages"), [("emoji", 14), ("territories", 262)])
def test_all_languages_of_a_grid(name, languages):
    assert len(resolve_grid(name, ["all"], CONCEPTS).languages) == languages
    assert len(resolve_grid(name, None, CONCEPTS).languages) == 8
    assert resolve_grid(None, ["all"], CONCEPTS) == CONCEPTS


@pytest.mark.parametrize(
    ("name", "languages", "words"),
    [
        ("emojis", ["en"], "unknown grid 'emojis', did you mean emoji"),
        ("publshed", ["en"], "did you mean published"),
        ("emoji", ["en", "zh-Hans"], "'zh-Hans'; did you mean zh"),
        ("emoji", ["en", "sw"], "'sw'; choose en, es, ja"),
        ("territories", ["en", "Germna", "und"], r"German \(de\).*unknown language 'und'"),
        ("terms.xls", ["en"], r"terms.xls.*\.csv, \.tsv, \.json, \.xlsx, \.tmx, a folder"),
        ("terms.csv", ["en"], "terms.csv' does not exist"),
    ],
)
def test_what_is_not_known(name, languages, words):
    with pytest.raises(InputError, match=words):
        load_grid(name, languages)


def test_a_grid_to_be_measured_is_given_named_or_the_default(tmp_path):
    mine = ConceptGrid.from_dict(
        {"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea", "de": "Meer"}},
        templates={"en": "a {}"},
    )
    mine.to_csv(tmp_path / "mine.csv")
    known = {"en": "a {}", "de": CONCEPTS.templates["de"]}
    for grid in (mine, tmp_path / "mine.csv", str(tmp_path / "mine.csv")):
        found = resolve_grid(grid, None, CONCEPTS)
        assert found.sha256() == mine.sha256() and found.templates == known
    for grid in (None, "published", CONCEPTS):
        assert resolve_grid(grid, None, CONCEPTS) == CONCEPTS
    assert resolve_grid(None, ["German", "en"], CONCEPTS).languages == ("de", "en")
    assert resolve_grid("currencies", None, CONCEPTS).languages == CONCEPTS.languages
    assert resolve_grid("emoji", ["it", "fa"], CONCEPTS).languages == ("it", "fa")


def test_a_file_or_a_name(tmp_path):
    for ending in ("csv", "TSV", "Json"):
        path = tmp_path / f"terms.{ending}"
        rows = '{"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea", "de": "Meer"}}'
        path.write_text(rows if ending == "Json" else "en\tde\nsun\tSonne\nsea\tMeer\n")
        grid = load_grid(str(path), languages=["fr"])
        assert grid.texts == (("sun", "Sonne"), ("sea", "Meer")) and grid.name == "terms"
    assert load_grid("emoji", ["en", "de"]) == named_grid("emoji", ["en", "de"])


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
        ("Deutsch", "de", "German"),
        ("ESPAÑOL", "es", "Spanish"),
        ("日本語", "ja", "Japanese"),
        ("Englisch", "en", "English"),
        ("немецкий", "de", "German"),
        ("Chinesisch (vereinfacht)", "zh-Hans", "Simplified Chinese"),
        ("eng_Latn", "en", "English"),
        ("zho_Hant", "zh-Hant", "Traditional Chinese"),
        ("azb_Arab", "azb-Arab", "South Azerbaijani (Arabic)"),
        ("kmr_Latn", "ku", "Kurdish"),
        ("twi_Latn", "tw", "Twi"),  # not Akan, which stands beside it in FLORES-200
        ("arb_Latn", "ar-Latn", "Arabic (Latin)"),
        ("pov", "pov", "Upper Guinea Crioulo"),
        ("Gumuz", "guk", "Gumuz"),
        ("Portuguese (Brazil)", "pt-BR", "Brazilian Portuguese"),
        ("português (Brasil)", "pt-BR", "Brazilian Portuguese"),
        ("ga", "ga", "Irish"),  # a code goes before the English name of another language, Ga
        ("x-elvish", "x-elvish", "x-elvish"),
        ("isiNdebele", None, None),  # of two languages
        ("xx", None, None),
        ("de-Nope", None, None),
        ("German (Narnia)", None, None),
        ("", None, None),
    ],
)
def test_a_language_by_code_and_name(heading, code, name):
    assert language_code(heading) == code
    assert code is None or language_name(code) == name


def test_a_language_that_a_dict_calls_otherwise_has_a_name_too():
    found = [
        language_name(code) for code in ("DE", "Latn", "my words", "", "qq", "qq-DE", "DE-at-x-a")
    ]
    assert found == ["German", "Latn", "my words", "", "qq", "qq-DE", "German (Austria)"]


@pytest.mark.parametrize(
    ("heading", "nearest"),
    [
        ("Germn", "German (de)"),
        ("jp", "Japanese (ja)"),
        ("CZ", "Czech (cs)"),
        ("pt-BRR", "Brazilian Portuguese (pt-BR)"),
        ("Begriff", None),
    ],
)
def test_the_nearest_languages(heading, nearest):
    assert next(iter(nearest_languages(heading)), None) == nearest


def test_what_babel_lists_has_a_code_of_its_own():
    from babel import Locale

    codes = [code.replace("_", "-") for code in Locale("en").languages if code != "und"]
    assert [language_code(code) for code in codes] == codes


def test_packages_are_imported_only_when_needed():
    script = (
        "import sys, alignment.grids.catalogue, concepts;"
        "concepts.CONCEPTS.in_languages(['de', 'en']);"
        "assert not {'babel', 'langcodes', 'emoji', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
