"""Who may enter and read what of an installation."""

import json
import os
import pathlib
import stat
import subprocess
import sys

# Others pass these, below the root; whatever else there is, is for one account.
PASSAGES = {
    ".", "data", "data/volumes", "data/bucketfs", "logs", "logs/databases", "spool", "spool/databases"}
# An account that is in no group of anybody's.
STRANGER = 65_533

# Run as a stranger: which of the paths on standard input can be entered, listed, read.
LOOK = """
import json, os, sys
found = {"entered": [], "listed": [], "read": []}
for path, kind in json.load(sys.stdin):
    if kind == "folder":
        if os.access(path, os.X_OK): found["entered"].append(path)
        if os.access(path, os.R_OK): found["listed"].append(path)
    elif os.access(path, os.R_OK): found["read"].append(path)
json.dump(found, sys.stdout)
"""


def contents(root):
    """Every path below a root that is the product's, with its kind; not what users put there."""
    yield ".", "folder"
    for folder, folders, files in os.walk(root):
        below = pathlib.Path(folder).relative_to(root)
        folders[:] = [name for name in folders if str(below / name) != "jobs.d"]
        for name in folders:
            yield str(below / name), "folder"
        for name in files:
            if stat.S_ISREG(os.lstat(f"{folder}/{name}").st_mode):
                yield str(below / name), "file"


def faults(root, is_reachable=True):
    """What is not as it has to be, one sentence each; others need not get as far as a root that is not reachable."""
    root = os.path.realpath(root)
    found, told = list(contents(root)), []
    for path, kind in found:
        mode = stat.S_IMODE(os.lstat(f"{root}/{path}").st_mode)
        if kind == "folder":
            wanted = 0o711 if path in PASSAGES else 0o700
            if mode != wanted:
                told.append(f"{path} has mode {mode:04o}, not {wanted:04o}")
        elif mode & 0o007 and not path.startswith("etc/ssl/"):
            told.append(f"{path} has mode {mode:04o}")
    if os.geteuid() == 0:
        told += [line for line in seen(root, found) if is_reachable or "cannot" not in line]
    return told


def seen(root, found):
    """What a stranger finds other than the table says."""
    done = subprocess.run(
        ["setpriv", "--reuid", str(STRANGER), "--regid", str(STRANGER), "--clear-groups", sys.executable, "-c", LOOK],
        cwd="/", input=json.dumps([(os.path.normpath(f"{root}/{path}"), kind) for path, kind in found]), text=True,
        capture_output=True, check=True)
    can = json.loads(done.stdout)
    folders = {os.path.normpath(f"{root}/{path}") for path in PASSAGES}
    told = [f"a stranger cannot enter {path}" for path in sorted(folders - set(can["entered"]))]
    told += [f"a stranger enters {path}" for path in sorted(set(can["entered"]) - folders)]
    return told + [f"a stranger reads {path}" for path in can["listed"] + can["read"]]
