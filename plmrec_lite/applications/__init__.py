"""Applications: what a reader can do with the models."""
