"""The figures: written whole, the same each time, and with every word in its place."""

import re
from functools import cache

import matplotlib
import numpy as np
import pytest
from conftest import ToyEncoder, all_text, checked_boxes, inside
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import FontEntry, findfont, fontManager
from matplotlib.patches import FancyBboxPatch
from matplotlib.transforms import Bbox
from msgspec.structs import replace
from PIL import Image

from alignment import FIGURE_FORMATS, InputError
from alignment.grids import ConceptGrid
from alignment.measure.support import LanguageSupport
from alignment.report.figures import alignment_figure, drawing, save_figures
from alignment.report.figures.diagram import experiment_diagram
from alignment.report.figures.drawing import fit, look, text_width
from alignment.report.figures.support import support_figure
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

LONG_NAMES = [f"a rather long concept name, {i:02d} $x^{{{i}}}$ 水" for i in range(40)]
FILES = {"cross_lingual_alignment_figure.png", "experiment_diagram.png"}


def record(names, languages: int, categories=("Abstract", "Concrete"), noise=1.0, dimension=16):
    """Run the experiment on vectors drawn for each concept, with noise drawn for each text."""
    codes = [f"l{i}" for i in range(languages)]
    rows = {str(name): {code: f"{name}, {code}" for code in codes} for name in names}
    for i, row in enumerate(rows.values()):
        row["category"] = str(categories[i % len(categories)])
    draw = np.random.default_rng(0).standard_normal
    vectors = draw((len(rows), 1, dimension)) + noise * draw((len(rows), languages, dimension))
    grid = ConceptGrid.from_dict(rows)
    encoder = ToyEncoder(grid, vectors.reshape(-1, dimension))
    return CrossLingualAlignmentExperiment(encoder, grid, k=1).run()


def fallback(results):
    provenance = replace(results.provenance, fallback=True, requested_model="the/wanted-model")
    return replace(results, provenance=provenance)


@cache
def published():
    return record(CONCEPTS.concepts, 8, ("Abstract", "Concrete", "Scientific", "Emotion"))


def long_names():
    categories = [f"a category with a rather long name {i}" for i in range(9)]
    results = record(LONG_NAMES, 20, categories, noise=0.3)
    return replace(results, model="organisation/" + "a-model-of-a-long-name-" * 4)


@pytest.mark.parametrize("make", [lambda: fallback(published()), long_names])
def test_every_word_has_its_place(make):
    results = make()
    fig = alignment_figure(results)
    drawn, heat_map = checked_boxes(fig), fig.axes[1]
    numbers = [(text, box) for text, box in drawn if text in heat_map.texts]
    assert len(numbers) == len(results.languages) * (len(results.languages) - 1)
    for text, box in numbers:
        column, row = np.floor(text.get_position())
        corners = heat_map.transData.transform([(column, row + 1), (column + 1, row)])
        assert inside(box, Bbox(corners)), f"'{text.get_text()}' leaves its cell"

    diagram = experiment_diagram(results)
    drawn = checked_boxes(diagram)
    frames = [patch.get_window_extent() for patch in diagram.findobj(FancyBboxPatch)]
    assert all(inside(box, frame) for _, box in drawn for frame in frames if frame.overlaps(box))


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((["one"], 3), id="1 concept"),
        pytest.param(("abc", 1), id="1 language"),
        pytest.param(("abcdef", 4, ["All"], 0.1), id="1 category"),
        pytest.param((LONG_NAMES, 4, ["All"], 9.0, 2), id="negative"),
        pytest.param((range(60), 2, range(30)), id="60 concepts"),
        pytest.param((range(60), 2, ["All"], 0.0), id="60 concepts, all perfect"),
        pytest.param(("abc", 60), id="60 languages"),
    ],
)
def test_grids_of_other_shapes_have_figures_too(shape):
    results = record(*shape)
    checked_boxes(alignment_figure(results))
    checked_boxes(experiment_diagram(results))


def test_the_axis_reaches_below_zero_where_a_similarity_does():
    results = record(LONG_NAMES, 4, noise=9.0, dimension=2)
    axes = alignment_figure(results).axes
    for panel, values in (
        (0, results.intra_concept_similarity.values()),
        (3, [pair.similarity for pair in results.lowest_pairs()]),
    ):
        assert axes[panel].get_xlim()[0] <= min(values) < 0


def test_of_many_concepts_the_spread_is_drawn_by_language_and_the_worst_are_named():
    results = record(range(300), 4)
    ax = alignment_figure(results).axes[0]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert sorted(labels[:4]) == ["l0", "l1", "l2", "l3"]
    worst = sorted(results.intra_concept_similarity, key=results.intra_concept_similarity.get)[:3]
    assert labels[4:] == ["worst of 300:", *(f"{name}, l0" for name in worst)]
    drawn = {tuple(line.get_xdata()) for line in ax.lines}
    for name, (p5, p25, p75, p95) in results.distributions["intra_concept_similarity"].items():
        assert {(p5, p95), (p25, p75)} < drawn
        mean = results.by_language[name]["intra_concept_similarity"].value
        unrelated = np.mean(list(results.baselines[name].values()))
        assert any(line.get_xdata()[0] == mean for line in ax.lines)
        assert any(np.isclose(line.get_xdata()[0], unrelated) for line in ax.lines)


@pytest.mark.parametrize("shape", [(LONG_NAMES * 2, 12), (range(60), 40), (range(5), 40)])
def test_a_large_grid_takes_no_taller_page(shape):
    names = [f"{name} {i}" for i, name in enumerate(shape[0])]
    tall = alignment_figure(record(names, shape[1])).get_figheight()
    assert tall <= alignment_figure(published()).get_figheight() + 1e-9


def test_many_languages_are_grouped_by_script_without_numbers():
    results = record(range(6), 40)
    scripts = dict.fromkeys(results.languages, "Latin")
    scripts |= dict.fromkeys(results.languages[10:20], "Greek") | {"l39": "Thai"}
    fig = alignment_figure(replace(results, scripts=scripts))
    checked_boxes(fig)
    heat_map = fig.axes[1]
    assert not heat_map.texts
    assert [label.get_text() for label in heat_map.get_yticklabels()] == [
        *("Latin", "Greek", "other scripts")
    ]
    rates, order = results.cross_lingual_retrieval, range(10, 20)
    drawn = heat_map.collections[0].get_array()[29:39, 29:39]
    cells = np.array([[100 * rates[f"l{i}"].get(f"l{j}", np.nan) for j in order] for i in order])
    assert np.allclose(np.sort(drawn[~np.isnan(drawn)]), np.sort(cells[~np.isnan(cells)]))


def test_one_category_leaves_its_place_to_a_word_on_what_would_fill_it():
    one = alignment_figure(record("abcdef", 4, ["All"]))
    assert "A column “category” in it fills this place" in all_text(one)
    assert "A column" not in all_text(alignment_figure(published()))


def judged(languages, verdicts):
    """A record in which the languages are judged so in turn."""
    results = record(range(6), languages)
    support = {
        code: LanguageSupport(verdicts[i % len(verdicts)], 0.1 + i / 500, 0.1, i / 800, 1 + i / 100)
        for i, code in enumerate(results.languages)
    }
    scripts = {code: ("Latin", "Greek", "Thai")[i % 3] for i, code in enumerate(support)}
    return replace(results, support=support, scripts=scripts)


@pytest.mark.parametrize("languages", [6, 90])
def test_support_is_drawn_by_script_the_worst_first(languages):
    results = judged(languages, ("not supported", "weak", "supported", "supported"))
    fig = support_figure(results)
    checked_boxes(fig)
    rows = [text.get_text() for text in fig.texts]
    assert [word for word in rows if word in ("Latin", "Greek", "Thai")] == [
        *("Latin", "Greek", "Thai")
    ]
    latin = [f"l{i}" for i in range(0, languages, 3)]
    assert [word for word in rows if word in latin] == latin
    crosses = [line for ax in fig.axes[::3] for line in ax.lines if line.get_marker() == "x"]
    drawn = [value for line in crosses for value in line.get_xdata()]
    support = results.support.values()
    assert sorted(drawn) == [row.among_10 for row in support if row.verdict == "not supported"]


def test_support_has_no_column_of_what_the_model_does_not_tell():
    results = judged(6, ["weak"])
    untold = {code: replace(row, unknown=None) for code, row in results.support.items()}
    fig = support_figure(replace(results, support=untold))
    words = " ".join(text.get_text() for text in fig.texts)
    assert "retrieval" in words and "subwords a character" in words and "unknown" not in words


def test_support_has_a_picture_where_it_is_not_complete_or_there_are_many_languages(tmp_path):
    for languages, verdicts, drawn in (
        (5, ["supported"], False),
        (5, ["supported", "weak"], True),
        (30, ["supported"], True),
    ):
        save_figures(judged(languages, verdicts), tmp_path / f"{languages} {drawn}")
        assert (tmp_path / f"{languages} {drawn}" / "support.png").exists() == drawn


def test_a_concept_of_few_languages_says_so():
    codes = ("en", "de", "fr", "ja", "ru")
    rows = {name: {code: f"{name} {code}" for code in codes} for name in ("sea", "sun")}
    rows["moor"] = {"en": "moor", "de": "Moor"}
    rows["fen"] = {"en": "fen", "de": "Fenn", "fr": "marais"}
    grid = ConceptGrid.from_dict(rows)
    encoder = ToyEncoder(grid, np.random.default_rng(0).standard_normal((15, 8)))
    text = all_text(alignment_figure(CrossLingualAlignmentExperiment(encoder, grid, k=1).run()))
    assert "moor (2 of 5)" in text and "fen (" not in text


def test_the_same_record_gives_the_same_files_which_name_it(tmp_path, monkeypatch):
    save_figures(published(), tmp_path / "a" / "fig", FIGURE_FORMATS)
    monkeypatch.chdir(tmp_path)
    with matplotlib.rc_context({"font.size": 30, "text.usetex": True}):
        save_figures(published(), tmp_path / "b", FIGURE_FORMATS)
    files = {file.name: file.read_bytes() for file in (tmp_path / "b").iterdir()}
    assert {name.partition(".")[2] for name in files} == set(FIGURE_FORMATS)
    for name, content in files.items():
        assert content == (tmp_path / "a" / "fig" / name).read_bytes()
        assert published().digest().encode() in content
    with Image.open(tmp_path / "b" / min(FILES)) as image:
        assert image.info["Fonts"].startswith("DejaVu Sans")
        assert image.info["Source"] == f"alignment_results.json sha256:{published().digest()}"


def test_png_alone_is_written_unless_other_formats_are_named(tmp_path, command_line):
    save_figures(published(), tmp_path / "a")
    assert {file.name for file in (tmp_path / "a").iterdir()} >= FILES
    assert {file.suffix for file in (tmp_path / "a").iterdir()} == {".png"}
    with pytest.raises(InputError, match="'gif' does not exist; choose from png, pdf, svg"):
        save_figures(published(), tmp_path / "b", ["gif"])
    assert not (tmp_path / "b").exists()
    refused = command_line("--figure-format", "png,gif")
    assert refused.returncode == 2 and "choose from png, pdf, svg" in refused.stderr


def test_the_figure_says_what_it_shows():
    text = all_text(alignment_figure(published()))
    below = published().counts["misaligned_pairs"]
    assert "15 concepts × 8 languages" in text
    assert f"Least similar translations ({below} below 0.5)" in text
    assert "fallback" not in text
    aligned = all_text(alignment_figure(record("abcdef", 4, noise=0.1)))
    assert "(none below 0.5)" in aligned and "worst errors" not in aligned
    assert "undefined" in all_text(alignment_figure(record("abc", 1)))


@pytest.mark.parametrize("draw", [alignment_figure, experiment_diagram])
def test_a_fallback_stands_in_the_title(draw):
    text = all_text(draw(fallback(published())))
    assert "fallback: ToyEncoder used instead of the/wanted-model" in text


@look()
def test_a_long_text_loses_its_middle():
    short = fit("from here to there", room=1)
    assert text_width(short) <= 1 < text_width("from here to there")
    assert re.fullmatch("from .*….*ere", short)
    assert fit("to\nthere", room=9) == "to there"


@look()
def test_a_sentence_is_cut_at_words():
    sentence = "the quick brown fox jumps over the lazy dog and runs away"
    head, tail = fit(sentence, room=2.6).split(" … ")
    assert sentence.startswith(f"{head} ") and sentence.endswith(f" {tail}")


@pytest.mark.filterwarnings("error")
def test_letters_that_the_font_lacks_are_no_warning_and_signs_are_no_formulas(tmp_path):
    names = ["water$^", "🙂_x%", "\\frac{1}{2}"]
    results = record(names, 2)
    results = replace(results, texts=results.texts | {"water$^": {"l0": "水$^"}})
    save_figures(results, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} >= FILES
    labels = [label.get_text() for label in alignment_figure(results).axes[0].get_yticklabels()]
    assert sorted(labels) == sorted(["water$^", "?_x%", "\\frac{1}{2}, l0"])


def test_a_font_of_the_machine_is_taken_for_the_letters_that_it_alone_has(tmp_path, monkeypatch):
    font = a_font_with("水Ω", tmp_path / "square.ttf")
    monkeypatch.setattr(fontManager, "ttflist", [*fontManager.ttflist, font])
    findfont.__self__._findfont_cached.cache_clear()  # matplotlib's
    drawing.families.cache_clear()
    with look(replace(published(), model="水")):
        assert matplotlib.rcParams["font.family"] == ["DejaVu Sans", "Square"]
        assert fit("水", 1) == "水" and fit("火, 水", 1) == "?, 水"
    with look(replace(published(), model="Ω")):  # which the first font has
        assert matplotlib.rcParams["font.family"] == ["DejaVu Sans"]


def a_font_with(letters, path):
    """Write a font whose every letter is a square; return matplotlib's entry of it."""
    pen = TTGlyphPen(None)
    for i, corner in enumerate([(0, 0), (0, 700), (700, 700), (700, 0)]):
        (pen.lineTo if i else pen.moveTo)(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(letter): "square" for letter in letters})
    builder.setupGlyf(dict.fromkeys((".notdef", "square"), pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "square"), (800, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Square", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return FontEntry(fname=str(path), name="Square", style="normal", weight=400, size="scalable")


def test_a_pair_is_named_by_its_texts_and_what_was_retrieved_instead():
    codes = ("en", "de", "ar")
    rows = {
        "id-1": dict(zip(codes, ("anger", "Wut", "غضب"), strict=True)),
        "id-2": dict(zip(codes, ("fear", "Angst", "خوف"), strict=True)),
    }
    vectors = np.eye(6)[[0, 1, 0, 2, 0, 2]]  # anger is nearer to Angst than to Wut
    results = CrossLingualAlignmentExperiment(
        ToyEncoder(grid := ConceptGrid.from_dict(rows), vectors), grid, k=1
    ).run()
    labels = [label.get_text() for label in alignment_figure(results).axes[3].get_yticklabels()]
    lines = [" ".join(label.split()) for label in labels]
    assert "anger (en) – Wut (de) → Angst" in lines
    assert "\u2068غضب\u2069 (ar) – Wut (de) → Angst" in lines  # isolated from its neighbours
    assert not any("id-" in label for label in lines)
