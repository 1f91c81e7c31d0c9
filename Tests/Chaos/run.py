"""Three etcds and three members of a cluster live through faults at random, and what came of it is judged. See scripts/chaos."""

import argparse
import datetime
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

from faults import inflict, long_cut
from judging import collect, judge
from network import PREFIX, network
from processes import Cluster, PAIRS


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def live(options, folder, seed):
    """Lets a cluster live in a folder; what was done to it, and what is wrong with it at the end."""
    wrong = []
    web = network(options.network, PAIRS)
    cluster = Cluster(folder, web, options.programs / "chaos-member",
                      ["--pause", str(options.pause), *(["--mistake", options.mistake] if options.mistake else [])])
    try:
        say(f"seed {seed}, {options.minutes:g} minutes, {web.name}")
        cluster.start()
        counts, fallen = inflict(cluster, random.Random(seed), options.minutes * 60, options.longest_cut, say)
        wrong += fallen
        if options.longest_cut and long_cut(options.longest_cut) not in counts:
            wrong.append(f"no {long_cut(options.longest_cut)}")
        say("all is well again")
        if obstacle := cluster.calm(90):
            wrong.append(obstacle)
        else:
            digests = {pair: member.ask("digest", 60) for pair, member in cluster.members.items()}
            if len(set(digests.values())) != 1 or None in digests.values():
                wrong.append(f"the members have different states: {digests}")
        for member in cluster.members.values():
            if not member.end():
                wrong.append(f"{member.name} did not end")
    finally:
        cluster.close()
        web.close()
    return web.name, counts, wrong


def short_of(figures, passed, said, wrong):
    """What falls short, in words."""
    found = list(wrong)
    found += [f"{name} {count}" for name, count in (
        ("lost", figures.lost), ("reported failed though taken", figures.ghosts), ("gaps", figures.gaps),
        ("duplicates", figures.duplicates)) if count]
    if not figures.answers["taken"]:
        found.append("nothing was acknowledged")
    if not figures.epochs:
        found.append("nobody was elected")
    if not passed:
        found.append(f"cluster-checker: {said}")
    return found


def report(options, seed, name, counts, figures, said, took):
    taken, refused = figures.answers["taken"], figures.answers["refused"]
    return [
        f"commit {options.commit}",
        f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, seed {seed}, {options.minutes:g} minutes, {name}",
        "faults " + ", ".join(f"{kind} {count}" for kind, count in counts.items()),
        f"acknowledged {len(taken)}, lost {figures.lost}, reported failed {len(refused)}, "
        f"reported failed though taken {figures.ghosts}, never answered or unknown {figures.unanswered}",
        f"entries {len(figures.entries)}, gaps {figures.gaps}, duplicates {figures.duplicates}, elections {len(figures.epochs)}",
        f"cluster-checker: {said}",
        f"took {took:.0f} s",
    ]


def end(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/chaos log")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--pause", type=int, default=20, help="how long clients pause between appends at most, in milliseconds")
    parser.add_argument("--mistake", choices=["read-after-time-out"], help="a mistake of the clients that has to be found")
    parser.add_argument("--longest-cut", type=float, default=0, metavar="SECONDS",
                        help="also cut an etcd off for so long, again and again; 0 for no longer than other faults last")
    parser.add_argument("--network", choices=["auto", "namespaces", "loopback"], default="auto")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--commit", default="unknown", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 0 <= options.longest_cut <= options.minutes * 60 * 0.8:
        parser.error("--longest-cut: four fifths of the run at most")
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    began = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        name, counts, wrong = live(options, folder, seed)
        history, figures = collect(folder, wrong)
        passed, said = judge(options.programs / "cluster-checker", history)
        short = short_of(figures, passed, said, wrong)
        lines = report(options, seed, name, counts, figures, said, time.monotonic() - began)
        lines.append("PASS" if not short else "chaos: " + "; ".join(short))
        options.results.mkdir(parents=True, exist_ok=True)
        if short:
            kept = options.results / f"failed-{seed}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("etcd-[0-9]"))
            lines.insert(-1, f"histories and logs are in {kept}")
        (options.results / f"{options.commit}.txt").write_text("\n".join(lines) + "\n")
        print("\n".join(lines))
        return 1 if short else 0
    except KeyboardInterrupt:
        print("chaos: it was interrupted; everything was ended", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
