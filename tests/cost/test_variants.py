"""Variants: against plain NumPy, against FAISS's search, and by laws that hold for any."""

import numpy as np
import pytest
from conftest import random_vectors, unit

from alignment import InputError
from alignment.cost import variants
from alignment.cost.variants import PRECISIONS, VectorFormat
from alignment.measure import hits


def noisy(seed=0, C=60, L=4, D=24, noise=1.2):
    """Vectors X (C, L, D) of concepts, some of them missing, two of them the same."""
    rng = np.random.default_rng(seed)
    X = unit(rng.normal(size=(C, 1, D)) + noise * rng.normal(size=(C, L, D)))
    X[7] = X[3]
    present = rng.random((C, L)) > 0.1
    present[:, 0] = True
    X[~present] = 0
    return X, present


def plain_stored(X, present, precision):
    """What sentence-transformers keeps of vectors; int8 stands for the middle of its step."""
    if precision == "float16":
        return X.astype(np.float16).astype(np.float64)
    if precision == "int8":
        from sentence_transformers.util.quantization import quantize_embeddings

        low, high = X[present].min(axis=0), X[present].max(axis=0)
        codes = quantize_embeddings(X.reshape(-1, X.shape[2]), "int8", np.stack([low, high]))
        return low + (codes.reshape(X.shape).astype(float) + 128.5) / 255 * (high - low)
    return X.astype(np.float64)


def plain_similarities(X, present, form):
    """(C, L, C, L) by NumPy alone, −inf where a candidate is out of the question."""
    cut = X[..., : form.dimensions].astype(np.float64)
    cut = cut / np.maximum(np.linalg.norm(cut, axis=-1, keepdims=True), 1e-12)
    signs = np.where(cut > 0, 1.0, -1.0)
    hamming = np.einsum("cad,ebd->caeb", signs, signs)
    if form.precision == "binary":
        s = hamming
    elif form.precision == "binary-rescored":
        s = np.einsum("cad,ebd->caeb", cut, signs / np.sqrt(form.dimensions))
        for c, a in np.argwhere(present):
            for b in range(X.shape[1]):
                near = np.where(present[:, b], hamming[c, a, :, b], -np.inf)
                s[c, a, near < np.sort(near)[::-1][:40][-1], b] = -np.inf
    else:
        stored = plain_stored(cut.astype(np.float32), present, form.precision)
        s = np.einsum("cad,ebd->caeb", cut, stored)
    return np.where(present, s, -np.inf)


def plain_retrieval(X, present, form):
    """(C, L): each text's mean credit, of its searches and of those for it."""
    s, (C, L) = plain_similarities(X, present, form), present.shape
    total, count = np.zeros((2, C, L))
    for c, a in np.argwhere(present):
        for b in np.flatnonzero(present[c] & (np.arange(L) != a)):
            all_s, gold = s[c, a, :, b], s[c, a, c, b]
            won = gold > -np.inf and not (all_s > gold + hits.TIE).any()
            credit = won / max((np.abs(all_s - gold) <= hits.TIE).sum(), 1) if won else 0
            for text in ((c, a), (c, b)):
                total[text] += credit
                count[text] += 1
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("dimensions", [24, 9])
def test_every_variant_agrees_with_plain_numpy(precision, dimensions):
    X, present = noisy()
    form = VectorFormat(dimensions, precision)
    theirs = plain_retrieval(X, present, form)
    np.testing.assert_allclose(variants.retrieval(X, present, form), theirs, atol=1e-9)


def test_signs_of_few_dimensions_tie_and_the_credit_is_shared():
    X, present = noisy(C=300, D=8)  # at most 256 different vectors: many more ties than are listed
    for precision in ("binary", "binary-rescored"):
        form = VectorFormat(6, precision)
        theirs = plain_retrieval(X, present, form)
        assert ((theirs > 0) & (theirs < 0.5)).mean() > 0.1
        np.testing.assert_allclose(variants.retrieval(X, present, form), theirs, atol=1e-9)


def test_codes_are_found_as_an_index_of_faiss_finds_them():
    import faiss

    X = random_vectors(0, (400, 1, 32))[:, 0]
    for precision, kind in (("int8", "QT_8bit"), ("float16", "QT_fp16")):
        stored = variants.quantized(X, np.ones(400, dtype=bool), precision)
        index = faiss.IndexScalarQuantizer(
            32, getattr(faiss.ScalarQuantizer, kind), faiss.METRIC_INNER_PRODUCT
        )
        index.train(X)
        index.add(X)
        s, places = index.search(X, 5)
        np.testing.assert_allclose(np.take_along_axis(X @ stored.T, places, 1), s, atol=1e-6)
        np.testing.assert_allclose(-np.sort(-X @ stored.T)[:, :5], s, atol=1e-6)


def test_bytes_of_a_vector():
    sizes = [VectorFormat(100, precision).bytes for precision in PRECISIONS]
    assert sizes == [400, 200, 100, 13, 13]


def test_a_rotation_costs_nothing_but_where_only_signs_are_kept():
    """The cosines stay, the axes do not: which signs are kept hangs on the axes."""
    X, present = noisy(C=200, D=32)
    X = unit(X + 0.5 * np.eye(32)[0]) * present[..., None]  # one axis says nothing
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(32, 32)))[0]
    turned = (X @ turn).astype(np.float32)
    means = {
        precision: [
            np.nanmean(variants.retrieval(V, present, VectorFormat(32, precision)))
            for V in (X, turned)
        ]
        for precision in ("float32", "int8", "binary")
    }
    assert means["float32"][0] == pytest.approx(means["float32"][1], abs=1e-12)
    assert means["int8"][0] == pytest.approx(means["int8"][1], abs=0.01)
    assert abs(means["binary"][0] - means["binary"][1]) > 0.01


def test_every_combination_is_a_format_and_impossible_dimensions_are_refused():
    formats = variants.formats(64, [16, 32, 16], ["binary", "int8"])
    assert formats[0] == VectorFormat(64, "float32") and len(set(formats)) == len(formats) == 9
    with pytest.raises(InputError, match=r"--truncate 64.*64 dimensions.*1 to 63"):
        variants.formats(64, [64], [])
    with pytest.raises(InputError, match=r"--truncate 2\.5"):
        variants.check([2.5], [])
