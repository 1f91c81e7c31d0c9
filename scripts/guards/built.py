"""The program of this checkout, when it has been built."""

import os
import subprocess


def program(root):
    place = os.path.join(root, ".build/debug/confd")
    return place if os.access(place, os.X_OK) else None


def printed(program, form):
    """The document as the program prints it: yaml, json or json-3.1."""
    return output(program, "openapi", "--form", form)


def output(program, *words):
    """What the program prints for a command that needs no installation."""
    run = subprocess.run([program, *words], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"'confd {' '.join(words)}' failed: {run.stderr.strip()[:200]}")
    return run.stdout
