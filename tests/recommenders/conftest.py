"""Its folder is found by the tests of folders below: `tiny_tower` is for all of them."""
