"""Measures the daemon beside its peers, in rounds that take turns; medians and ratios are printed and kept as JSON."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import statistics
import sys
import time

import limits
import mixed
import walk
from cases import Cases, PeerCases
from daemon import Daemon
from goals import Results, judge
from peers import Etcd, Nginx, SimpleServer, Supervisord, versions

PROGRAM = pathlib.Path(os.environ["CONFD_PROGRAM"])
# Earlier versions held users back; without this they would answer 429. It means nothing to later ones.
EARLIER = {"CONFD_LIMITS_REQUESTS_PER_SECOND": "0", "CONFD_LIMITS_SUBMISSIONS_PER_SECOND": "0"}


def idle_share(seconds=2):
    """The share of this machine's processors that nobody used for a while."""
    def look():
        fields = [int(field) for field in open("/proc/stat").readline().split()[1:9]]
        return fields[3] + fields[4], sum(fields)
    idle, total = look()
    time.sleep(seconds)
    later, whole = look()
    return (later - idle) / max(whole - total, 1)


def flush_time(folder, count=100):
    """The median time in ms this disk takes to make 4 KiB durable: what every change waits for several times."""
    times = []
    with open(folder / "flush", "wb", buffering=0) as file:
        for _ in range(count):
            file.write(bytes(4096))
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


def report(results):
    print("| what | clients | requests/s | p50 ms | p99 ms | CPU µs | switches: given up | taken away |")
    print("|---|---|---|---|---|---|---|---|")
    rows = []
    for name, clients in results.runs:
        row = {figure: results.median(name, clients, figure)
               for figure in ("rate", "p50", "p99", "cpu", "voluntary", "involuntary")}
        print(f"| {name} | {clients} | {row['rate']:,.0f} | {row['p50']:.2f} | {row['p99']:.2f} | {row['cpu']:.0f} | "
              f"{row['voluntary']:.2f} | {row['involuntary']:.2f} |")
        rows.append({"what": name, "clients": clients, **row})
    print("\nCPU and context switches are the server's, each request.")
    return rows


# What this build may lose beside another one: of a rate, and of processor time for a request.
SLOWEST, DEAREST = 0.95, 1.05


def compare(results, earlier, name):
    """Prints each case of this build against the other one, round by round."""
    rows = []
    print(f"\n| what | clients | rate against {name} | lowest | highest | CPU against it | |\n|---|---|---|---|---|---|---|")
    for case, clients in earlier.runs:
        pairs = list(zip(results.runs[case, clients], earlier.runs[case, clients]))
        ratios = [one.rate / two.rate for one, two in pairs]
        row = {"what": case, "clients": clients, "ratio": statistics.median(ratios), "lowest": min(ratios),
               "highest": max(ratios), "cpu": statistics.median(one.cpu / two.cpu for one, two in pairs)}
        row["verdict"] = "PASS" if row["ratio"] >= SLOWEST and row["cpu"] <= DEAREST else "short"
        print(f"| {case} | {clients} | {row['ratio']:.2f} | {row['lowest']:.2f} | {row['highest']:.2f} | "
              f"{row['cpu']:.2f} | {row['verdict']} |")
        rows.append(row)
    return rows


def measure(options, facts):
    results, earlier = Results(), Results()
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(Daemon(PROGRAM))
        starts = []
        for _ in range(3):
            daemon.stop()
            starts.append(daemon.start().seconds)
        facts["start_ms"] = statistics.median(starts) * 1000
        time.sleep(3)
        facts["idle_mib"] = daemon.memory()
        cases = Cases(daemon, options.seconds)
        facts["connection_kib"] = cases.memory_of_a_connection()
        facts["body_bytes"] = len(cases.content)
        peers = PeerCases(
            stack.enter_context(Nginx(cases.content, *daemon.certificate)),
            stack.enter_context(SimpleServer(*daemon.certificate)), stack.enter_context(Etcd(*daemon.certificate)),
            stack.enter_context(Supervisord()), cases)
        other = None
        if options.against:
            other = Cases(stack.enter_context(Daemon(options.against, EARLIER)), options.seconds)
        flushes = []
        for number in range(options.rounds):
            flushes.append(flush_time(daemon.folder))
            runs = [(results, case) for case in peers.all()]
            for place, case in enumerate(cases.all()):
                runs.append((results, case))
                if other:
                    pair = list(other.all())[place]
                    # Who comes first takes turns, too.
                    runs.insert(len(runs) - number % 2, (earlier, pair))
            for target, (name, clients, run) in runs:
                if not options.only or options.only in name:
                    print(f"round {number + 1}: {name}, {clients} clients", file=sys.stderr)
                    target.add(name, clients, run())
        facts["flush_ms"] = statistics.median(flushes)
        time.sleep(5)
        facts["after_mib"], facts["revisions"] = daemon.memory(), daemon.revision()
    return results, earlier


def describe(options, facts):
    facts |= {
        "commit": options.commit, "program": str(PROGRAM), "against": str(options.against or ""),
        "processors": os.cpu_count(), "machine": platform.machine(), "rounds": options.rounds,
        "seconds": options.seconds, "idle_before": idle_share(), "load_before": os.getloadavg()[0],
        "versions": versions()}
    print(f"Commit {options.commit}; {', '.join(f'{name} {version}' for name, version in facts['versions'].items())}.")
    print(f"{facts['processors']} processors ({facts['machine']}), {facts['idle_before']:.0%} idle before the run; "
          f"{options.rounds} rounds of {options.seconds} s, medians; the load generator on the same processors.\n")


def parsed():
    arguments = argparse.ArgumentParser(prog="scripts/benchmark")
    arguments.add_argument("--quick", action="store_true", help="one short round, under two minutes")
    arguments.add_argument("--limits", action="store_true", help="whether a load slows its user or somebody else")
    arguments.add_argument("--walk", action="store_true", help="what a change does on its way, by the kernel's trace")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=4)
    arguments.add_argument("--only", help="run only cases with this in their name")
    arguments.add_argument("--jobs", type=int, default=1000, help="how many mixed jobs are run on each way; 0 for none")
    arguments.add_argument("--json", type=pathlib.Path, help="where the figures are kept")
    arguments.add_argument("--against", type=pathlib.Path, help=argparse.SUPPRESS)
    arguments.add_argument("--commit", default="unknown", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.quick:
        # One round of a pair says nothing.
        options.rounds, options.seconds, options.jobs = 3 if options.against else 1, 2, 0
    return options


def main():
    options, facts = parsed(), {}
    if options.walk:
        sys.exit(1 if walk.walk(PROGRAM) else 0)
    describe(options, facts)
    if options.limits:
        found = {"limits": limits.measure(PROGRAM, 5 if options.quick else 11)}
        falls_short = any(row["verdict"] == "short" for row in found["limits"])
    else:
        results, earlier = measure(options, facts)
        found = {"cases": report(results), "goals": judge(results, facts)}
        if options.against:
            found["against"] = compare(results, earlier, options.against)
        if options.jobs and not options.only:
            with Daemon(PROGRAM) as daemon:
                mixed.report(daemon, options.jobs)
        falls_short = any(row["verdict"] == "short" for row in found["against" if options.against else "goals"])
    print(f"\nload {facts['load_before']:.1f} before and {os.getloadavg()[0]:.1f} after.")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(facts | found, indent=1) + "\n")
        print(f"kept in {options.json}")
    print("short" if falls_short else "PASS")
    sys.exit(1 if falls_short else 0)


if __name__ == "__main__":
    main()
