"""Vectors computed elsewhere: texts out, rows in."""

import io
import os
import shutil
import zipfile

import numpy as np
import pytest

from alignment import InputError, RunError, models
from alignment.models import ModelOptions, arrays, export_texts
from alignment.models.encoders import unit_vectors
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

TEXTS = CONCEPTS.flat_texts()
ROWS = np.random.default_rng(0).standard_normal((len(TEXTS), 5))


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int64", ">f4"])
@pytest.mark.parametrize("ending", [".npy", ".npz", ".NPY"])
def test_row_n_is_of_text_n_whatever_the_texts(kind, ending, tmp_path):
    rows = (10 * ROWS).astype(kind)
    with (tmp_path / f"x{ending}").open("wb") as file:
        np.savez(file, rows) if ending == ".npz" else np.save(file, rows)
    model = models.load(str(tmp_path / f"x{ending}"))
    assert model.fingerprint.startswith("sha256:") and model.prompts == models.Prompts()
    vectors = unit_vectors(model.encoder, TEXTS)
    expected = rows / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, atol=1e-6 if kind != "float16" else 1e-3)
    assert len(set(TEXTS)) < len(TEXTS) == len(np.unique(vectors, axis=0))


def test_texts_out_and_vectors_in_is_the_model_itself(tmp_path):
    export_texts(TEXTS, tmp_path / "texts.txt")
    lines = (tmp_path / "texts.txt").read_text(encoding="utf-8").split("\n")
    assert lines == [*TEXTS, ""]
    np.save(tmp_path / "use.npy", models.load("use-multilingual").embed(lines[:-1]))
    array, model = (
        CrossLingualAlignmentExperiment(name).run()
        for name in (str(tmp_path / "use.npy"), "use-multilingual")
    )
    assert array.provenance.dimension == 512
    assert array.summary == pytest.approx(model.summary, abs=1e-6)  # scaled to unit length twice
    assert array.cross_lingual_retrieval == model.cross_lingual_retrieval


@pytest.mark.parametrize("text", ["two\nlines", "ends\n", "a\rb", "a\u2028b", "\x0bx"])
def test_a_text_of_several_lines_is_refused(text, tmp_path):
    (tmp_path / "texts").write_text("earlier")
    with pytest.raises(InputError, match="line break"):
        export_texts(["fine", text], tmp_path / "texts")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["earlier"]


def write(path, content):
    """Write an array, several, or bytes as they are."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, dict):
        np.savez(path, **content)
    else:
        np.save(path, content, allow_pickle=True)


def packed(name, content):
    """An archive of one member."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return raw.getvalue()


def header(*shape):
    """The beginning of a file of an array, and nothing behind it."""
    raw = io.BytesIO()
    described = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(raw, described)
    return raw.getvalue()


def flipped(content):
    """Flip a bit in the middle of a file."""
    half = len(content) // 2
    return content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]


def with_row(value):
    return np.where(np.arange(len(ROWS))[:, None] == 2, value, ROWS)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.npy", ROWS[:-1], ["119 rows", "120 texts", "--export-texts"]),
        ("x.npy", np.vstack([ROWS, ROWS]), ["240 rows", "120 texts"]),
        ("x.npy", ROWS[0], ["shape (5,)"]),
        ("x.npy", ROWS[None], ["shape (1, 120, 5)"]),
        ("x.npy", ROWS + 1j, ["complex128", "real numbers"]),
        ("x.npy", np.array([["a"]]), ["<U1"]),
        ("x.npy", np.array([{"a": 1}]), ["object", "real numbers"]),
        ("x.npy", b"", ["without pickle"]),
        ("x.npy", b"1,2,3\n", ["without pickle"]),
        ("x.npz", b"PK\x03\x04 half a download", ["without pickle"]),
        ("x.npz", {"a": ROWS, "b": ROWS}, ["2 arrays", "a, b"]),
        ("x.npz", {}, ["0 arrays"]),
        ("x.npz", packed("a.txt", b"words"), ["without pickle"]),
        ("x.npz", packed("folder/", b""), ["without pickle"]),
        ("x.npz", packed("a.npy", bytes(10**6)), ["would unpack to 1,000,000"]),
        ("x.npz", packed("a.npy", header(10**9, 10**9)), ["cut short", "1000000000"]),
        ("x.npy", header(10**9, 10**9), ["cut short", "1000000000"]),
        ("x.npy", header(-1, 5), ["cut short"]),
        ("x.npz", {"a": np.array([None])}, ["object", "real numbers"]),
        ("x.npz", flipped(packed("a.npy", header(8, 5) + bytes(320))), ["CRC"]),
        *(
            ("x.npy", with_row(value), [words, TEXTS[2], "compute that row again"])
            for value, words in ((np.nan, "NaN"), (np.inf, "infinity"), (0, "zero vector"))
        ),
    ],
)
def test_a_file_that_does_not_fit_is_named(name, content, words, tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "MAX_UNPACKED", 500_000)
    write(tmp_path / name, content)
    with pytest.raises(InputError) as caught:
        unit_vectors(models.load(str(tmp_path / name)).encoder, TEXTS)
    assert all(word in str(caught.value) for word in [name, *words]), str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    (tmp_path / "folder.npy").mkdir()
    for name, words in (("missing.npy", "No such file"), ("folder.npy", "directory")):
        with pytest.raises(RunError, match=f"{name}.*{words}"):
            models.load(str(tmp_path / name))


def test_a_file_has_no_prompt(tmp_path):
    write(tmp_path / "x.npy", ROWS)
    with pytest.raises(InputError, match="prompt"):
        models.load(str(tmp_path / "x.npy"), ModelOptions(prompt="query: ")).embed(TEXTS)


def test_a_pipe_is_not_waited_for(tmp_path, minilm_folder):
    os.mkfifo(tmp_path / "x.npy")
    shutil.copytree(minilm_folder, tmp_path / "model")
    os.mkfifo(tmp_path / "model" / "merges.txt")
    for path in (tmp_path / "x.npy", tmp_path / "model"):
        with pytest.raises(InputError, match="is not a file"):
            models.load(str(path))
