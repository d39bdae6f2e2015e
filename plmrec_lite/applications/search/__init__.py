"""A shop's search box: words, vectors, both, and a person's own order."""
