"""Runs a client's scenario against a daemon of its own: run.py LANGUAGE COMMAND...

The scenario prints a line `ok STEP` for each step it has passed; all steps have to be there.
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Integration"))

from daemon import PASSWORD, Daemon  # noqa: E402  (the path comes first)

STEPS = ("basic", "session", "job", "result", "pages", "forbidden", "conflict", "events")
# Shown where CI looks each time.
MORE = {"python": ("typed",), "typescript": ("typed",)}
DEADLINE = 120


def main(language, command):
    with Daemon() as daemon:
        client = daemon.rest()
        created = client.job(
            "user_create", username="guest", userid=4711, group="exausers", login_enabled=True, password=PASSWORD)
        if created.get("outcome") != "ok":
            raise AssertionError(f"no guest: {created}")
        variables = {
            "CONFD_URL": daemon.url, "CONFD_CERTIFICATE": str(daemon.root / "etc/ssl/ssl.crt"),
            "CONFD_USER": "admin", "CONFD_GUEST": "guest", "CONFD_PASSWORD": PASSWORD,
        }
        run = subprocess.run(
            command, env=os.environ | variables, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=DEADLINE)
    passed = [line.removeprefix("ok ") for line in run.stdout.splitlines() if line.startswith("ok ")]
    steps = STEPS + MORE.get(language, ())
    missing = [step for step in steps if step not in passed]
    if run.returncode or missing:
        print(run.stdout + run.stderr, file=sys.stderr)
        print(f"bindings: {language}: FAILED (exit {run.returncode}), without: {', '.join(missing) or 'nothing'}")
        return 1
    print(f"bindings: {language}: {len(steps)} of {len(steps)} steps")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
