"""What a run comes to: a table of what was measured, with PASS or what falls short."""

import statistics

from figures import Table

# What happens before is warming up.
WARM_UP = 15 * 60
MOST_GROWTH = 2.0
MOST_MORE = 5
MOST_SLOWER = 1.2
# What clients waver by themselves, in milliseconds, and how many answers a p99 is judged by.
WAVERING = 2.0
LEAST_ANSWERS = 300


def begin_of(measured):
    """Seconds after which is judged, and what is to be said of that."""
    seconds = measured.seconds
    if measured.run["is_short"]:
        return seconds / 4, f"{seconds:.0f} s only show that all of this works: growth and times are not judged"
    if seconds < 2 * WARM_UP:
        return seconds / 4, (
            f"{seconds / 60:.0f} min are few: judged is what came after the first quarter, where memory may still be filling")
    return WARM_UP, f"judged is what came after the first {WARM_UP // 60} min of {seconds / 60:.0f}"


def slope(points):
    """By how much the second of a pair grows when the first grows by one, by least squares; 0 for less than two."""
    if len({x for x, _ in points}) < 2:
        return 0.0
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope


def quarter(samples, number):
    """The samples of the first (0) to the last (3) quarter of the time they cover."""
    begin, end = samples[0]["at"], samples[-1]["at"]
    low, high = begin + (end - begin) * number / 4, begin + (end - begin) * (number + 1) / 4
    return [sample for sample in samples if low <= sample["at"] <= high]


def memory(table, name, samples, is_judged):
    """Pages of files come and go as the machine has room, tens of megabytes at once, so they would hide a leak or look like one:
    judged is what is the process's own."""
    grows = slope([(sample["at"], sample["own"]) for sample in samples]) * 3600 / 1e6
    newest = samples[-1]
    table.add(
        f"{name}: memory of its own (now {newest['own'] / 1e6:.0f} MB, resident {newest['rss'] / 1e6:.0f})", f"{grows:+.1f} MB/h",
        f"≤ {MOST_GROWTH:g} MB/h" if is_judged else None, not is_judged or grows <= MOST_GROWTH)


def counts(table, name, samples, is_judged):
    for member in ("descriptors", "threads"):
        first, last = (statistics.median(sample[member] for sample in quarter(samples, number)) for number in (0, 3))
        table.add(
            f"{name}: {member} (now {samples[-1][member]})", f"{last - first:+.0f}",
            f"± {MOST_MORE}" if is_judged else None, not is_judged or abs(last - first) <= MOST_MORE)


def processes(table, measured, begin, is_judged):
    for node, process in measured.processes:
        name, samples = f"n{node} {process}", measured.of(node, process, begin)
        numbers = {sample["number"] for sample in measured.of(node, process)}
        table.add(f"{name}: processes", str(len(numbers)), "1", len(numbers) == 1)
        if len(samples) < 4:
            table.add(f"{name}: samples", str(len(samples)), "≥ 4", False)
            continue
        memory(table, name, samples, is_judged)
        counts(table, name, samples, is_judged)
        spent, passed = samples[-1]["cpu"] - samples[0]["cpu"], samples[-1]["at"] - samples[0]["at"]
        table.add(f"{name}: processor", f"{100 * spent / passed:.0f} %")
        table.add(
            f"{name}: disk (now {samples[-1]['disk'] / 1e6:.0f} MB)",
            f"{slope([(sample['at'], sample['disk']) for sample in samples]) * 3600 / 1e6:+.0f} MB/h")


def times(table, measured, begin, is_judged):
    length = (measured.seconds - begin) / 4
    for kind in measured.kinds:
        whole = measured.histogram(kind, begin, measured.seconds)
        first = measured.histogram(kind, begin, begin + length)
        last = measured.histogram(kind, measured.seconds - length, measured.seconds)
        name = f"{kind} (p50 {milliseconds(whole.quantile(0.5))}, p99 {milliseconds(whole.quantile(0.99))}, {whole.total} times)"
        if not is_judged or min(first.total, last.total) < LEAST_ANSWERS:
            table.add(name, "-" if not is_judged else f"fewer than {LEAST_ANSWERS} a quarter")
            continue
        before, after = first.quantile(0.99), last.quantile(0.99)
        table.add(
            f"{name}: last quarter over the first", f"{after / before:.2f}", f"≤ {MOST_SLOWER:g}",
            after <= max(MOST_SLOWER * before, before + WAVERING))


def milliseconds(value):
    return "-" if value is None else f"{value:.1f} ms"


def promises(table, measured):
    """What was acknowledged; a run that was interrupted has not looked."""
    if measured.end is None:
        table.add("what was acknowledged", "not looked at: it was interrupted", "all there", False)
        return
    for row in measured.end["promises"]:
        table.add(row["what"], f"{row['lost']} of {row['count']} lost", "0 lost", not row["lost"])
    for what in measured.end["missing"]:
        table.add(what, "never came", "at least once", False)
    faults = measured.end["faults"]
    table.add("requests without the answer they should have", str(len(faults)), "0", not faults)
    table.add("requests that were repeated, as another node decided by then", str(measured.end["repeated"]))


def judge(measured):
    """The table, and what is to be said of the time that was judged."""
    table = Table()
    is_judged = not measured.run["is_short"]
    begin, said = begin_of(measured)
    processes(table, measured, begin, is_judged)
    times(table, measured, begin, is_judged)
    promises(table, measured)
    return table, said
