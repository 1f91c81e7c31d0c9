"""The commands of scripts/cluster."""

import argparse
import pathlib
import shutil
import signal
import sys

from checking import check
from failing import USUAL_LEASE, Measured, failover
from nodes import Cluster, Failure, complain, say


def up(options):
    cluster = Cluster(options.folder, options.program)
    if cluster.nodes:
        cluster.start()
    else:
        build(cluster, options.nodes)
    show(cluster, options)


def build(cluster, count, lease=None):
    """Makes a cluster, of which nothing is left running when that fails."""
    try:
        cluster.make(count, lease)
    except BaseException:
        cluster.end()
        complain(f"what was started has ended; logs are in {cluster.link}, which scripts/cluster down removes")
        raise


def show(cluster, options):
    first = cluster.nodes[0]
    say("")
    first.run("cluster", "status")
    say("")
    for node in cluster.nodes:
        say(f"{node.name}  {node.url}  {options.folder}/{node.name}")
    say(f"log in    user 'admin', password in {options.folder}/admin.password")
    say(f"status    {options.program} cluster status --root {options.folder}/{first.name}")
    say("check     scripts/cluster check")
    say("end       scripts/cluster down")


def known(options):
    """The cluster that is there."""
    cluster = Cluster(options.folder)
    if not cluster.nodes and not cluster.link.exists():
        raise Failure(f"there is no {options.folder}; scripts/cluster up makes it")
    return cluster


def down(options):
    cluster = known(options)
    killed = cluster.end()
    if not options.keep:
        cluster.remove()
    if killed:
        raise Failure(f"{', '.join(killed)} did not end within 40 s and had to be killed")
    say(f"{options.folder} has ended" + ("" if options.keep else " and is removed"))


def look(options):
    return 0 if check(known(options)) else 1


def afresh(options):
    """A cluster for one measurement, of which nothing an earlier run left is there."""
    former = Cluster(options.folder)
    if former.nodes:
        say(f"{options.folder} was left behind by an earlier run, and is made anew")
        former.end()
        for node in former.nodes:
            shutil.rmtree(node.root, ignore_errors=True)
        former.record.unlink()
    for name in ("history", "measured.json"):
        (former.folder / name).unlink(missing_ok=True)
    cluster = Cluster(options.folder, options.program)
    cluster.network = options.network
    return cluster


def verdict(options, name, short):
    """Prints PASS or what falls short, and keeps it with the commit."""
    text = f"cluster {name}: {'; '.join(short)}" if short else "PASS"
    options.results.mkdir(parents=True, exist_ok=True)
    result = options.results / f"{name}.txt"
    result.write_text(f"commit {options.commit}\n{text}\n")
    say(text)
    return 1 if short else 0


def measure(options):
    """Loses and changes the master of a cluster of its own, which is removed when all went well."""
    options.network = "127.0.1"
    checker = pathlib.Path(options.program).with_name("cluster-checker")
    if not checker.exists():
        raise Failure(f"there is no {checker}; 'swift build' makes it")
    lease = options.lease or USUAL_LEASE
    run = {"commit": options.commit, "times": options.times, "changes": options.changes, "lease": lease}
    cluster = Cluster(options.folder, options.program)
    path = cluster.folder / "measured.json"
    measured = Measured.known(path, run) if cluster.is_whole else None
    if measured:
        say(f"{options.folder} was interrupted, and goes on")
        cluster.end()
        cluster.start()
    else:
        cluster = afresh(options)
        build(cluster, 3, options.lease)
        measured = Measured(path, run)
    try:
        if measured.entry is None:
            measured.begin(cluster)
        short = failover(cluster, measured, checker)
    finally:
        cluster.end()
    if not short:
        cluster.remove()
    return verdict(options, f"failover-{lease}", short)


def number(low, high):
    def read(text):
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{low} to {high}")
        return value
    return read


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="scripts/cluster")
    works = parser.add_subparsers(required=True)
    for name, work in (("up", up), ("down", down), ("check", look), ("failover", measure)):
        one = works.add_parser(name)
        one.set_defaults(work=work)
        one.add_argument("--folder", required=True, help=argparse.SUPPRESS)
        if name in ("up", "failover"):
            one.add_argument("--program", required=True, help=argparse.SUPPRESS)
        if name == "up":
            one.add_argument("--nodes", type=number(1, 20), default=3)
        if name == "down":
            one.add_argument("--keep", action="store_true", help="leave the trees; 'up' starts them again")
        if name == "failover":
            one.add_argument("--times", type=number(0, 100_000), default=50, help="how often the node that decides is lost")
            one.add_argument("--changes", type=number(0, 100_000), default=20, help="how often it hands over")
            one.add_argument("--lease", type=number(5, 60), help="seconds, cluster.lease of all nodes; 10 without it")
            one.add_argument("--commit", default="unknown+", help=argparse.SUPPRESS)
            one.add_argument("--results", type=pathlib.Path, default=pathlib.Path(".build/cluster"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    try:
        return options.work(options) or 0
    except Failure as failure:
        complain(failure)
        return 1
    except KeyboardInterrupt:
        complain("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main())
