"""Lets the store of a former tree grow to what years leave behind, opens it, and looks whether anything is lost.

Rows are written with SQL, as the version of the tree wrote them: ended jobs of all kinds, and open ones in each stage a
crash can leave them in.

Usage: CONFD_PROGRAM=PATH/confd former_store.py [JOBS]      a line for each thing, then PASS or what falls short
"""

import contextlib
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import time

from daemon import Daemon
from former_tree import FACTS, KEEPING

TREE = pathlib.Path(__file__).parent / "fixtures/former.tar.xz"
JOBS = 3_000_000
# Seconds a start may take.
LIMIT = 60
# Of each kind of record of an ended job these stand for what differs from one to the next.
NUMBER, MOMENT = "@number@", "@moment@"


def unpack(root):
    """Puts the former tree into a folder, and returns what is known of it."""
    subprocess.run(["tar", "--extract", "--sparse", "--file", TREE, "--directory", root], check=True)
    return json.loads((root / FACTS).read_text())


class FormerStore:
    """The store in the root of a tree whose daemon does not run."""

    def __init__(self, root, facts):
        self.path = root / "spool/jobs/store.sqlite"
        self.facts = facts

    def grow(self, jobs):
        """Adds so many ended jobs behind those there are, opens one in each stage there is none in, and says which."""
        with self.open() as store:
            # What a crash spoils is made again.
            store.execute("PRAGMA synchronous = OFF")
            store.execute("PRAGMA journal_mode = MEMORY")
            with store:
                self.facts["accepted"] = self.accept(store)
                self.facts["decided"] = self.decide(store)
                self.facts["first"], self.facts["last"] = self.end(store, jobs)
            store.execute("PRAGMA journal_mode = WAL")

    def ended(self):
        """The jobs that were added: how many, and sums over numbers, records, ends and texts."""
        with self.open() as store:
            return store.execute(
                "SELECT count(*), sum(jobs.number), sum(length(record)), sum(ended), sum(length(text)) "
                "FROM jobs JOIN job_index ON job_index.number = jobs.number "
                "WHERE done = 1 AND jobs.number BETWEEN ? AND ?", (self.facts["first"], self.facts["last"])).fetchone()

    def open(self):
        return contextlib.closing(sqlite3.connect(self.path))

    def accept(self, store):
        """A job that was examined and accepted, and then the power went."""
        number = self.take_numbers(store, 1)
        record = self.record(store, self.facts["held"])
        del record["intent"]
        record |= {
            "job_id": f"11.{number}", "type": "group_delete", "params": {"groupname": "pilots"}, "stage": "scheduled",
            "base_revision": max(self.facts["revisions"])}
        record["times"]["scheduled"] = record["times"]["submitted"]
        store.execute(
            "INSERT INTO jobs SELECT ?, node, 'group_delete', mode, user, submitted_at, 'scheduled', NULL, 0, NULL, NULL, "
            "NULL, ? FROM jobs WHERE number = ?", (number, packed(record), number_of(self.facts["held"])))
        store.execute("INSERT INTO job_index VALUES (?, NULL, ?)", (number, f"11.{number} group_delete admin groupname pilots"))
        return record["job_id"]

    def decide(self, store):
        """The job of the last revision, as it was before any node had that."""
        revision, job = store.execute("SELECT number, job FROM revisions ORDER BY number DESC LIMIT 1").fetchone()
        record = self.record(store, job)
        for member in ("outcome", "ended_at", "sync"):
            del record[member]
        del record["times"]["committed"]
        record["stage"] = "finished"
        store.execute("DELETE FROM acknowledgements WHERE revision = ?", (revision,))
        store.execute(
            "UPDATE jobs SET stage = 'finished', outcome = NULL, done = 0, record = ? WHERE number = ?",
            (packed(record), number_of(job)))
        store.execute("UPDATE job_index SET ended = NULL WHERE number = ?", (number_of(job),))
        return job

    def end(self, store, jobs):
        """Ended jobs, a second apart up to the last one there is, each like one of those there are."""
        store.execute("CREATE TEMP TABLE kinds AS SELECT row_number() OVER () - 1 AS place, type, mode, user, stage, outcome, "
                      "revision, record, text FROM jobs JOIN job_index USING (number) WHERE outcome IS NOT NULL")
        for place, record, text in store.execute("SELECT place, record, text FROM kinds").fetchall():
            record = json.loads(record)
            own, record["job_id"] = record["job_id"], f"11.{NUMBER}"
            store.execute(
                "UPDATE kinds SET record = ?, text = ? WHERE place = ?",
                (json.dumps(without_moments(record), sort_keys=True, separators=(",", ":")).replace(f'"{MOMENT}"', MOMENT),
                 text.replace(own, f"11.{NUMBER}"), place))
        kinds = store.execute("SELECT count(*) FROM kinds").fetchone()[0]
        first = self.take_numbers(store, jobs)
        start = store.execute("SELECT max(submitted_at) FROM jobs").fetchone()[0] - 1000 * (jobs + 1)
        ends = store.execute("SELECT max(ended) FROM job_index").fetchone()[0]
        values = {"first": first, "jobs": jobs, "kinds": kinds, "start": start, "ends": ends}
        every = ("WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < :jobs - 1) "
                 "INSERT INTO {} FROM counted CROSS JOIN kinds ON kinds.place = n % :kinds ORDER BY n")
        store.execute(every.format(
            "jobs SELECT :first + n, 11, type, mode, user, :start + n * 1000, stage, outcome, 1, revision, "
            "CASE WHEN n % 100 = 0 THEN 'key ' || n END, CASE WHEN n % 100 = 0 THEN 'digest' END, CAST(replace(replace("
            f"record, '{NUMBER}', :first + n), '{MOMENT}', :start + n * 1000) AS BLOB)"), values)
        store.execute(every.format(
            f"job_index SELECT :first + n, :ends + 1 + n, replace(text, '{NUMBER}', :first + n)"), values)
        store.execute("DROP TABLE kinds")
        return first, first + jobs - 1

    def take_numbers(self, store, count):
        """The first of so many numbers nobody has."""
        first = store.execute("SELECT value FROM counters WHERE name = 'job'").fetchone()[0]
        store.execute("UPDATE counters SET value = value + ? WHERE name = 'job'", (count,))
        return first

    def record(self, store, job):
        return json.loads(store.execute("SELECT record FROM jobs WHERE number = ?", (number_of(job),)).fetchone()[0])


def number_of(job):
    return int(job.split(".")[1])


def packed(record):
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def without_moments(value, name=""):
    """A record with a word in place of its times."""
    if isinstance(value, dict):
        inside = name == "times"
        return {key: MOMENT if inside or key in ("at", "ended_at", "started_at") else without_moments(item, key)
                for key, item in value.items()}
    return [without_moments(item) for item in value] if isinstance(value, list) else value


class Opening:
    """A grown store that this version's daemon opens."""

    def __init__(self, jobs):
        self.daemon = Daemon(environment=KEEPING)
        self.facts = unpack(self.daemon.root)
        self.store = FormerStore(self.daemon.root, self.facts)
        self.jobs = jobs

    def __enter__(self):
        began = time.monotonic()
        self.store.grow(self.jobs)
        self.before = self.store.ended()
        self.grown = time.monotonic() - began
        self.bytes = self.store.path.stat().st_size
        began = time.monotonic()
        self.daemon.start(deadline=600)
        self.seconds = time.monotonic() - began
        self.rest = self.daemon.rest()
        return self

    def __exit__(self, *_):
        self.daemon.__exit__()

    def faults(self):
        """What is not as it was, or not as it has to be; the daemon does not run any more then."""
        found = [text for text in self.examine() if text]
        self.daemon.stop()
        after = self.store.ended()
        if after != self.before:
            found.append(f"ended jobs were {self.before}, and are {after}")
        return found

    def examine(self):
        for job, outcome in (("accepted", "ok"), ("decided", "ok"), ("running", "failed")):
            told = self.rest.get(f"/jobs/{self.facts[job]}?wait=60s").json
            yield told.get("outcome") != outcome and f"the {job} job: {told}"
        for job in ("held", "behind"):
            told = self.rest.get(f"/jobs/{self.facts[job]}").json
            yield told.get("stage") != "submitted" and f"the {job} job: {told}"
        rules = {rule["rule_id"] for rule in self.rest.get("/queue/rules").json["items"]}
        yield rules != set(self.facts["rules"].values()) and f"rules: {rules}"
        for kind in ("session", "token"):
            answer = self.daemon.rest(token=self.facts[kind]).get("/users")
            yield answer.status != 200 and f"the {kind} lets nobody in: {answer}"
        revisions = {item["revision"] for item in self.rest.get("/exaconf/revisions?limit=1000").json["items"]}
        yield not revisions.issuperset(self.facts["revisions"]) and f"revisions: {revisions}"
        total = self.rest.get("/jobs?limit=1&count=true&done=true").json["total"]
        yield total < self.jobs + len(self.facts["ended"]) - 1 and f"{total} ended jobs are listed"
        numbers = random.Random(1).sample(range(self.facts["first"], self.facts["last"] + 1), min(100, self.jobs))
        for job in [f"11.{number}" for number in numbers] + self.facts["ended"]:
            told = self.rest.get(f"/jobs/{job}").json
            yield told.get("outcome") != "ok" and f"job {job}: {told}"
        made = self.rest.job("db_list")["job_id"]
        yield number_of(made) <= self.facts["last"] and f"job {made} has a number that was given out before"


def main():
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS
    with Opening(jobs) as opening:
        print(f"store      {jobs:,} ended jobs, {opening.bytes / 1e9:.1f} GB, made in {opening.grown:.0f} s", flush=True)
        print(f"start      {opening.seconds:.1f} s of {LIMIT}", flush=True)
        faults = opening.faults()
    for fault in faults:
        print(f"lost       {fault}")
    if opening.seconds > LIMIT:
        faults.append(f"{opening.seconds:.1f} s")
    print("PASS" if not faults else f"SHORT      {len(faults)} of it is not as it has to be")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
