"""Records that were edited: read with a note, and presented or refused in one line."""

import json
import random
from functools import partial

import numpy as np
import pytest
from damage import edit

from alignment import InputError
from alignment.compare.models import Comparison
from alignment.record import json_record
from alignment.results import AlignmentResults
from alignment.search.questions import Questions
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment, compare, main

NIGHTLY = pytest.mark.nightly
ASKED = {f"q {c}": {"passage": c, "en": f"which {c}?", "de": f"{c}?"} for c in CONCEPTS.concepts}


class Hashing:
    """Another vector for every text."""

    def encode(self, texts):
        seeds = (list(text.encode()) for text in texts)
        return np.array([np.random.default_rng(seed).normal(size=8) for seed in seeds])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The files of a record and of a comparison in which nothing is left out."""
    folder, queries = tmp_path_factory.mktemp("written"), Questions.from_dict(ASKED)
    cheaper = {"truncate": (4,), "quantize": ("int8",), "thresholds": True}
    options = {"queries": queries, "mix": {"en": 0.5, "de": 0.5}, "probe": True} | cheaper
    record = CrossLingualAlignmentExperiment(Hashing(), **options).run()
    record.to_json(folder / "record.json")
    compare([Hashing(), Hashing()], **options).to_json(folder / "comparison.json")
    return folder


def edited(source, change, folder):
    tree = json.loads(source.read_text(encoding="utf-8"))
    change(tree)
    (folder / "edited.json").write_text(json.dumps(tree), encoding="utf-8")
    return folder / "edited.json"


def told(capsys):
    """The lines on standard error: the notes that a record was edited, and the others."""
    lines = capsys.readouterr().err.splitlines()
    notes = [line for line in lines if "was edited since it was written" in line]
    return notes, [line for line in lines if line not in notes]


@pytest.mark.parametrize(
    ("name", "kind"), [("record.json", AlignmentResults), ("comparison.json", Comparison)]
)
def test_one_number_that_was_changed_is_noted_and_an_untouched_file_is_not(
    name, kind, written, tmp_path, capsys
):
    kind.from_json(written / name)
    assert told(capsys) == ([], []) and str(written / name) not in json_record.edited
    text = (written / name).read_text(encoding="utf-8")
    digit = text.index("0.", text.index('"alignment_score"')) + 2
    changed = tmp_path / name
    changed.write_text(text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1 :])
    assert kind.from_json(changed) != kind.from_json(written / name)
    (note,), others = told(capsys)
    assert str(changed) in note and not others and str(changed) in json_record.edited


def test_a_record_whose_keys_were_sorted_is_refused_as_values_would_change_places(written):
    tree = json.loads((written / "record.json").read_text(encoding="utf-8"))
    (written / "sorted.json").write_text(json.dumps(tree, sort_keys=True))
    with pytest.raises(InputError, match=r"^[^\n]*'.*sorted\.json' were sorted[^\n]*$"):
        AlignmentResults.from_json(written / "sorted.json")


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(n, marks=NIGHTLY) for n in range(6, 30))]
)
def test_an_edited_record_is_presented_or_refused_in_one_line(seed, written, tmp_path, capsys):
    source = written / "record.json"
    path = str(edited(source, partial(edit, rng=random.Random(seed)), tmp_path))
    commands = [["--from", path], ["--from", str(source), "--against", path]]
    if not seed % 6:  # drawing takes longer
        commands.append(["--from", path, "--html", "--output", str(tmp_path)])
    for command in commands:
        status = main(command)
        assert status in ((0, 2, 3) if "--against" in command else (0, 2)), command
        notes, errors = told(capsys)
        assert len(errors) == (status == 2) and len(notes) <= 1
        assert all(line.startswith("error: ") and len(line) < 1000 for line in errors)


def test_an_edited_comparison_is_read_with_a_note_or_refused_in_one_line(written, tmp_path, capsys):
    ends = []
    for seed in range(20):
        change = partial(edit, rng=random.Random(seed))
        path = edited(written / "comparison.json", change, tmp_path)
        try:
            Comparison.from_json(path)
        except InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 1000
            ends.append(error)
    notes, others = told(capsys)
    assert 0 < len(ends) < 20 and len(notes) == 20 - len(ends) and not others
    assert main(["--from", str(written / "comparison.json")]) == 2  # it is of no single run
    assert len(told(capsys)[1]) == 1
