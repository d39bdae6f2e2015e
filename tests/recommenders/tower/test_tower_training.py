import numpy as np
from scipy.sparse import csr_array
from tiny_tower import tiny_tower

from plmrec_lite.data import Interactions
from plmrec_lite.recommenders.tower.training import train_tower
from plmrec_lite.text.upper_layers import lower_states


def test_too_few_items_train_nothing_and_four_do():
    users, items = np.nonzero(np.ones((3, 4)))
    log = Interactions(users, items, np.ones(12), np.arange(12), 3, 26)
    tower = tiny_tower(n_steps=0).fit(log)
    lower = lower_states(tower.encoder_, tower.texts, tower.n_layers, tower.max_length)
    few = csr_array((np.ones(3), ([0, 1, 2], [0, 1, 2])), shape=(3, 26))
    assert train_tower(tower.upper_, lower, few).size == 0
    losses = train_tower(tower.upper_, lower, log.matrix(), n_steps=2, batch_size=4)
    assert losses.shape == (2,)
    assert np.isfinite(losses).all()
