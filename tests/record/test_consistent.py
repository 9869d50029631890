"""Records that were edited: refused where they are read, with the place, or presented whole."""

import json
import random
from contextlib import redirect_stdout
from io import StringIO

import pytest
from conftest import ROOT
from damage import edit

from alignment import InputError
from alignment.present import console, ranking, summary
from alignment.present.figures import save_figures
from alignment.present.page import write_page
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

RESULTS = ROOT / "alignment_results.json"
COMPARISON = ROOT / "comparisons/published/alignment_comparison.json"
KINDS = {RESULTS: AlignmentResults, COMPARISON: Comparison}


def edited(source, edit, folder):
    tree = json.loads(source.read_text(encoding="utf-8"))
    edit(tree)
    (folder / "edited.json").write_text(json.dumps(tree))
    return folder / "edited.json"


FAULTS = {
    "intra_concept_similarity is of": lambda tree: tree["intra_concept_similarity"].pop("water"),
    "coverage, pairs, en is of": lambda tree: tree["coverage"]["pairs"]["en"].pop("de"),
    "by_language, en is of": lambda tree: tree["by_language"]["en"].popitem(),
    "cross_lingual_retrieval is of": lambda tree: tree["cross_lingual_retrieval"].update(xx={}),
    "intervals is of": lambda tree: tree["intervals"].pop("retrieval_among_10"),
    "scripts is of": lambda tree: tree.update(scripts=dict(reversed(tree["scripts"].items()))),
    "misaligned_pairs, concept: 'rage'": lambda tree: tree["misaligned_pairs"][0].__setitem__(
        0, "rage"
    ),
    "confusions, failed, target: 'xx'": lambda tree: tree["confusions"]["failed"][0].update(
        target="xx"
    ),
    "texts, rage": lambda tree: tree["texts"].update(rage={}),
    "concept_categories, water: 'Wet'": lambda tree: tree["concept_categories"].update(water="Wet"),
    "subwords, xx": lambda tree: tree["subwords"].update(xx=tree["subwords"]["en"]),
    "counts is of": lambda tree: tree["counts"].pop("misaligned_pairs"),
    "distributions is of": lambda tree: tree["distributions"].clear(),
    "1e+300 is out of range": lambda tree: tree.update(alignment_score=1e300),
    "its seed, k or margin": lambda tree: tree["provenance"].update(k=-1),
    "schema_version [": lambda tree: tree.update(schema_version=[1] * 1000),
}


@pytest.mark.parametrize("words", FAULTS)
def test_what_does_not_fit_together_is_named_with_its_place(words, tmp_path):
    path = edited(RESULTS, FAULTS[words], tmp_path)
    with pytest.raises(InputError, match=r"edited\.json") as caught:
        AlignmentResults.from_json(path)
    assert words in str(caught.value) and len(str(caught.value)) < 500


def test_a_record_whose_keys_were_sorted_is_refused_for_values_would_change_places(tmp_path):
    tree = json.loads(RESULTS.read_text(encoding="utf-8"))
    (tmp_path / "sorted.json").write_text(json.dumps(tree, sort_keys=True))
    with pytest.raises(InputError, match=r"'.*sorted\.json' were sorted"):
        AlignmentResults.from_json(tmp_path / "sorted.json")


@pytest.mark.parametrize(
    ("words", "edit"),
    [
        ("pairs, a: 'none'", lambda tree: tree["pairs"][0].update(a="none")),
        ("models, support is of", lambda tree: tree["models"][1]["support"].pop("de")),
        ("models, scores is of", lambda tree: tree["models"][1]["scores"].popitem()),
        ("two of one name", lambda tree: tree["models"].append(tree["models"][0])),
        ("grid: 9 languages", lambda tree: tree["grid"].update(languages=9)),
    ],
)
def test_a_comparison_that_does_not_fit_together(words, edit, tmp_path):
    with pytest.raises(InputError) as caught:
        Comparison.from_json(edited(COMPARISON, edit, tmp_path))
    assert words in str(caught.value)


def present(record, folder):
    """Make of a record whatever is made of one."""
    record.to_json(folder / "again.json")
    with redirect_stdout(StringIO()):
        if isinstance(record, Comparison):
            console.print_comparison(record, folder)
            ranking.to_paste(record, "markdown")
        else:
            console.print_report(record, [])
            write_page(record, folder / "page.html")
    summary.page(record)


@pytest.mark.parametrize(("source", "times"), [(RESULTS, 16), (COMPARISON, 60)])
def test_what_is_read_can_be_presented(source, times, tmp_path):
    ends = []
    for seed in range(times):
        path = edited(source, lambda tree, seed=seed: edit(tree, random.Random(seed)), tmp_path)
        try:
            record = KINDS[source].from_json(path)
        except InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 1000
            ends.append(error)
            continue
        try:
            present(record, tmp_path)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert 0 < len(ends) < times


def test_figures_of_what_is_read_can_be_drawn(tmp_path):
    for seed in range(3):
        path = edited(RESULTS, lambda tree, seed=seed: edit(tree, random.Random(seed)), tmp_path)
        try:
            record = AlignmentResults.from_json(path)
        except InputError:
            continue
        save_figures(record, tmp_path / "fig")
