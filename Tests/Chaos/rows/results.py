"""What rows came to, kept by commit."""

import datetime
import json
import os

PASSED, SHORT, NOT_RUN = "PASS", "SHORT", "NOT RUN"


class Results:
    """Those of one commit, in a file that is written anew with each of them."""

    def __init__(self, folder, commit):
        self.commit = commit
        self.path = folder / f"faults-{commit}.json"
        self.rows = read(self.path)

    def has_passed(self, name):
        """Whether it need not be run again. What is not committed may be something else by now."""
        return not self.commit.endswith("+") and self.rows.get(name, {}).get("result") == PASSED

    def keep(self, name, result, text, seconds, did):
        self.rows[name] = {
            "result": result, "text": text, "seconds": round(seconds, 1), "did": did, "commit": self.commit,
            "at": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps({"commit": self.commit, "rows": self.rows}, indent=1) + "\n")
        new.rename(self.path)


def read(path):
    """By name; nothing for a file that is not there, or that nobody can read."""
    try:
        return json.loads(path.read_text())["rows"]
    except (OSError, ValueError, KeyError):
        return {}


def newest(folder):
    """The last result of each row, whatever commit it is of."""
    found = {}
    for path in sorted(folder.glob("faults-*.json")):
        for name, result in read(path).items():
            if name not in found or result["at"] > found[name]["at"]:
                found[name] = result
    return found
