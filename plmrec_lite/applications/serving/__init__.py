"""``plmrec-lite serve``: a saved model as a small service on one machine.

A served folder holds the model, the ids and texts of its items (``served_folder.save_service``),
and the events that came in since it was fitted (``event_log``). ``app.create_app`` answers:

====================  ============================================================================
``POST /recommend``   ``{"person": 7, "k": 10}``, or ``{"events": [50, 172], "k": 10}``
``POST /search``      ``{"query": "space horror", "k": 10}``: TF-IDF over the items' texts
``POST /event``       ``{"id": "a1", "person": 7, "item": 50, "value": 4, "time": 880000000}``
``POST /explain``     ``{"person": 7, "item": 50}``, or ``{"events": [172], "item": 50}``
``GET /health``       whether it serves, which model, how many items and events
``GET /``, ``/docs``  a page to try it, and one that describes it; both work without a network
====================  ============================================================================

Ids are the reader's own. An id is a number or a text, and counts by its text: 7 is "7". An event is
answered when it is on the disk (SQLite, WAL, synchronous=FULL); one that comes again under its id
is counted once. A new event changes the person's scores at once, for they are sums over the
person's events (``folding``); the weights stay those of the last fit.

Every error is ``{"error": {"code", "message", "cure"}}`` (``refusal``). ``gate`` limits the size
and the rate of questions and asks for the token, which is needed when others than this machine can
reach the service. Nothing that a question holds is logged.
"""
