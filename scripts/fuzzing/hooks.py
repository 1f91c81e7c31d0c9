"""How the requests are made: loaded by schemathesis."""

import itertools
import os
import re

import requests
import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

LONGEST_WAIT = 1
WELL_FORMED = re.compile("[0-9]{1,9}s?")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps cases short, and leaves out what no generator can know."""
    query, headers = case.query, case.headers
    if query and WELL_FORMED.fullmatch(str(query.get("wait", ""))):
        query["wait"] = f"{LONGEST_WAIT}s"
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if not is_valid:
        return
    # Both name the revision the change is made for, so they have to agree.
    if headers and "If-Match" in headers and isinstance(case.body, dict) and "base_revision" in case.body:
        headers.pop("If-Match")
    if headers and "Prefer" in headers:
        headers["Prefer"] = f"wait={LONGEST_WAIT}"
    # A cursor can only be had from a page of the same list; made-up ones belong to the invalid cases.
    if query:
        query.pop("cursor", None)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Lets jobs decline what only they can judge: whether a text is a license, or a volume goes with its disk.

    The form of a request is the document's to tell, so a parameter that is missing or of a wrong type stays a failure,
    and so does a value refused before there was a job.
    """
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    problem = response.json()
    if problem["code"] != "parameter-invalid":
        return True
    faults = [fault["pointer"] for fault in problem.get("errors", []) if "pointer" in fault]
    names_lost_jobs = bool(faults) and all(pointer.startswith("/depends_on/") for pointer in faults)
    return "job_id" not in problem and not names_lost_jobs


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
