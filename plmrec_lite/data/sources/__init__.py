"""Public data: where each set comes from, its checksums, how it is read."""
