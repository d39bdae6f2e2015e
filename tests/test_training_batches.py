import numpy as np
import pytest
import torch

from plmrec_lite.training import RowBatches, whole_batches


def test_batches_hold_each_row_at_most_once_and_keep_pairs():
    batches = RowBatches({"words": np.arange(10), "pictures": np.arange(10) * 2}, 4, seed=3)
    seen = list(batches.epoch(0))
    assert len(seen) == len(batches) == 2
    rows = torch.cat([batch["words"] for batch in seen])
    assert len(set(rows.tolist())) == 8
    assert all((batch["pictures"] == 2 * batch["words"]).all() for batch in seen)
    again, other = (torch.cat([b["words"] for b in batches.epoch(n)]) for n in (0, 1))
    assert torch.equal(rows, again) and not torch.equal(rows, other)
    small = RowBatches({"words": np.arange(3)}, 100)
    assert len(small) == 1 and len(next(small.epoch(0))["words"]) == 3


@pytest.mark.parametrize("columns", [{"a": np.zeros(2), "b": np.zeros(3)}, {"a": np.zeros(0)}])
def test_rows_that_do_not_fit_are_refused(columns):
    with pytest.raises(ValueError, match="give one row each, at least one"):
        RowBatches(columns, 2)


def test_what_is_shared_goes_to_each_batch_whole():
    shared = {"table": torch.arange(9)}
    batches = list(RowBatches({"words": np.arange(6)}, 2, shared=shared).epoch(0))
    assert len(batches) == 3
    assert all(batch["shared"] is shared for batch in batches)
    assert "shared" not in next(RowBatches({"words": np.arange(6)}, 2).epoch(0))


@pytest.mark.parametrize(("n", "sizes"), [(6, [3, 3]), (8, [3, 3]), (2, [2])])
def test_whole_batches_leave_what_does_not_fill_one(n, sizes):
    order = np.random.default_rng(0).permutation(n)
    batches = whole_batches(order, 3)
    assert [len(rows) for rows in batches] == sizes
    assert np.concatenate(batches).tolist() == order[: sum(sizes)].tolist()
