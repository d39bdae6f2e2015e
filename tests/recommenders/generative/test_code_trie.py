import numpy as np

from plmrec_lite.recommenders.generative.code_trie import CodeTrie


def test_a_small_trie_by_hand():
    trie = CodeTrie(np.array([[1, 3], [0, 3], [0, 2]]))
    assert [level.tolist() for level in trie.tokens] == [[0, 1], [2, 3, 3]]
    assert [level.tolist() for level in trie.starts] == [[0, 2], [0, 2, 3]]
    assert trie.items.tolist() == [2, 1, 0]
    parents, children = trie.children(1, np.array([1, 0]))
    assert parents.tolist() == [0, 1, 1]
    assert children.tolist() == [2, 0, 1]


def test_it_holds_the_codes_that_exist_and_no_other():
    rng = np.random.default_rng(0)
    codes = np.unique(rng.integers(0, 6, size=(300, 4)), axis=0)
    codes = rng.permutation(codes)
    trie = CodeTrie(codes)
    nodes, written = np.zeros(1, dtype=int), np.zeros((1, 0), dtype=int)
    for level in range(4):
        parents, nodes = trie.children(level, nodes)
        written = np.column_stack([written[parents], trie.tokens[level][nodes]])
        expected = np.unique(codes[:, : level + 1], axis=0)  # in lexicographic order
        np.testing.assert_array_equal(written, expected)
    np.testing.assert_array_equal(codes[trie.items[nodes]], written)
