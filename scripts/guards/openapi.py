"""The OpenAPI document that is checked in is the one the daemon makes."""

import difflib
import os
import subprocess

DOCUMENT = "openapi/confd.yaml"


def failures(root):
    """None when nothing has been built: the document is made by the program itself."""
    program = os.path.join(root, ".build/debug/confd")
    if not os.access(program, os.X_OK):
        return []
    run = subprocess.run([program, "openapi"], capture_output=True, text=True)
    if run.returncode != 0:
        return [f"{DOCUMENT}: '.build/debug/confd openapi' failed: {run.stderr.strip()[:200]}"]
    try:
        with open(os.path.join(root, DOCUMENT), encoding="utf-8") as file:
            kept = file.read()
    except OSError:
        return [f"{DOCUMENT}: missing; make it with '.build/debug/confd openapi > {DOCUMENT}'"]
    lines = difflib.unified_diff(kept.splitlines(), run.stdout.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    if not changed:
        return []
    return [
        f"{DOCUMENT}: {len(changed)} lines differ from '.build/debug/confd openapi > {DOCUMENT}', "
        f"the first is: {changed[0][:100]}"
    ]
