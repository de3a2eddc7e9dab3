"""Use cases: answering, history, settings, keys, egress. No Qt, no concrete plug."""
