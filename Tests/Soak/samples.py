"""What was measured of a run: lines of JSON in a file to which every sample is added at once, so that a run that was ended is read
as far as it came."""

import json
import math

# How far apart two borders of a histogram are, as a ratio: times are told apart by a fiftieth.
STEP = 1.02


class Histogram:
    """How often answers took how long; in as little room whatever their number."""

    def __init__(self, counts=()):
        self.counts = {int(place): count for place, count in dict(counts).items()}

    def add(self, seconds):
        place = math.ceil(math.log(max(seconds, 1e-6) * 1e6, STEP))
        self.counts[place] = self.counts.get(place, 0) + 1

    def merge(self, other):
        for place, count in other.counts.items():
            self.counts[place] = self.counts.get(place, 0) + count

    @property
    def total(self):
        return sum(self.counts.values())

    def quantile(self, part):
        """Milliseconds within which this part of all answers came; None when there was none."""
        wanted, seen = part * self.total, 0
        for place, count in sorted(self.counts.items()):
            seen += count
            if seen >= wanted:
                return STEP ** place / 1000
        return None


class Recorder:
    """Adds lines to a file. `run` says what was run, as `Measured.run` has it."""

    def __init__(self, path, run):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("a")
        self.add("run", run)

    def add(self, name, body):
        self.file.write(json.dumps({name: body}) + "\n")
        self.file.flush()

    def close(self):
        self.file.close()


class Measured:
    """One run as its file has it.

    `run` is what was run: commit, nodes, minutes, is_short. `samples` are those of processes: at (seconds from the beginning of
    the load), node, process, number, rss, own, descriptors, threads, cpu, disk. `times` are triples of seconds, kind and
    histogram. `end` is what became of all that was acknowledged; None for a run that was interrupted.
    """

    def __init__(self, run):
        self.run, self.samples, self.times, self.end = run, [], [], None

    @classmethod
    def read(cls, path):
        """The last run of a file. Raises ValueError for one without any."""
        found = None
        for line in path.read_text().splitlines(keepends=True):
            # A last line without its end was being written.
            if not line.endswith("\n"):
                continue
            ((name, body),) = json.loads(line).items()
            if name == "run":
                found = cls(body)
            elif found:
                found.take(name, body)
        if not found:
            raise ValueError(f"{path} has no run")
        return found

    def take(self, name, body):
        if name == "sample":
            self.samples.append(body)
        elif name == "times":
            self.times += [(body["at"], kind, Histogram(counts)) for kind, counts in body["kinds"].items()]
        elif name == "end":
            self.end = body

    @property
    def seconds(self):
        """How long the load was measured."""
        return max([sample["at"] for sample in self.samples] + [at for at, _, _ in self.times], default=0)

    @property
    def processes(self):
        """Pairs of node and process, in their order."""
        return sorted({(sample["node"], sample["process"]) for sample in self.samples})

    def of(self, node, process, begin=0):
        """The samples of one process from a moment on."""
        return [sample for sample in self.samples
                if (sample["node"], sample["process"]) == (node, process) and sample["at"] >= begin]

    @property
    def kinds(self):
        return sorted({kind for _, kind, _ in self.times})

    def histogram(self, kind, begin, end):
        """All answers of a kind within some time."""
        merged = Histogram()
        for at, other, histogram in self.times:
            if other == kind and begin <= at <= end:
                merged.merge(histogram)
        return merged
