"""--truncate and --quantize from the command line, and what a comparison says of costs."""

import pytest
from conftest import record_in

from alignment.compare.models import Comparison
from alignment.compare.ranking import model_costs
from alignment.compare.verdicts import verdicts
from cross_lingual_alignment import compare

MODEL = ("--model", "use-multilingual")


def test_every_combination_is_measured_and_drawn(command_line, tmp_path):
    done = command_line(
        *MODEL, "--truncate", "128", "--quantize", "int8,binary", "--output", "out", COLUMNS="80"
    )
    assert done.returncode == 0, done.stderr
    found = record_in(tmp_path / "out")
    assert [(own["dimensions"], own["precision"]) for own in found["cost"]] == [
        (d, precision) for precision in ("float32", "int8", "binary") for d in (512, 128)
    ]
    assert found["cost"][0]["retrieval"]["value"] == found["summary"]["cross_lingual_retrieval"]
    assert (tmp_path / "out" / "fig" / "cost.png").exists()
    assert (tmp_path / "out" / "fig" / "cost.pdf").exists()
    assert "Retrieval with cheaper vectors" in done.stdout and "128 int8" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--quantize", "int4"), "--quantize int4: unknown precision; choose from float16"),
        (("--truncate", "0"), "--truncate 0: give whole numbers of dimensions, from 1 on"),
        (("--truncate", "512"), "the vectors have 512 dimensions; name fewer, from 1 to 511"),
        (("--truncate", "half"), "'half': write whole numbers of dimensions: 256,128"),
    ],
)
def test_what_cannot_be_is_said_on_one_line(command_line, tmp_path, options, said):
    done = command_line(*MODEL, *options, "--output", "out")
    assert done.returncode == 2 and said in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not (tmp_path / "out").exists()


def test_a_comparison_says_what_models_cost_and_who_is_on_the_front(tmp_path):
    models = ["use-multilingual", "all-MiniLM-L6-v2"]
    found = compare(models, tmp_path, figures=False, quantize=("binary",))
    use, english = found.models
    assert (use.dimension, english.dimension) == (512, 384)
    assert 20e6 < use.disk_bytes < 60e6 < english.disk_bytes < 120e6
    assert use.texts_per_second > 0 and english.load_seconds > 0
    assert use.on_front
    assert [own.precision for own in use.cost] == ["float32", "binary"]
    assert verdicts(found)[-1].startswith(
        "No other model is both as good (rank) and cheaper (dimensions,"
    )
    assert len(model_costs(found).rows) == 2

    again = compare(models, tmp_path, figures=False)  # now the cache has all vectors
    assert [(m.seconds, m.load_seconds, m.texts_per_second) for m in again.models] == [
        (None, None, None)
    ] * 2
    assert "texts a second" not in verdicts(again)[-1]
    assert Comparison.from_json(tmp_path / "alignment_comparison.json").models == again.models
