"""Mixed load for hours on one node or several: what processes have and how fast they answer must not change, and nothing is lost.

Usage: see scripts/soak
"""

import argparse
import pathlib
import signal
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "Integration"), str(TESTS.parent / "scripts/clusters")]

import clients  # noqa: E402  (the paths come first)
import services  # noqa: E402
from cluster_host import Cluster, lacking  # noqa: E402
from daemon import free_port, until  # noqa: E402
from database_host import ENGINE, LOCAL_STORES, DatabaseHost  # noqa: E402
from judging import judge  # noqa: E402
from measuring import disk, process  # noqa: E402
from picture import draw  # noqa: E402
from processes import etcd_of  # noqa: E402
from promises import Acknowledged, kept  # noqa: E402
from samples import Measured, Recorder  # noqa: E402

EVERY = 10
# Of the short form, which only shows that all of it works.
SHORT_EVERY, SHORT_SECONDS = 2, 25
# Every password is looked at by PAM.
SETTINGS = {"CONFD_ACCESS_CACHE_SECONDS": "0"}


class Load:
    """All clients; `with` has them ask meanwhile."""

    KINDS = (
        clients.Change, clients.Look, clients.Command, clients.RemoteCall, clients.Read, clients.ReadAtRevision, clients.List,
        clients.History, clients.Login, clients.Events, services.Schedule)

    def __init__(self, cluster, notes, port, place):
        self.clients = [kind(cluster, notes) for kind in self.KINDS] + [services.Objects(cluster, notes, port)]
        if place:
            self.clients.append(services.Rows(cluster, notes, place))

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.ends.set()
        for client in self.clients:
            client.join(2 * clients.PATIENCE)

    @property
    def kinds(self):
        return {client.kind for client in self.clients}


def sample(cluster, recorder, notes, at):
    """Notes what each process has at a moment, and the times since the last one."""
    for node in cluster.nodes:
        runs = {"daemon": node.process.pid}
        if etcd := etcd_of(node.root):
            runs["etcd"] = etcd.number
        for name, number in runs.items():
            try:
                figures = process(number)
            except OSError as error:
                notes.fault(f"n{node.number}: {name} is gone: {error}")
                continue
            used = disk(node.root / "etcd") if name == "etcd" else disk(node.root, leaving=("etcd",))
            recorder.add("sample", {
                "at": round(at, 1), "node": node.number, "process": name, "number": number, "disk": used, **figures})
    recorder.add("times", {
        "at": round(at, 1), "kinds": {kind: histogram.counts for kind, histogram in notes.drain().items()}})


def endure(cluster, recorder, options, seconds):
    """Asks for so long, and then looks for all that was acknowledged."""
    acknowledged = Acknowledged()
    notes, port = clients.Notes(acknowledged), free_port()
    services.make_bucket(cluster, port)
    place = services.make_database(cluster, options.ci)
    cluster.decider = cluster.master()
    every = SHORT_EVERY if options.ci else EVERY
    begin = time.monotonic()
    with Load(cluster, notes, port, place) as load:
        while (passed := time.monotonic() - begin) < seconds:
            time.sleep(min(every, max(0.0, seconds - passed)))
            sample(cluster, recorder, notes, time.monotonic() - begin)
    # A schedule may not be due within a short run.
    missing = load.kinds - notes.seen - ({"schedule"} if seconds < 1000 else set())
    recorder.add("end", {
        "promises": kept(acknowledged, cluster, port, place), "missing": sorted(missing), "faults": notes.faults,
        "repeated": notes.repeated})


def run(options):
    """Makes a cluster, which is gone afterwards; what was measured is in the file, however far it came."""
    seconds = SHORT_SECONDS if options.ci else options.minutes * 60
    recorder = Recorder(options.samples, {
        "commit": options.commit, "nodes": options.nodes, "minutes": round(seconds / 60, 1), "is_short": options.ci})
    settings = SETTINGS | LOCAL_STORES | {"CONFD_ENGINE_PATH": str(ENGINE)}
    with Cluster(**settings) as cluster:
        try:
            cluster.found()
            until(lambda: cluster.master())
            for number in range(12, 11 + options.nodes):
                cluster.join(number)
            endure(cluster, recorder, options, seconds)
        finally:
            recorder.close()
            for node in cluster.nodes:
                DatabaseHost.end_databases(node)


def tell(options):
    """Prints the table of what a file has, keeps it with a picture, and whether nothing falls short."""
    measured = Measured.read(options.samples)
    table, said = judge(measured)
    commit, nodes = measured.run["commit"], measured.run["nodes"]
    verdict = f"soak: {'; '.join(table.short)}" if table.short else "PASS"
    lines = [f"commit {commit}, {nodes} node{'s'[:nodes != 1]}, {measured.seconds / 60:.1f} min", *table.lines(), said]
    lines += [f"fault: {fault}" for fault in (measured.end or {"faults": ()})["faults"][:10]]
    options.result.parent.mkdir(parents=True, exist_ok=True)
    picture = options.result.with_suffix(".svg")
    picture.write_text(draw(measured))
    options.result.write_text("\n".join([*lines, verdict]) + "\n")
    print("\n".join([*lines, f"samples are in {options.samples}, a picture is {picture}", verdict]), flush=True)
    return 1 if table.short else 0


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="scripts/soak", description="Mixed load for hours.")
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=3)
    parser.add_argument("--minutes", type=float, default=240)
    parser.add_argument("--result", type=pathlib.Path, help="where the verdict goes; samples and picture lie beside it")
    parser.add_argument("--ci", action="store_true", help="half a minute, which shows that all of this works")
    parser.add_argument("--read", action="store_true", help="judges what an earlier run left, as far as it came")
    parser.add_argument("--commit", default="unknown+", help=argparse.SUPPRESS)
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path(".build/soak"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 1 <= options.minutes <= 60 * 24 * 30:
        parser.error("--minutes: 1 to 43200")
    options.result = options.result or options.results / f"nodes-{options.nodes}{'-ci' if options.ci else ''}.txt"
    options.samples = options.result.with_suffix(".samples")
    if not options.read:
        if reason := lacking():
            print(f"soak: {reason}", file=sys.stderr)
            return 69
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
        try:
            run(options)
        except KeyboardInterrupt:
            print("soak: it was interrupted; what it came to follows", file=sys.stderr)
    try:
        return tell(options)
    except (OSError, ValueError) as error:
        print(f"soak: nothing was measured: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
