"""Speed and memory of the library against its peers: ``python -m benchmarks``."""
