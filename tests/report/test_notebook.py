"""Notebooks: records as cells show them, as pictures, and as tables of numbers."""

import io
import re
import sys

import pytest
from conftest import ToyEncoder, analysed, grid_of, python, random_vectors
from notebook import NOTEBOOK, executed
from test_page import Read

from alignment import RunError
from alignment.compare.models import compare_results
from alignment.grids import ConceptGrid
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def results():
    return CrossLingualAlignmentExperiment("use-multilingual", probe=True).run()


@pytest.fixture(scope="module")
def comparison(results):
    noise = analysed(random_vectors(0), CONCEPTS)
    return compare_results([("noise", noise, None), ("use-multilingual", results, None)])


def cell(record, table, column, **row):
    """The value in a column of a frame, in the first row with these values."""
    frame = record.frame(table)
    for name, value in row.items():
        frame = frame[frame[name] == value]
    return frame[column].iloc[0]


def test_frames_have_the_numbers_of_the_record(results):
    pair = {"query": "en", "target": "de"}
    assert len(results.frame("retrieval")) == 8 * 7
    ends = (cell(results, "retrieval", f"retrieval_{end}", **pair) for end in ("low", "high"))
    assert tuple(ends) == results.retrieval_intervals["en"]["de"]
    assert cell(results, "means", "value", name="alignment_score") == results.alignment_score
    concepts = results.frame("concepts").set_index("concept")
    assert concepts.intra_concept_similarity.to_dict() == results.intra_concept_similarity
    german = results.by_language["de"]["cross_lingual_retrieval"]
    low = cell(results, "languages", "cross_lingual_retrieval_low", language="de")
    assert low == german.interval.low
    distance = cell(results, "language_pairs", "centroid_distance", a="en", b="es")
    assert distance == results.centroid_distances["en"]["es"]
    lost = results.errors.failed[0].similarity_lost
    assert cell(results, "errors", "similarity_lost") == pytest.approx(lost)
    lowest = results.frame("misaligned")
    assert (lowest.text_a[0], lowest.text_b[0]) == ("Wut", "гнев") and lowest.similarity[0] < 0.5
    assert len(lowest) == results.counts["misaligned_pairs"]
    assert list(results.frame("categories").category) == list(results.categories)
    assert cell(results, "support", "among_10", language="ar") == results.support["ar"].among_10


def test_frames_have_the_numbers_of_a_capability(results):
    diagnosis = results.diagnosis
    standing = cell(results, "diagnosis", "standing", language="de")
    assert standing == diagnosis.languages["de"].standing
    assert cell(results, "failing", "text", language="de") == "Wut"
    low = cell(results, "subwords", "correlation_low", language="zh")
    assert low == diagnosis.subwords["zh"].correlation.interval.low
    (form, changes), *_ = diagnosis.forms.items()
    verdict = cell(results, "forms", "change_verdict", form=form, language="de")
    assert verdict == changes["de"].contrast.verdict


def test_frames_of_a_comparison(comparison):
    best, pair = comparison.models[0], comparison.pairs[0]
    high = cell(comparison, "models", "calibrated_high", model=best.name)
    assert high == best.scores["calibrated_alignment_score"].interval.high
    assert len(comparison.frame("pairs")) == len(comparison.pairs)
    assert cell(comparison, "pairs", "difference_low") == pair.interval.low
    assert cell(comparison, "pairs", "verdict") == pair.verdict


def test_without_pandas_the_line_that_installs_it(results, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(RunError, match="pip install pandas"):
        results.frame("retrieval")


def test_a_cell_shows_what_ran_the_verdict_the_scores_and_the_languages(results):
    text = Read(results._repr_html_()).text
    assert "use-multilingual: 15 concepts × 8 languages" in text
    assert "Alignment score: Excellent" in text
    assert "0.904 [0.726, 0.934]" in text and "German" in text
    assert len(repr(results)) < 200 and "use-multilingual" in repr(results)


def test_a_cell_shows_the_ranking(comparison):
    text = Read(comparison._repr_html_()).text
    assert "2 models on 15 concepts × 8 languages" in text
    assert text.index("use-multilingual") < text.index("noise")
    assert "is better than" in text


def test_what_a_text_says_is_shown_and_never_run():
    evil = "<script>alert(1)</script>"
    rows = {f"{evil}{i}": {"en": f"{evil} {i}", "de": f"<b>{i}"} for i in range(12)}
    grid = ConceptGrid.from_dict(rows, name=evil)
    encoder = ToyEncoder(grid, random_vectors(0, (24, 16)))
    encoder.name = evil
    page = Read(CrossLingualAlignmentExperiment(encoder, grid).run()._repr_html_())
    assert evil in page.text and "script" not in dict(page.elements)


def test_many_languages_are_cut_to_the_best_and_the_worst():
    codes = ["en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "fi", "pl", "cs"]
    record = analysed(random_vectors(1, (5, 12, 16)), grid_of(5, codes))
    assert "best and worst of 12" in record._repr_html_()


def test_the_picture_is_a_figure_that_a_notebook_shows(results, comparison):
    from matplotlib.figure import Figure
    from PIL import Image

    for record, axes in ((results, 6), (comparison, 4)):
        figure = record.plot()
        assert isinstance(figure, Figure) and len(figure.axes) >= axes
        width, height = Image.open(io.BytesIO(figure._repr_png_())).size
        assert width == 1200 and height > 200


def test_a_record_shows_itself_where_nothing_else_is_imported():
    script = (
        "from alignment.results import AlignmentResults;"
        "record = AlignmentResults.from_json('alignment_results.json');"
        "print(record._repr_html_()[:5], record.plot())"
    )
    done = python(script)
    assert done.stdout.startswith("<div> Figure"), done.stderr


def test_the_notebook_has_one_small_picture_and_nothing_of_a_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|Users|tmp|work)/|timestamp|iopub", text)
    (picture,) = re.findall(r'"image/png": "([^"]*)"', text)
    assert len(picture) < 200_000


@pytest.mark.nightly
def test_the_notebook_comes_out_the_same_again():
    import nbformat

    assert _shown(executed()) == _shown(nbformat.read(NOTEBOOK, as_version=4))


def _shown(notebook):
    """The cells and their outputs, without the pixels."""

    def outputs(cell):
        shown = (output.get("data", output) for output in cell.get("outputs", []))
        return [{**output, "image/png": ""} for output in shown]

    return [(cell.source, outputs(cell)) for cell in notebook.cells]
