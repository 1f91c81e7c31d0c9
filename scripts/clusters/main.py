"""The commands of scripts/cluster."""

import argparse
import pathlib
import shutil
import signal
import sys

from checking import check
from failing import USUAL_LEASE, Measured, failover
from figures import figures
from kills import kills
from machine import COMPILER, Machines
from network import Loopback, Namespaces, NetworkFailure, lacking
from nodes import Cluster, Failure, complain, say


def up(options):
    cluster = Cluster(options.folder, options.program)
    if cluster.nodes:
        cluster.start()
    else:
        cluster.network = network(options, cluster.folder)
        build(cluster, options.nodes)
    show(cluster, options)


def network(options, folder):
    """Namespaces where they can be made, if nobody wants it otherwise."""
    if options.loopback:
        return Loopback()
    if reason := lacking():
        say(f"nodes have addresses of the loopback: {reason}")
        return Loopback()
    try:
        found = Namespaces.of(folder)
        found.make(())
        found.remove()
    except NetworkFailure as failure:
        say(f"nodes have addresses of the loopback, as namespaces cannot be made here: {failure}")
        return Loopback()
    return found


def build(cluster, count, lease=None):
    """Makes a cluster, of which nothing is left running when that fails."""
    try:
        cluster.make(count, lease)
    except BaseException:
        cluster.end()
        complain(f"what was started has ended; logs are in {cluster.link}")
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
    if cluster.network.kind == Namespaces.kind:
        say(f"page      {first.url}/ from this machine; from elsewhere, ssh -L 20003:{first.address}:20003 THIS-MACHINE")
        say(f"inside    ip netns exec {cluster.network.space(first.number)} curl -sk {first.url}/livez")
        say(f"cut off   scripts/cluster cut {cluster.nodes[-1].number}, and 'heal {cluster.nodes[-1].number}' ends it")
    else:
        say(f"page      {first.url}/")
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


def cut(options):
    change_link(options, Namespaces.cut, "is cut off from all others, and from this machine; its own view:")


def heal(options):
    change_link(options, Namespaces.heal, "can be reached again; its view:")


def change_link(options, change, told):
    """Cuts or heals the link of a node."""
    cluster = known(options)
    node = next((node for node in cluster.nodes if node.number == options.node), None)
    if not node:
        raise Failure(f"there is no node {options.node}, only {', '.join(str(node.number) for node in cluster.nodes)}")
    if cluster.network.kind != Namespaces.kind:
        raise Failure(f"the nodes of {options.folder} are on the loopback, where nothing can be cut: make it anew as root")
    change(cluster.network, node.number)
    say(f"{node.name} {told} {cluster.program} cluster status --root {options.folder}/{node.name}")


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
    cluster.network = Loopback(options.network) if options.network else network(options, cluster.folder)
    return cluster


def keep(cluster, short):
    """Removes the cluster, unless something fell short: what the nodes said then may tell why."""
    if short:
        say(f"{cluster.link} stays, with the logs of all nodes, until the next run")
    else:
        cluster.remove()


def verdict(options, name, short):
    """Prints PASS or what falls short, and keeps it with the commit."""
    text = f"cluster {name}: {'; '.join(short)}" if short else "PASS"
    options.results.mkdir(parents=True, exist_ok=True)
    result = options.results / f"{name}.txt"
    result.write_text(f"commit {options.commit}\n{text}\n")
    say(text)
    return 1 if short else 0


def measure(options):
    """Loses and changes the master of a cluster of its own."""
    options.network = "127.0.1"
    lease = options.lease or USUAL_LEASE
    run = {"commit": options.commit, "times": options.times, "changes": options.changes, "lease": lease}
    return measured_by(failover, options, f"failover-{lease}", run, ("lost", "changed"))


def kill(options):
    """Kills the master of a cluster of its own, and has faults come at random."""
    options.network = None
    seed = options.seed if options.seed is not None else options.commit[:12]
    run = {
        "commit": options.commit, "times": options.times, "faults": options.faults, "lease": options.lease or USUAL_LEASE,
        "seed": seed}
    say(f"seed {seed}")
    return measured_by(kills, options, "kills", run, ("killed", "faults"), has_machines=COMPILER is not None)


def measured_by(work, options, name, run, kinds, has_machines=False):
    """Has `work` measure a cluster of three, which is removed when all went well; goes on with one that was interrupted."""
    checker = pathlib.Path(options.program).with_name("cluster-checker")
    if not checker.exists():
        raise Failure(f"there is no {checker}; 'swift build' makes it")
    cluster = Cluster(options.folder, options.program)
    path = cluster.folder / "measured.json"
    measured = Measured.known(path, run) if cluster.is_whole else None
    if not measured:
        cluster = afresh(options)
    if has_machines:
        cluster.machines = Machines(cluster.folder)
        for node in cluster.nodes:
            cluster.machines.heal(node.number)
    if not measured:
        build(cluster, 3, options.lease)
    try:
        if measured:
            say(f"{options.folder} was interrupted, and goes on")
            cluster.end()
            cluster.start()
        else:
            measured = Measured(path, run, kinds)
            measured.begin(cluster)
        short = work(cluster, measured, checker)
    finally:
        cluster.end()
    keep(cluster, short)
    # What fell short is measured anew.
    path.unlink(missing_ok=True)
    return verdict(options, name, short)


def count(options):
    """Measures a cluster of its own beside a node alone; both are removed when all went well."""
    options.network = "127.0.2"
    folder = pathlib.Path(options.folder) / "alone"
    former = Cluster(folder)
    former.end()
    former.remove()
    cluster = afresh(options)
    folder.mkdir(mode=0o711)
    alone = Cluster(folder, options.program)
    alone.network = Loopback("127.0.3")
    try:
        build(cluster, 3)
        build(alone, 1)
        short = figures(cluster, alone, options.seconds)
    finally:
        alone.end()
        cluster.end()
    keep(cluster, short)
    return verdict(options, "figures", short)


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
    for name, work in (("up", up), ("down", down), ("check", look), ("cut", cut), ("heal", heal), ("failover", measure),
                       ("kills", kill), ("figures", count)):
        one = works.add_parser(name)
        one.set_defaults(work=work)
        one.add_argument("--folder", required=True, help=argparse.SUPPRESS)
        if name in ("up", "failover", "kills", "figures"):
            one.add_argument("--program", required=True, help=argparse.SUPPRESS)
        if name in ("failover", "kills", "figures"):
            one.add_argument("--commit", default="unknown+", help=argparse.SUPPRESS)
            one.add_argument("--results", type=pathlib.Path, default=pathlib.Path(".build/cluster"), help=argparse.SUPPRESS)
        if name == "figures":
            one.add_argument("--seconds", type=number(1, 600), default=5, help="how long each load takes")
        if name == "up":
            one.add_argument("--nodes", type=number(1, 20), default=3)
        if name in ("up", "kills"):
            one.add_argument("--loopback", action="store_true", help="no namespaces, as for who is not root")
        if name in ("cut", "heal"):
            one.add_argument("node", type=int, help="its number")
        if name == "down":
            one.add_argument("--keep", action="store_true", help="leave the trees; 'up' starts them again")
        if name == "failover":
            one.add_argument("--times", type=number(0, 100_000), default=50, help="how often the node that decides is lost")
            one.add_argument("--changes", type=number(0, 100_000), default=20, help="how often it hands over")
        if name == "kills":
            one.add_argument("--times", type=number(0, 100_000), default=200, help="how often the node that decides is killed")
            one.add_argument("--faults", type=number(0, 100_000), default=200, help="how many random faults come then")
            one.add_argument("--seed", help="chances; those of the commit without it")
        if name in ("failover", "kills"):
            one.add_argument("--lease", type=number(5, 60), help="seconds, cluster.lease of all nodes; 10 without it")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    try:
        return options.work(options) or 0
    except (Failure, NetworkFailure) as failure:
        complain(failure)
        return 1
    except KeyboardInterrupt:
        complain("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main())
