"""Search: against trec_eval, against plain loops where answers tie, and by construction."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from conftest import unit

from alignment.measure import hits
from alignment.search import ranks as counting
from alignment.search import task as searching
from alignment.search.measure import draw
from alignment.search.task import Task, chance, gains, search

MEASURES = {
    **{"recall_at_1": "recall_1", "recall_at_5": "recall_5", "recall_at_10": "recall_10"},
    **{"mrr": "recip_rank", "ndcg_at_10": "ndcg_cut_10"},
}


def task(seed=0, C=40, L=3, n=30, Lq=2, D=12, noise=1.0, gap=0.1):
    """Questions near their passages, with gaps on both sides."""
    rng = np.random.default_rng(seed)
    meaning, language = rng.normal(size=(C, 1, D)), rng.normal(size=(1, L, D))
    present = rng.random((C, L)) > gap
    present[:, 0] = True
    passages = unit(meaning + language + noise * rng.normal(size=(C, L, D)))
    passages[~present] = 0
    answer = rng.integers(0, C, n)
    queried = rng.random((n, Lq)) > gap
    queried[:, -1] = True
    questions = unit(meaning[answer] + noise * rng.normal(size=(n, Lq, D)))
    questions[~queried] = 0
    return Task(questions, queried, answer, passages, present)


def similarities(of):
    """(n, L', C, L) in float64, -9 where there is no passage."""
    s = np.einsum("nad,cld->nacl", of.questions.astype(float), of.passages.astype(float))
    return np.where(of.present, s, -9)


def pairs(of):
    """Every question, its language and a version of its answer."""
    return np.argwhere(of.asked[:, :, None] & of.present[of.answer][:, None]).tolist()


def test_recall_mrr_and_ndcg_are_trec_evals():
    import pytrec_eval

    of = task()
    ranks, s = search(of), similarities(of)
    for name, measure in MEASURES.items():
        evaluator = pytrec_eval.RelevanceEvaluator({"q": {"p": 1}}, {measure})
        for i, a, b in pairs(of):
            order = np.argsort(-s[i, a, :, b])[: of.present[:, b].sum()]
            run = {
                "p" if c == of.answer[i] else f"other {c}": float(len(order) - place)
                for place, c in enumerate(order)
            }
            theirs = evaluator.evaluate({"q": run})["q"][measure]
            assert ranks.between[name][i, a, b] == pytest.approx(theirs, abs=1e-9)


def test_ndcg_of_several_versions_is_trec_evals():
    import pytrec_eval

    of = task(noise=0.7)
    ranks, s = search(of), similarities(of)
    for i, a in np.argwhere(of.asked):
        order = np.argwhere(of.present)[np.argsort(-s[i, a][of.present])]
        names = [f"{c} {b}" for c, b in order]
        relevant = {f"{c} {b}": 1 for c, b in order if c == of.answer[i]}
        evaluator = pytrec_eval.RelevanceEvaluator({"q": relevant}, {"ndcg_cut_10", "success_1"})
        run = {name: float(len(names) - place) for place, name in enumerate(names)}
        theirs = evaluator.evaluate({"q": run})["q"]
        assert ranks.mixed["ndcg_at_10"][i, a] == pytest.approx(theirs["ndcg_cut_10"], abs=1e-9)
        assert ranks.mixed["hit_at_1"][i, a] == theirs["success_1"]


def coarse(seed, **sizes):
    """Vectors of few values: passages tie exactly, wherever they lie."""
    of = task(seed, D=6, noise=2.0, **sizes)
    scale = np.float32(np.sqrt(6))
    questions, passages = np.sign(of.questions) / scale, np.sign(of.passages) / scale
    return replace(of, questions=questions, passages=passages)


@pytest.mark.parametrize("of", [task(1, C=1100), task(2, C=1024, noise=0.5), coarse(1, C=2049)])
def test_counts_of_many_passages_are_those_of_plain_comparisons(of, monkeypatch):
    """Ranks are exact whether FAISS lists them or not, and where ties lie in several blocks."""
    for module in (counting, searching):
        monkeypatch.setattr(module, "ROWS", 11)
    ranks, s = search(of), similarities(of)
    for i, a, b in pairs(of):
        gold = s[i, a, of.answer[i], b]
        nearer, tied = s[i, a] > gold + hits.TIE, abs(s[i, a] - gold) <= hits.TIE
        assert ranks.alone.nearer[i, a, b] == nearer[:, b].sum()
        assert ranks.alone.tied[i, a, b] == tied[:, b].sum()
        golds = s[i, a, of.answer[i]][of.present[of.answer[i]]]
        if nearer.sum() < counting.FIRST or gold in (golds.min(), golds.max()):
            assert ranks.together.nearer[i, a, b] == nearer.sum()
            assert ranks.together.tied[i, a, b] == tied.sum()


def test_the_mixed_index_is_that_of_plain_loops():
    of = task(noise=1.5)
    ranks, s = search(of), similarities(of)
    for i, a in np.argwhere(of.asked):
        c = of.answer[i]
        places = {b: 1 + (s[i, a] > s[i, a, c, b]).sum() for b in range(3) if of.present[c, b]}
        first = min(places, key=places.get)
        assert ranks.mixed["max_rank"][i, a] == max(places.values())
        assert ranks.mixed["complete_at_10"][i, a] == (max(places.values()) <= 10)
        assert ranks.by_version["first_language"][i, a, first] == 1
        for b, rank in places.items():
            assert ranks.by_version["recall_at_10"][i, a, b] == (rank <= 10)
        wrong = (s[i, a] > s[i, a, c, first]).sum(axis=0)
        if wrong.any():
            np.testing.assert_allclose(ranks.by_version["crowding"][i, a], wrong / wrong.sum())
        else:
            assert np.isnan(ranks.by_version["crowding"][i, a]).all()


def mean_over_orders(s, value):
    """The mean of value(order) over all orders in which the nearest stand, ties in any order."""
    by_level = {}
    for cell in np.ndindex(s.shape):
        by_level.setdefault(s[cell], []).append(cell)
    orders = [()]
    for level in sorted(by_level, reverse=True):
        orders = [order + tied for order in orders for tied in permutations(by_level[level])]
    return np.mean([value(list(order)) for order in orders])


@pytest.mark.parametrize("places", [1, 2, 3])
def test_ties_earn_the_mean_over_the_orders_of_the_tied(places, monkeypatch):
    # one question; passage 0 answers it. By (passage, language): 0.8 is shared by three wrong
    # answers and a version, 0.6 by the other version and one wrong answer.
    s = np.array([[0.8, 0.6], [0.8, 0.8], [0.8, 0.6]])
    monkeypatch.setattr(searching, "FIRST", places)
    vectors = np.stack([s, np.sqrt(1 - s**2)], axis=-1).astype(np.float32)
    question = np.array([[[1, 0]]], dtype=np.float32)
    everywhere = np.ones((3, 2), dtype=bool)
    of = Task(question, np.ones((1, 1), dtype=bool), np.array([0]), vectors, everywhere)
    ranks = search(of)

    def rank(order, version):
        return 1 + order.index((0, version))

    def wrong_before_first(order):
        return order[: min(rank(order, 0), rank(order, 1)) - 1]

    expected = {
        "hit_at_1": lambda order: order[0][0] == 0,
        "complete_at_10": lambda order: max(rank(order, b) for b in (0, 1)) <= places,
        "max_rank": lambda order: max(rank(order, b) for b in (0, 1)),
    }
    for name, value in expected.items():
        assert ranks.mixed[name][0, 0] == pytest.approx(mean_over_orders(s, value)), name
    among = [mean_over_orders(s, lambda o, b=b: rank(o, b) <= places) for b in (0, 1)]
    np.testing.assert_allclose(ranks.by_version["recall_at_10"][0, 0], among)
    wrong = [
        mean_over_orders(s, lambda o, b=b: sum(at[1] == b for at in wrong_before_first(o)))
        for b in (0, 1)
    ]
    np.testing.assert_allclose(ranks.wrong[0, 0], wrong)
    for b in (0, 1):
        for name, earned in gains(3).items():
            of_rank = np.append(earned, np.zeros(3))
            value = mean_over_orders(s[:, [b]], lambda o, g=of_rank: g[o.index((0, 0))])
            assert ranks.between[name][0, 0, b] == pytest.approx(value), (name, b)


def test_an_encoder_of_the_language_alone_gives_chance_and_prefers_the_same_language():
    L, C = 4, 7
    questions, passages = (np.tile(np.eye(L, dtype=np.float32), (n, 1, 1)) for n in (2 * C, C))
    cells = np.ones((2 * C, L), dtype=bool)
    ranks = search(Task(questions, cells, np.arange(2 * C) % C, passages, cells[:C]))
    assert chance(ranks.sizes)["recall_at_1"] == pytest.approx(np.full(L, 1 / C))
    for name, values in ranks.between.items():
        expected = np.broadcast_to(chance(ranks.sizes)[name], values.shape)
        np.testing.assert_allclose(values, expected)
    same = np.broadcast_to(np.eye(L), ranks.by_version["first_language"].shape)
    np.testing.assert_array_equal(ranks.by_version["first_language"], same)
    np.testing.assert_allclose(ranks.by_version["crowding"], same)


def test_an_encoder_of_the_meaning_alone_prefers_no_language():
    C, L = 6, 3
    passages, present = np.repeat(np.eye(C)[:, None], L, axis=1), np.ones((C, L), dtype=bool)
    present[0, 1] = False
    passages = (passages * present[..., None]).astype(np.float32)
    ranks = search(Task(passages, present, np.arange(C), passages, present))
    assert (ranks.between["recall_at_1"][np.isfinite(ranks.gold)] == 1).all()
    np.testing.assert_array_equal(ranks.by_version["first_language"], ranks.by_version["even"])
    assert ranks.by_version["even"][0, 0].tolist()[::2] == [0.5, 0.5]


def test_a_mix_has_the_shares_that_were_asked_for():
    present = np.ones((50, 3), dtype=bool)
    shares = np.array([0.8, 0.0, 0.2])
    drawn = draw(present, shares, seed=3)
    assert drawn.sum(axis=0).tolist() == [40, 0, 10]
    assert drawn.sum(axis=1).tolist() == [1] * 50
    np.testing.assert_array_equal(draw(present, 5 * shares, seed=3), drawn)
    assert (draw(present, shares, seed=4) != drawn).any()
    present[:30, 0] = False
    present[0] = [False, True, False]
    drawn = draw(present, shares, seed=3)
    assert drawn.sum(axis=0).tolist() == [20, 0, 29]
    assert not drawn[0].any()
    assert not (drawn & ~present).any()
