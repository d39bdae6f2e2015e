from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array

from plmrec_lite.applications.social import neighbourhoods
from plmrec_lite.applications.social.neighbourhoods import (
    adamic_adar,
    common_neighbours,
    links,
    walk_vectors,
    walks,
)
from plmrec_lite.training import Training

GRAPH = nx.gnp_random_graph(25, 0.15, seed=3)
GRAPH.add_nodes_from([25, 26])  # two who know nobody
A = nx.to_numpy_array(GRAPH)
PAIRS = [(u, v) for u in GRAPH for v in GRAPH if u < v]


def test_links_are_symmetric_and_unweighted():
    counts = csr_array(np.array([[3.0, 2, 0], [0, 0, 0], [1, 0, 0]]))
    assert links(counts).tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]


def test_common_neighbours_are_those_of_networkx():
    found = common_neighbours(A)
    for u, v in PAIRS:
        assert found[u, v] == found[v, u] == len(list(nx.common_neighbors(GRAPH, u, v)))


def test_adamic_adar_is_that_of_networkx():
    found = adamic_adar(A)
    for u, v, wanted in nx.adamic_adar_index(GRAPH, PAIRS):
        assert found[u, v] == pytest.approx(wanted, abs=1e-12)
        assert found[v, u] == pytest.approx(wanted, abs=1e-12)
    assert (np.diag(found) == 0).all()


def test_walks_follow_links_and_begin_everywhere():
    paths = walks(A, n_walks=4, length=6, seed=1)
    for path in paths:
        assert len(path) == 6
        assert all(A[u, v] for u, v in pairwise(path))
    starts = np.bincount([path[0] for path in paths], minlength=27)
    assert starts.tolist() == [4 * (degree > 0) for degree in A.sum(axis=1)]
    again, other = walks(A, 4, 6, seed=1), walks(A, 4, 6, seed=2)
    assert np.array_equal(paths, again)
    assert not np.array_equal(paths, other)


def test_each_neighbour_is_as_likely():
    star = np.zeros((5, 5))
    star[0, 1:] = star[1:, 0] = 1
    second = [path[1] for path in walks(star, n_walks=4000, length=2) if path[0] == 0]
    assert np.abs(np.bincount(second)[1:] / 4000 - 0.25).max() < 0.03


def test_vectors_of_a_camp_are_alike():
    camps = np.kron(np.eye(2), np.ones((8, 8)))
    camps[0, 8] = camps[8, 0] = 1  # one who knows one of the other camp
    np.fill_diagonal(camps, 0)
    camps = np.pad(camps, (0, 1))
    quick = Training(n_epochs=8, batch_size=512, learning_rate=0.03, weight_decay=0.0)
    V = walk_vectors(camps, 8, settings=quick)
    alike = V @ V.T
    within = alike[:8, :8][~np.eye(8, dtype=bool)].mean()
    assert within > alike[:8, 8:16].mean() + 0.3
    np.testing.assert_allclose(np.linalg.norm(V[:16], axis=1), 1)
    assert (V[16] == 0).all()
    assert (walk_vectors(camps, 8, settings=quick) == V).all()
    assert (walk_vectors(camps, 8, settings=quick, seed=1) != V).any()


def test_the_seed_is_of_walks_and_of_training(monkeypatch):
    quick = Training(n_epochs=1, batch_size=512, learning_rate=0.03)
    one = walks(A, n_walks=2, seed=5)
    monkeypatch.setattr(neighbourhoods, "walks", lambda A, seed, **options: one)
    same = [walk_vectors(A, 4, settings=quick, seed=seed) for seed in (5, 5, 6)]
    assert (same[0] == same[1]).all()
    assert (same[0] != same[2]).any()
    monkeypatch.undo()
    drawn = []
    monkeypatch.setattr(
        neighbourhoods, "walks", lambda A, seed, **options: drawn.append(seed) or one
    )
    walk_vectors(A, 4, settings=quick, seed=6)
    assert drawn == [6]


def test_nobody_is_left_out_of_the_skip_gram(monkeypatch):
    """Its own defaults drop words that are rare, and some of those that are frequent."""
    handed, fit = {}, neighbourhoods.SkipGram.fit

    def spy(paths, settings, **options):
        handed.update(options)
        return fit(paths, settings, **options)

    monkeypatch.setattr(neighbourhoods.SkipGram, "fit", spy)
    quick = Training(n_epochs=1, batch_size=512)
    V = walk_vectors(A, 4, window=1, settings=quick, n_walks=1, length=2)
    assert handed == {"d_model": 4, "window": 1, "min_count": 1, "subsample": 1}
    assert (np.abs(V).sum(axis=1) > 0).tolist() == (A.sum(axis=1) > 0).tolist()


@pytest.mark.parametrize(
    ("settings", "words"), [({"n_walks": 0}, "n_walks=0"), ({"length": 1}, "length=1")]
)
def test_settings_out_of_range_are_named(settings, words):
    with pytest.raises(ValueError, match=words):
        walks(A, **settings)


def test_a_graph_without_links_has_no_walks():
    assert walks(np.zeros((3, 3))) == []
    with pytest.raises(ValueError, match="no two neighbours"):
        walk_vectors(np.zeros((3, 3)))
