"""Rows that have the same fault happen many times: `--times` says how often."""

import os

from .base import Row

VARIABLE = "CONFD_CHAOS_TIMES"


class Repeated(Row):
    """A row that is as long as somebody wants it to be."""

    # As often as this unless somebody says otherwise; `seconds` are for so many.
    times = 20

    @property
    def count(self):
        return int(os.environ.get(VARIABLE, self.times))

    @property
    def limit(self):
        return 120 + 4 * self.seconds * max(1, self.count / self.times)
