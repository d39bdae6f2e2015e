"""A network that is trained to do without the events of an item."""
