"""A language model trained end to end on behaviour."""
