"""The table of faults. A row is a class in a file of this package, and one line in the list of its kind."""

from . import clusters, one_node

ROWS = (*clusters.ROWS, *one_node.ROWS)
