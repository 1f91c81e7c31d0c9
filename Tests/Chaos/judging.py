"""What the histories of the members come to: one history for cluster-checker, and figures of our own."""

import json
import pathlib
import subprocess

# Behind what is needed to judge it. Events of one member keep their order.
ORDER = ("asked", "stored", "appended", "applied", "answered", "read", "unrest")


class Figures:
    """Counted from the events alone, by other means than the checker's."""

    def __init__(self):
        self.asked = 0
        self.answers = {"taken": {}, "refused": set(), "unknown": set()}
        # Entries by index: all contents that were seen there.
        self.entries = {}
        self.epochs = set()
        self.requests = {}
        self.keys = {}
        self.twice = []

    def take(self, name, body):
        match name:
            case "asked":
                self.asked += 1
            case "answered":
                if body["as"] == "taken":
                    self.answers["taken"][body["request"]] = body.get("job")
                else:
                    self.answers[body["as"]].add(body["request"])
            case "stored":
                self._store(body)

    def _store(self, entry):
        contents = self.entries.setdefault(entry["index"], set())
        if entry["content"] in contents:
            return
        contents.add(entry["content"])
        self.epochs.add(entry["epoch"])
        for fact in entry["facts"]:
            if fact.get("job") is None:
                continue
            if fact["request"] in self.requests or fact["key"] in self.keys:
                self.twice.append(fact["request"])
            self.requests[fact["request"]] = self.keys[fact["key"]] = fact["job"]

    @property
    def lost(self):
        jobs = set(self.requests.values())
        return sum(job not in jobs for job in self.answers["taken"].values())

    @property
    def ghosts(self):
        """Reported as not taken, and taken all the same."""
        return sum(request in self.requests for request in self.answers["refused"])

    @property
    def gaps(self):
        return max(self.entries, default=0) - len(self.entries)

    @property
    def duplicates(self):
        return len(self.twice) + sum(len(contents) - 1 for contents in self.entries.values())

    @property
    def unanswered(self):
        return self.asked - len(self.answers["taken"]) - len(self.answers["refused"])


def collect(folder, unrest):
    """Writes the history of all members to one file, and counts."""
    figures = Figures()
    parts = {name: [] for name in ORDER}
    for path in sorted(folder.glob("member-*/history")):
        for line in path.read_bytes().splitlines():
            (name, body), = json.loads(line).items()
            figures.take(name, body)
            parts[name].append(line)
    for text in unrest:
        parts["unrest"].append(json.dumps({"unrest": {"text": text}}).encode())
    history = folder / "history"
    with history.open("wb") as file:
        for name in ORDER:
            for line in parts[name]:
                file.write(line + b"\n")
    return history, figures


def judge(checker, history):
    """Whether the checker finds nothing wrong, and what it says."""
    done = subprocess.run([str(pathlib.Path(checker)), str(history)], capture_output=True, text=True)
    return done.returncode == 0, (done.stdout + done.stderr).strip()
