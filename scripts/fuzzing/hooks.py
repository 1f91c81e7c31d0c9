"""How the requests are made: loaded by schemathesis."""

import atexit
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
    if problem["code"] == "parameter-invalid" and "job_id" in problem:
        return False
    # The whole body is a patch here.
    if case.operation.label == "PATCH /exaconf":
        return problem["code"] != "parameter-invalid"
    faults = [fault["pointer"] for fault in problem.get("errors", []) if "pointer" in fault]
    return not faults or not all(pointer.startswith(BEYOND_SCHEMAS) for pointer in faults)


# What 3.0 has no words for.
BEYOND_SCHEMAS = (
    "/depends_on/",  # which jobs there are
    "/params/sha256",  # it has to agree with the text beside it
    "/params/patch",  # names and values in it are those the configuration file can hold
    "/limit",  # it stands with one action alone
    "/expires_at",  # it has to lie ahead
    "/address",  # it stands, or the number of a node does; and it is the text of an address
    "/name",  # bytes are counted, not characters
)


# Wrong logins are part of the cases, and twenty of them lock an address out: after a few, all go on from another one.
FAILURES_OF_AN_ADDRESS = 4
_failures = itertools.count(1)
_number = 2
_send = requests.adapters.HTTPAdapter.send
# The same request twice is one case.
_sent = set()


def _watched(self, request, **options):
    global _number
    if getattr(self, "number", None) != _number:
        self.number = _number
        self.poolmanager.clear()
        self.poolmanager.connection_pool_kw["source_address"] = (
            f"127.{_number >> 16 & 0x7F}.{_number >> 8 & 0xFF}.{_number & 0xFF or 1}", 0)
    headers = tuple(item for item in request.headers.items() if item[0].lower() not in GENERATED_HEADERS)
    _sent.add(hash((request.method, request.url, headers, request.body)))
    response = _send(self, request, **options)
    if response.status_code == 401 and next(_failures) % FAILURES_OF_AN_ADDRESS == 0:
        _number += 1
    return response


def _tell(path):
    with open(path, "w") as file:
        file.write(str(len(_sent)))


# What names the run or the case, and is no part of it.
GENERATED_HEADERS = {"user-agent", "x-schemathesis-testcaseid", "content-length"}

# The program that is run has it; others only look at its options.
if "CONFD_FUZZ_COUNT" in os.environ:
    requests.adapters.HTTPAdapter.send = _watched
    atexit.register(_tell, os.environ["CONFD_FUZZ_COUNT"])
