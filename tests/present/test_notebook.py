"""Notebooks: records as cells show them, as pictures, and as tables of numbers."""

import base64
import io
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from alignment.record.frames import _OF_COMPARISONS, _OF_RESULTS
from conftest import ROOT, ToyEncoder, python, random_vectors
from notebook import NOTEBOOK, executed

from alignment import InputError, RunError
from alignment.grids import ConceptGrid
from cross_lingual_alignment import AlignmentResults, Comparison, CrossLingualAlignmentExperiment

pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def results():
    return AlignmentResults.from_json(ROOT / "alignment_results.json")


@pytest.fixture(scope="module")
def comparison():
    return Comparison.from_json(ROOT / "comparisons/published/alignment_comparison.json")


@pytest.fixture(scope="module")
def searched():
    folder = ROOT / "examples" / "search" / "use-multilingual"
    return AlignmentResults.from_json(folder / "alignment_results.json")


def test_frames_have_the_numbers_of_the_record(results):
    means = results.frame("means").set_index("name")
    assert means.value["alignment_score"] == results.alignment_score
    found = results.frame("retrieval")
    assert len(found) == 8 * 7 and found.retrieval.mean() == pytest.approx(
        results.summary["cross_lingual_retrieval"], abs=1e-6
    )
    cell = found[(found["query"] == "en") & (found["target"] == "de")].iloc[0]
    assert cell.retrieval == results.cross_lingual_retrieval["en"]["de"]
    assert (cell.low, cell.high) == results.retrieval_intervals["en"]["de"]
    assert cell.concepts == 15
    concepts = results.frame("concepts").set_index("concept")
    assert concepts.intra_concept_similarity.to_dict() == results.intra_concept_similarity
    languages = results.frame("languages").set_index("language")
    own = results.by_language["de"]["cross_lingual_retrieval"]
    assert languages.loc["de", "cross_lingual_retrieval"] == own.value
    assert languages.loc["de", "cross_lingual_retrieval_low"] == own.interval.low
    pairs = results.frame("language_pairs")
    assert (
        len(pairs) == 28
        and pairs.centroid_distance.iloc[0] == (results.centroid_distances["en"]["es"])
    )
    worst = results.frame("confusions").iloc[0]
    assert worst.similarity_lost == pytest.approx(results.confusions.failed[0].similarity_lost)
    lowest = results.frame("misaligned").iloc[0]
    assert (lowest.text_a, lowest.text_b) == ("Wut", "гнев") and lowest.similarity < 0.5
    assert len(results.frame("misaligned")) == results.counts["misaligned_pairs"]
    assert results.frame("diagnosis").set_index("language").standing["de"] == (
        results.diagnosis["de"].standing
    )
    failing = results.frame("failing").set_index("language")
    assert failing.loc["de", "text"] == "Wut"
    assert list(results.frame("categories").category) == list(results.categories)
    support, subwords = (
        results.frame(name).set_index("language") for name in ("support", "subwords")
    )
    assert support.retrieval["ar"] == results.support_evidence["ar"].retrieval_among_10
    assert subwords.per_text["zh"] == results.subwords["zh"].per_text
    assert subwords.low["zh"] == results.subwords["zh"].interval.low


def test_frames_of_a_search_and_of_probes(searched, results):
    found = searched.frame("search").set_index(["question_language", "passage_language"])
    (a, row), *_ = searched.search.between.items()
    (b, cell), *_ = row.items()
    assert found.loc[(a, b), "ndcg_at_10"] == cell.ndcg_at_10
    probed = CrossLingualAlignmentExperiment("use-multilingual", probe=True).run()
    rows = probed.frame("probes").set_index(["form", "language"])
    (form, changes), *_ = probed.probes.items()
    assert rows.loc[(form, "de"), "bare"] == changes["de"].bare
    for name, remedy in (("search", "queries"), ("probes", "probe=True")):
        with pytest.raises(InputError, match=remedy):
            results.frame(name)


def test_frames_of_a_comparison(comparison):
    models = comparison.frame("models").set_index("name")
    best = comparison.models[0]
    own = best.scores["calibrated_alignment_score"]
    assert models.loc[best.name, "calibrated_alignment_score_high"] == own.interval.high
    pairs = comparison.frame("pairs")
    assert len(pairs) == len(comparison.pairs)
    first = comparison.pairs[0]
    assert pairs.iloc[0].low == first.interval.low and pairs.iloc[0].verdict == first.verdict


def test_numbers_are_numbers_and_what_is_missing_is_not_a_number():
    """Two concepts have no intervals; a table without rows keeps its columns."""
    grid = ConceptGrid.from_dict({"a": {"en": "a", "de": "b"}, "c": {"en": "c", "de": "d"}})
    X = np.eye(4, 8)[[0, 0, 1, 1]]
    own = CrossLingualAlignmentExperiment(ToyEncoder(grid, X), grid).run()
    means = own.frame("means").set_index("name")
    assert means.value["cross_lingual_retrieval"] == 1 and np.isnan(means.low.iloc[0])
    for name in set(_OF_RESULTS) - {"search", "probes", "subwords"}:
        frame = own.frame(name)
        assert len(frame.columns) == len(set(frame.columns)) > 2, name
    assert own.frame("misaligned").empty and "similarity" in own.frame("misaligned")


def test_an_unknown_name_is_answered_with_all_names(results, comparison):
    for record, names in ((results, _OF_RESULTS), (comparison, _OF_COMPARISONS)):
        with pytest.raises(InputError, match=", ".join(names)):
            record.frame("everything")


def test_the_page_names_every_table_and_column(results, searched, comparison):
    page = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    for record, tables in ((searched, _OF_RESULTS), (comparison, _OF_COMPARISONS)):
        for name in set(tables) - {"probes"}:
            line = next(line for line in page.splitlines() if f"`{name}`" in line[:25])
            own = {c for c in record.frame(name).columns if "_score" not in c}
            own = {c for c in own if not c.endswith(("_low", "_high"))}
            known = set(re.findall(r"`(\w+)`", line)) | set(results.headlines)
            assert own <= known, name


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
    assert "3 models on 15 concepts × 8 languages" in text
    assert text.index("use-multilingual") < text.index("all-MiniLM-L6-v2")
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


def test_a_record_alone_says_what_to_import():
    """Until something imports the room that draws."""
    script = (
        "from alignment.record.results import AlignmentResults as R;"
        "own = R.from_json('alignment_results.json'); print(own._repr_html_())\n"
        "try: own.plot()\n"
        "except RuntimeError as error: print(error)\n"
        "import cross_lingual_alignment as front; front.Comparison; print(own.plot())"
    )
    done = python(script)
    nothing, said, drawn = done.stdout.splitlines()
    assert nothing == "None" and "import alignment.present" in said and "Figure" in drawn


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
