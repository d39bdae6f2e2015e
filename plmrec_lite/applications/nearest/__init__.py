"""The nearest vectors, on one machine: a store that survives a restart, and its index file."""
