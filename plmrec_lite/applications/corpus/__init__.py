"""A corpus of texts, too large for memory, encoded block by block on one machine or many."""
