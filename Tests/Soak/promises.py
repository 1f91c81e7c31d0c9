"""What clients were told, and whether it is all there in the end."""

import array
import threading

from services import DATABASE, request
from database_host import DatabaseHost

PAGE = 1000


class Acknowledged:
    """Everything that was acknowledged, in little room: a run has millions of jobs."""

    def __init__(self):
        self.lock = threading.Lock()
        self.jobs, self.revisions = array.array("q"), array.array("q")
        self.newest = (0, None)
        self.objects, self.rows = {}, 0

    def job(self, identity, revision=None):
        with self.lock:
            self.jobs.append(int(identity.rsplit(".", 1)[1]))
            if revision:
                self.revisions.append(revision)

    def setting(self, revision, value):
        """The value of StorageMaxConnections as of a revision."""
        with self.lock:
            self.newest = max(self.newest, (revision, value))

    def object(self, path, body):
        with self.lock:
            self.objects[path] = body


def row(what, count, lost):
    return {"what": what, "count": count, "lost": len(lost), "which": [str(one) for one in lost[:20]]}


def jobs(acknowledged, client):
    """The list is walked once; what it lacks is asked for by itself, as it may be in an archive."""
    wanted, cursor = set(acknowledged.jobs), ""
    count, twice = len(acknowledged.jobs), len(acknowledged.jobs) - len(wanted)
    missing = set(wanted)
    while missing:
        answer = client.get(f"/jobs?limit={PAGE}&sort=job_id&fields=job_id,outcome{cursor}")
        assert answer.status == 200, answer
        missing -= {int(job["job_id"].rsplit(".", 1)[1]) for job in answer.json["items"] if job.get("outcome") == "ok"}
        if "next_cursor" not in answer.json:
            break
        cursor = f"&cursor={answer.json['next_cursor']}"
    lost = [number for number in sorted(missing) if client.get(f"/jobs/11.{number}").status != 410]
    return row("jobs that were acknowledged", count, lost + [f"{twice} ids were given out twice"] * bool(twice))


def revisions(acknowledged, client):
    """Each belongs to one change, and none is newer than the configuration."""
    newest = int(client.get("/exaconf").headers["confd-revision"])
    known = set(acknowledged.revisions)
    lost = [number for number in known if number > newest]
    twice = len(acknowledged.revisions) - len(known)
    return row("revisions that were acknowledged", len(acknowledged.revisions), lost + [f"{twice} twice"] * bool(twice))


def settings(acknowledged, client, cluster):
    """The change that was acknowledged last is in the file of each node, and the files are the same."""
    cluster.await_equal_files(60)
    revision, value = acknowledged.newest
    found = client.get("/exaconf").json["Global"]["StorageMaxConnections"]
    return row("the newest change", 1, [] if not revision or found == str(value) else [f"{found}, not {value}"])


def objects(acknowledged, cluster, port):
    lost = [f"{path} on n{node.number}" for path, body in acknowledged.objects.items() for node in cluster.nodes
            if request(node, port, "GET", path) != (200, body)]
    return row("objects that were put, on each node", len(acknowledged.objects) * len(cluster.nodes), lost)


def rows(acknowledged, cluster, place):
    found = DatabaseHost.sql(cluster.node(11), *place, "select count(*) from soak", database=DATABASE)
    return row("rows of the database", acknowledged.rows, [] if found == str(acknowledged.rows) else [found])


def kept(acknowledged, cluster, port, place):
    """A row for each kind of promise: what, count, lost, and which."""
    client = cluster.master().rest()
    found = [
        jobs(acknowledged, client), revisions(acknowledged, client), settings(acknowledged, client, cluster),
        objects(acknowledged, cluster, port)]
    return found + ([rows(acknowledged, cluster, place)] if place and acknowledged.rows else [])
