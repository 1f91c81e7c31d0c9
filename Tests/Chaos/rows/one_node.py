"""The faults of one node."""

ROWS = ()
