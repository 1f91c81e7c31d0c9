"""Swift files have the one format, and none of the habits the formatter's rules forbid."""

import os
import subprocess


def failures(root, configuration=None):
    configuration = configuration or os.path.join(root, ".swift-format")
    places = [name for name in ("Sources", "Tests", "Package.swift") if os.path.exists(os.path.join(root, name))]
    command = ["swift", "format", "lint", "--strict", "--recursive", "--parallel", "--configuration", configuration]
    try:
        run = subprocess.run(command + places, cwd=root, capture_output=True, text=True)
    except FileNotFoundError:
        return ["swift is missing: it has to be on the PATH"]
    if run.returncode == 0:
        return []
    lines = [line.replace(root + "/", "") for line in run.stderr.split("\n")]
    found = [line for line in lines if ": error:" in line or ": warning:" in line or line.startswith("error:")]
    return found or ["swift format failed: " + run.stderr.strip()[:300]]
