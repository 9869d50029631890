"""The figures: written whole, the same each time, and with every word in its place."""

import re
from dataclasses import replace
from functools import cache

import matplotlib
import numpy as np
import pytest
from conftest import ToyEncoder, all_text, checked_boxes, inside
from matplotlib.patches import FancyBboxPatch, StepPatch
from matplotlib.transforms import Bbox
from PIL import Image

from alignment.grids import ConceptGrid
from alignment.present.figures import alignment_figure, save_figures
from alignment.present.figures.diagram import experiment_diagram
from alignment.present.figures.drawing import fit, look, text_width
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

LONG_NAMES = [f"a rather long concept name, {i:02d} $x^{{{i}}}$ 水" for i in range(40)]
FILES = {
    f"{stem}.{kind}"
    for stem in ("cross_lingual_alignment_figure", "experiment_diagram")
    for kind in ("png", "pdf")
}


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
    found, heat_map = checked_boxes(fig), fig.axes[1]
    numbers = [(text, box) for text, box in found if text in heat_map.texts]
    assert len(numbers) == len(results.languages) * (len(results.languages) - 1)
    for text, box in numbers:
        column, row = np.floor(text.get_position())
        corners = heat_map.transData.transform([(column, row + 1), (column + 1, row)])
        assert inside(box, Bbox(corners)), f"'{text.get_text()}' leaves its cell"

    diagram = experiment_diagram(results)
    found = checked_boxes(diagram)
    frames = [patch.get_window_extent() for patch in diagram.findobj(FancyBboxPatch)]
    assert all(inside(box, frame) for _, box in found for frame in frames if frame.overlaps(box))


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
        (3, [similarity for _, _, _, similarity, *_ in results.lowest_pairs]),
    ):
        assert axes[panel].get_xlim()[0] <= min(values) < 0


def test_of_many_concepts_the_distribution_is_drawn_and_the_ends_are_named():
    results = record(range(300), 4)
    values = sorted(results.intra_concept_similarity.values())
    ax = alignment_figure(results).axes[0]
    (histogram,) = ax.findobj(StepPatch)
    tops, edges, foot = histogram.get_data()
    counts = np.histogram(values, edges)[0]
    assert counts.sum() == 300 and np.allclose((foot - tops) / np.ptp(tops), counts / counts.max())
    drawn = sorted(x for line in ax.lines if line.get_marker() == "o" for x in line.get_xdata())
    assert drawn == values[:17] + values[-17:]


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
    save_figures(published(), tmp_path / "a" / "fig")
    monkeypatch.chdir(tmp_path)
    with matplotlib.rc_context({"font.size": 30, "text.usetex": True}):
        save_figures(published(), tmp_path / "b")
    assert {file.name for file in (tmp_path / "b").iterdir()} == FILES
    for name in FILES:
        content = (tmp_path / "b" / name).read_bytes()
        assert content == (tmp_path / "a" / "fig" / name).read_bytes()
        if name.endswith("png"):
            with Image.open(tmp_path / "b" / name) as image:
                found = image.info["Source"]
            assert found == f"alignment_results.json sha256:{published().sha256()}"
        else:
            assert published().sha256().encode() in content


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
    said = all_text(draw(fallback(published())))
    assert "fallback: ToyEncoder used instead of the/wanted-model" in said


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
    names = ["水$^", "🙂_x%", "\\frac{1}{2}"]
    results = record(names, 2)
    save_figures(results, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == FILES
    labels = [label.get_text() for label in alignment_figure(results).axes[0].get_yticklabels()]
    assert sorted(labels) == sorted(names)


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
    said = [" ".join(label.split()) for label in labels]
    assert "anger (en) – Wut (de) → Angst" in said
    assert "anger (ar) – Wut (de) → Angst" in said  # Arabic text is not drawn, so its English is
    assert not any("id-" in label for label in said)
