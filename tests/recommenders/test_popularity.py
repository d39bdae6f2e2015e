from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import Popularity


def test_items_are_ranked_by_events_for_everyone():
    log = Interactions([0, 1, 2, 0, 1, 2], [1, 1, 1, 2, 2, 3], [1] * 6, range(6), 3, 4)
    model = Popularity().fit(log)
    assert model.score([0, 2]).tolist() == [[0, 3, 2, 1]] * 2
    assert model.recommend([0, 1, 2], k=2).tolist() == [[3, 0], [3, 0], [2, 0]]
