"""A picture of a run: memory, descriptors, threads, disk and times over its hours, as SVG that is readable in light and dark."""

import html
import math

from samples import Histogram

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP = 900, 180, 70, 190, 40, 46
# Of so many stretches are the times of answers, so that a p99 is one.
STRETCHES = 60
COLOURS = (
    ("#1f5fa8", "#7fb4ee"), ("#b3541e", "#f0a36f"), ("#2e7d32", "#86c98a"), ("#8e24aa", "#d79be6"), ("#a1770a", "#e3c15a"),
    ("#00796b", "#6fcfc2"), ("#c2185b", "#f591b5"), ("#5d4037", "#c5a999"), ("#455a64", "#a9bcc6"), ("#6a7d00", "#c4d45c"),
    ("#d32f2f", "#f28b8b"), ("#303f9f", "#a3aef0"), ("#ef6c00", "#ffc27a"), ("#00838f", "#7fd9e2"))


def style():
    def colours(which):
        return "".join(f".s{number}{{stroke:{pair[which]}}}.t{number}{{fill:{pair[which]}}}" for number, pair in enumerate(COLOURS))
    return (
        "text{font:12px system-ui,sans-serif;fill:#222}.name{font-weight:600;font-size:13px}.grid{stroke:#bbb;stroke-width:.5}"
        ".line{fill:none;stroke-width:1.5}.back{fill:#fff}" + colours(0)
        + "@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#555}.back{fill:#161616}" + colours(1) + "}")


def panels(measured):
    """Name, unit and series of each part; a series is a name and its points, pairs of seconds and value."""
    def of(member, divisor, processes=("daemon", "etcd")):
        return [(f"n{node} {process}", [(sample["at"], sample[member] / divisor) for sample in measured.of(node, process)])
                for node, process in measured.processes if process in processes]
    yield "Memory, resident", "MB", of("rss", 1e6)
    yield "Memory of its own", "MB", of("own", 1e6)
    yield "Descriptors", "", of("descriptors", 1)
    yield "Threads", "", of("threads", 1)
    yield "Disk", "MB", of("disk", 1e6)
    yield "Answers, p99", "ms", [(kind, quantiles(measured, kind, 0.99)) for kind in measured.kinds]
    yield "Answers, p50", "ms", [(kind, quantiles(measured, kind, 0.5)) for kind in measured.kinds]


def quantiles(measured, kind, part):
    length = max(measured.seconds / STRETCHES, 1e-9)
    stretches = {}
    for at, other, histogram in measured.times:
        if other == kind:
            stretches.setdefault(min(STRETCHES - 1, int(at / length)), Histogram()).merge(histogram)
    return [((number + 0.5) * length, histogram.quantile(part)) for number, histogram in sorted(stretches.items())]


def ceiling(value):
    """The next round number: 1, 2 or 5 with zeros."""
    size = 1e-3
    while True:
        for digit in (1, 2, 5):
            if digit * size >= value:
                return digit * size
        size *= 10


class Linear:
    """From 0 to a round number."""

    def __init__(self, values):
        self.top = ceiling(max(values, default=1) or 1)
        self.marks = (0, self.top / 2, self.top)

    def part(self, value):
        return value / self.top


class Logarithmic:
    """From one power of ten to another: what is quick stands beside what takes long."""

    def __init__(self, values):
        self.low = math.floor(math.log10(min(values, default=1)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values, default=1))))
        self.marks = [10 ** power for power in range(self.low, self.high + 1)]

    def part(self, value):
        return (math.log10(value) - self.low) / (self.high - self.low)


def duration(seconds, whole):
    """A moment of a run as it is written below it."""
    size, unit = (3600, "h") if whole >= 7200 else (60, "min") if whole >= 240 else (1, "s")
    return f"{seconds / size:.3g} {unit}"


def panel(y, name, unit, series, seconds):
    values = [value for _, points in series for _, value in points]
    scale = Logarithmic(values) if unit == "ms" else Linear(values)
    yield f'<text class="name" x="{LEFT}" y="{y - 8}">{html.escape(name)}{f" in {unit}" if unit else ""}</text>'
    for mark in scale.marks:
        at = y + HEIGHT * (1 - scale.part(mark))
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{mark:g}</text>'
    for number in range(5):
        x = LEFT + (WIDTH - LEFT - RIGHT) * number / 4
        text = duration(seconds * number / 4, seconds)
        yield f'<text x="{x:.0f}" y="{y + HEIGHT + 16}" text-anchor="middle">{text}</text>'
    for number, (label, points) in enumerate(series):
        colour = number % len(COLOURS)
        path = " ".join(
            f"{LEFT + (WIDTH - LEFT - RIGHT) * at / seconds:.1f},{y + HEIGHT * (1 - scale.part(value)):.1f}"
            for at, value in points)
        yield f'<polyline class="line s{colour}" points="{path}"/>'
        yield f'<text class="t{colour}" x="{WIDTH - RIGHT + 12}" y="{y + 4 + number * 13}">{html.escape(label)}</text>'


def draw(measured):
    """The picture of a run, also of one that was interrupted."""
    seconds = max(measured.seconds, 1)
    run, lines, y = measured.run, [], TOP + 24
    for name, unit, series in panels(measured):
        lines += panel(y, name, unit, series, seconds)
        y += max(HEIGHT, 13 * len(series)) + GAP
    title = f"{run['nodes']} node{'s'[:run['nodes'] != 1]}, {duration(seconds, seconds)}, commit {run['commit'][:12]}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" aria-label="{html.escape(title)}">',
        f"<style>{style()}</style>", '<rect class="back" width="100%" height="100%"/>',
        f'<text class="name" x="{LEFT}" y="24">{html.escape(title)}</text>', *lines, "</svg>"]) + "\n"
