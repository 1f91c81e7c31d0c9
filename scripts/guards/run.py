"""Runs guards on this checkout and prints one line for each failure."""

import os
import sys

import arrows
import compatible
import contract
import faults
import format
import jobs
import nodes
import openapi
import places
import proofs
import rows
import settings
import shape
import shell
import sizes
import texts
import words

GUARDS = {
    "format": format, "arrows": arrows, "words": words, "sizes": sizes, "texts": texts, "shell": shell,
    "openapi": openapi, "contract": contract, "compatible": compatible, "proofs": proofs, "jobs": jobs,
    "nodes": nodes, "settings": settings, "faults": faults, "rows": rows,
}
# Told when they are asked for.
ASKED = {"shape": shape, "places": places}


def main(names):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    known = GUARDS | ASKED
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"check: there is no guard '{unknown[0]}'; known: {' '.join(known)}", file=sys.stderr)
        return 64
    count = 0
    for name in names or GUARDS:
        for line in list(known[name].failures(root)):
            print(f"{name}: {line}")
            count += 1
    print(f"check: {count} failures" if count else "check: ok", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
