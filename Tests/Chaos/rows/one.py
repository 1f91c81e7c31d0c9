"""Runs one row in this process, and says what came of it the way `running` reads it."""

import traceback

from .base import NotRun, ShortFall
from .running import CAME_TO, CODES, DID
from .results import NOT_RUN, PASSED, SHORT


def code(result):
    return next(number for number, word in CODES.items() if word == result)


def run(row):
    """The exit code."""
    def say(text):
        print(f"{DID}{one_line(text)}", flush=True)
    try:
        result, text = PASSED, row.run(say) or ""
    except NotRun as reason:
        result, text = NOT_RUN, str(reason)
    except (ShortFall, AssertionError) as short:
        traceback.print_exc()
        result, text = SHORT, str(short) or "an assertion does not hold"
    except Exception as error:
        traceback.print_exc()
        result, text = SHORT, repr(error)
    print(f"{CAME_TO}{one_line(text)[:1000]}", flush=True)
    return code(result)


def one_line(text):
    return " ".join(text.split())
