"""Tries attacks on the daemon, one line each, then PASS or how many fall short.

Usage: run.py [--short] [PART...]
  review   the attacks that worked once, as Tests/faults.json has them: C, H, M and L with a number
  roles    a user of each role gives every job what is not theirs to give, on every face
  tls      testssl.sh finds nothing serious that docs/security.md has no sentence for
"""

import json
import os
import pathlib
import re
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "Attacks"), str(TESTS / "Integration"), str(TESTS)]
PARTS = ("review", "roles", "tls")


def review(is_short):
    import faults
    if not is_short:
        os.environ["CONFD_LONG_TESTS"] = "1"
    listed = {name: fault for name, fault in json.loads((TESTS / "faults.json").read_text()).items()
              if re.fullmatch(r"[CHML]\d+", name)}
    tests = dict.fromkeys(test for fault in listed.values() for test in fault.get("tests", []))
    told, short = faults.run(tests, 1 if os.environ.get("CONFD_INSTALLED") else 2), 0
    for name, fault in listed.items():
        lacking = faults.verdict(fault["tests"], told, False) if fault.get("tests") else None
        short += lacking is not None
        print(f"{name}: {lacking or ('held' if fault.get('tests') else 'open')}", flush=True)
    return short


def part(name, work):
    begin = time.monotonic()
    lacking, figures = work()
    for line in lacking:
        print(f"{name}: {line}")
    print(f"{name}: {'; '.join(['held'] * (not lacking) + [figures])}, {time.monotonic() - begin:.0f} s", flush=True)
    return len(lacking)


def main(words):
    is_short, wanted = "--short" in words, [word for word in words if word != "--short"]
    unknown = [word for word in wanted if word not in PARTS]
    if unknown:
        print(f"attacks: there is no part '{unknown[0]}'; known: {' '.join(PARTS)}", file=sys.stderr)
        return 64
    short = 0
    for name in wanted or PARTS:
        if name == "review":
            short += review(is_short)
        elif name == "roles":
            import roles
            short += part(name, lambda: roles.sweep(is_long=not is_short))
        else:
            import tls
            short += part(name, tls.scan)
    print(f"attacks: {f'{short} fall short' if short else 'PASS'}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
