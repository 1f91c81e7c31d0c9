"""The faults of clusters, in the order of the document."""

from . import cluster_masters as masters

ROWS = (
    masters.Killed(),
)
