"""--truncate and --quantize on the command line, and the costs in a comparison."""

import pytest
from conftest import record_in

from alignment.compare.models import Comparison
from alignment.compare.ranking import model_costs
from alignment.compare.verdicts import verdicts
from cross_lingual_alignment import compare, main

OPTIONS = ("--model", "use-multilingual", "--output", "out")


def test_every_combination_is_measured_and_drawn(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*OPTIONS, "--truncate", "128", "--quantize", "int8,binary"]) == 0
    record = record_in(tmp_path / "out")
    assert [(variant["dimensions"], variant["precision"]) for variant in record["cost"]] == [
        (d, precision) for precision in ("float32", "int8", "binary") for d in (512, 128)
    ]
    full = record["cost"][0]["retrieval"]["value"]
    assert full == record["summary"]["cross_lingual_retrieval"]
    assert {"cost.png", "experiment_diagram.png"} < {
        path.name for path in (tmp_path / "out/fig").iterdir()
    }
    out = capsys.readouterr().out
    assert "Retrieval with cheaper vectors" in out and "128 int8" in out


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--quantize", "int4", "--quantize int4: unknown precision; choose from float16"),
        ("--truncate", "0", "--truncate 0: give whole numbers of dimensions, from 1 on"),
        ("--truncate", "512", "the vectors have 512 dimensions; name fewer, from 1 to 511"),
        ("--truncate", "half", "'half': write whole numbers of dimensions: 256,128"),
    ],
)
def test_impossible_variants_are_refused(option, value, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*OPTIONS, option, value]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_comparison_says_what_models_cost_and_which_are_pareto_optimal(tmp_path):
    models = ["use-multilingual", "all-MiniLM-L6-v2"]
    comparison = compare(models, tmp_path, figures=False, quantize=("binary",))
    use, english = comparison.models
    assert (use.dimension, english.dimension) == (512, 384)
    assert 20e6 < use.disk_bytes < 60e6 < english.disk_bytes < 120e6
    assert use.texts_per_second > 0 and english.load_seconds > 0
    assert use.on_front
    assert [variant.precision for variant in use.cost] == ["float32", "binary"]
    assert verdicts(comparison)[-1].startswith("No other model is both as good")
    assert len(model_costs(comparison).rows) == 2

    again = compare(models, tmp_path, figures=False)  # now the cache has all vectors
    for model in again.models:
        assert (model.seconds, model.load_seconds, model.texts_per_second) == (None, None, None)
    assert "texts a second" not in verdicts(again)[-1]
    assert Comparison.from_json(tmp_path / "alignment_comparison.json").models == again.models
