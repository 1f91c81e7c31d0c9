"""How the requests are made: loaded by schemathesis."""

import itertools
import os

import requests
import schemathesis

LONGEST_WAIT = 1


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps cases short, and leaves out what no generator can know."""
    query, headers = case.query, case.headers
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if not is_valid:
        return
    if query and "wait" in query:
        query["wait"] = f"{LONGEST_WAIT}s"
    if headers and "Prefer" in headers:
        headers["Prefer"] = f"wait={LONGEST_WAIT}"
    # A cursor can only be had from a page of the same list; made-up ones belong to the invalid cases.
    if query:
        query.pop("cursor", None)


# Wrong logins are part of the cases, and too many of them lock an address out; this one is never tired of moving.
_numbers = itertools.count(2)
_send = requests.adapters.HTTPAdapter.send


def _from_elsewhere(self, request, **options):
    number = next(_numbers)
    self.poolmanager.clear()
    self.poolmanager.connection_pool_kw["source_address"] = (
        f"127.{number >> 16 & 0x7F}.{number >> 8 & 0xFF}.{number & 0xFF or 1}", 0)
    return _send(self, request, **options)


if os.environ.get("CONFD_FUZZ_MOVES"):
    requests.adapters.HTTPAdapter.send = _from_elsewhere
