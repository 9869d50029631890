"""Notebooks: records as cells show them, as pictures, and as tables of numbers."""

import base64
import io
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import ROOT, ToyEncoder, analysed, python, random_vectors
from notebook import NOTEBOOK, executed

from alignment import RunError
from alignment.compare.models import compare_results
from alignment.grids import ConceptGrid
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def results():
    return CrossLingualAlignmentExperiment("use-multilingual", probe=True).run()


@pytest.fixture(scope="module")
def comparison(results):
    noise = analysed(random_vectors(0), CONCEPTS)
    return compare_results([("noise", noise, None), ("use-multilingual", results, None)])


@pytest.fixture(scope="module")
def searched():
    files = {"grid": "passages.csv", "queries": "questions.csv"}
    asked = {name: ROOT / "examples" / file for name, file in files.items()}
    return CrossLingualAlignmentExperiment("use-multilingual", **asked).run()


def test_frames_have_the_numbers_of_the_record(results):
    means = results.frame("means").set_index("name")
    assert means.value["alignment_score"] == results.alignment_score
    found = results.frame("retrieval")
    assert len(found) == 8 * 7 and found.retrieval.mean() == pytest.approx(
        results.summary["cross_lingual_retrieval"], abs=1e-6
    )
    cell = found.set_index(["query", "target"]).loc["en", "de"]
    assert cell.retrieval == results.cross_lingual_retrieval["en"]["de"]
    ends = cell.retrieval_low, cell.retrieval_high
    assert ends == results.retrieval_intervals["en"]["de"] and cell.concepts == 15
    concepts = results.frame("concepts").set_index("concept")
    assert concepts.intra_concept_similarity.to_dict() == results.intra_concept_similarity
    languages = results.frame("languages").set_index("language")
    own = results.by_language["de"]["cross_lingual_retrieval"]
    assert languages.loc["de", "cross_lingual_retrieval"] == own.value
    assert languages.loc["de", "cross_lingual_retrieval_low"] == own.interval.low
    pairs = results.frame("language_pairs").set_index(["a", "b"])
    assert len(pairs) == 28
    assert pairs.centroid_distance["en", "es"] == results.centroid_distances["en"]["es"]
    worst = results.frame("errors").iloc[0]
    assert worst.similarity_lost == pytest.approx(results.errors.failed[0].similarity_lost)
    lowest = results.frame("misaligned").iloc[0]
    assert (lowest.text_a, lowest.text_b) == ("Wut", "гнев") and lowest.similarity < 0.5
    assert len(results.frame("misaligned")) == results.counts["misaligned_pairs"]
    diagnosis, failing, support, subwords = (
        results.frame(name).set_index("language")
        for name in ("diagnosis", "failing", "support", "subwords")
    )
    assert diagnosis.standing["de"] == results.diagnosis.languages["de"].standing
    assert failing.text["de"] == "Wut"
    assert list(results.frame("categories").category) == list(results.categories)
    assert support.among_10["ar"] == results.support["ar"].among_10
    own = results.diagnosis.subwords["zh"]
    assert subwords.per_text["zh"] == own.per_text
    assert subwords.correlation_low["zh"] == own.correlation.interval.low


def test_frames_of_a_search_and_of_forms(searched, results):
    found = searched.frame("search").set_index(["question_language", "passage_language"])
    assert found.ndcg_at_10["de", "zh"] == searched.search.between["de"]["zh"].ndcg_at_10
    rows = results.frame("forms").set_index(["form", "language"])
    (form, changes), *_ = results.diagnosis.forms.items()
    assert rows.bare[form, "de"] == changes["de"].bare
    assert rows.change_verdict[form, "de"] == changes["de"].contrast.verdict


def test_frames_of_a_comparison(comparison):
    models = comparison.frame("models").set_index("model")
    best = comparison.models[0]
    own = best.scores["calibrated_alignment_score"]
    assert models.calibrated_high[best.name] == own.interval.high
    pairs, first = comparison.frame("pairs"), comparison.pairs[0]
    assert len(pairs) == len(comparison.pairs)
    row = pairs.iloc[0]
    assert (row.difference_low, row.verdict) == (first.interval.low, first.verdict)


def test_numbers_are_numbers_and_what_is_missing_is_not_a_number():
    """Two concepts have no intervals; a table without rows keeps its columns."""
    grid = ConceptGrid.from_dict({"a": {"en": "a", "de": "b"}, "c": {"en": "c", "de": "d"}})
    X = np.eye(4, 8)[[0, 0, 1, 1]]
    own = CrossLingualAlignmentExperiment(ToyEncoder(grid, X), grid).run()
    means = own.frame("means").set_index("name")
    assert means.value["cross_lingual_retrieval"] == 1 and np.isnan(means.value_low.iloc[0])
    assert own.frame("misaligned").empty and "similarity" in own.frame("misaligned")


def test_without_pandas_the_line_that_installs_it(results, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(RunError, match="pip install pandas"):
        results.frame("retrieval")


class Tags(HTMLParser):
    """Which tags there are, none left open, and the text between them."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen, self.text = [], set(), ""
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += f"{data}\n"


def test_a_cell_shows_what_ran_the_verdict_the_scores_and_the_languages(results):
    text = Tags(results._repr_html_()).text
    assert "use-multilingual: 15 concepts × 8 languages" in text
    assert "Alignment score: Excellent" in text
    assert "0.904 [0.726, 0.934]" in text and "German" in text
    assert len(repr(results)) < 200 and "use-multilingual" in repr(results)


def test_a_cell_shows_the_ranking(comparison):
    text = Tags(comparison._repr_html_()).text
    assert "2 models on 15 concepts × 8 languages" in text
    assert text.index("use-multilingual") < text.index("noise")
    assert "is better than" in text


def test_what_a_text_says_is_shown_and_never_run():
    evil = "<script>alert(1)</script>"
    rows = {f"{evil}{i}": {"en": f"{evil} {i}", "de": f"<b>{i}"} for i in range(12)}
    grid = ConceptGrid.from_dict(rows, name=evil)
    encoder = ToyEncoder(grid, random_vectors(0, (24, 16)))
    encoder.name = evil
    own = CrossLingualAlignmentExperiment(encoder, grid).run()
    page = Tags(own._repr_html_())
    assert evil in page.text and not page.seen & {"script"}


def test_many_languages_are_cut_to_the_best_and_the_worst():
    codes = ["en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "fi", "pl", "cs"]
    grid = ConceptGrid.from_dict({f"{c}": {code: f"{c}{code}" for code in codes} for c in range(5)})
    own = CrossLingualAlignmentExperiment(ToyEncoder(grid, random_vectors(1, (60, 16))), grid).run()
    assert "best and worst of 12" in own._repr_html_()


def test_the_picture_is_a_figure_that_a_notebook_shows(results, comparison):
    from matplotlib.figure import Figure
    from PIL import Image

    for record, axes in ((results, 6), (comparison, 4)):
        figure = record.plot()
        assert isinstance(figure, Figure) and len(figure.axes) >= axes
        width, height = Image.open(io.BytesIO(figure._repr_png_())).size
        assert width == 1200 and height > 200


@pytest.mark.parametrize("module", ["alignment.results", "cross_lingual_alignment"])
def test_a_record_shows_itself_wherever_it_is_imported_from(module, results, tmp_path):
    results.to_json(tmp_path / "record.json")
    script = (
        f"from {module} import AlignmentResults as R;"
        f"own = R.from_json({str(tmp_path / 'record.json')!r});"
        "print(own._repr_html_()[:5], own.plot())"
    )
    done = python(script)
    assert done.stdout.startswith("<div> Figure"), done.stderr


def test_the_notebook_comes_out_the_same_again():
    import nbformat

    committed = nbformat.read(NOTEBOOK, as_version=4)
    again = executed()
    assert _said(again) == _said(committed)
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|Users|tmp|work)/|timestamp|iopub", text)
    pictures = [
        output.data["image/png"]
        for cell in committed.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 1 and len(base64.b64decode(pictures[0])) < 150_000


def _said(notebook):
    """What the cells are, and what they show but for the pixels."""
    return [
        (
            cell.source,
            [
                {
                    kind: text
                    for kind, text in output.get("data", output).items()
                    if kind != "image/png"
                }
                for output in cell.get("outputs", [])
            ],
        )
        for cell in notebook.cells
    ]
