"""Threads for people and people for people: what time, graph and words tell of each."""
