"""Kills whoever decides, the node of a command, or both, at a moment of a job, and finds out how that ended."""

import contextlib
import http.client
import itertools
import os
import sqlite3
import threading
import time

from cluster_host import BROKEN
from daemon import until

IS_LONG = os.environ.get("CONFD_LONG_TESTS") == "1"
MOMENTS = ("begun", "acting", "ended", "told", "recorded")
VICTIMS = ("master", "node", "both")


class Killing:
    """For tests with `cluster`, `master` and `node`, whose command is looked at."""

    names = itertools.count(1)

    # Looking at nodes

    def rows(self, node, query):
        place = node.root / "spool/jobs/store.sqlite"
        with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10)) as store:
            return store.execute(query).fetchall()

    def journal(self, node):
        """Commands a node has in its journal: job, whether it is an undo, whether it has ended."""
        return set(self.rows(node, "SELECT job, is_undo, ended_at IS NOT NULL FROM node_commands"))

    def assert_one_at_a_time(self, node):
        """No undo began on a node before what it takes back had ended."""
        beside = self.rows(node, """
            SELECT undo.job, undo.step, command.begun_at, command.ended_at, undo.begun_at
            FROM node_commands AS undo JOIN node_commands AS command
            ON (command.job, command.job_node, command.step) = (undo.job, undo.job_node, undo.step)
            WHERE undo.is_undo AND NOT command.is_undo
            AND (command.ended_at IS NULL OR command.ended_at > undo.begun_at)""")
        self.assertEqual(beside, [])

    # Killing

    def victims(self, who):
        return {"master": [self.master], "node": [self.node], "both": [self.master, self.node]}[who]

    def kill_when(self, reached, victims, patience=20):
        """What is over in no time may not be seen at all: then they are killed when it is over."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                if reached():
                    break
            except (OSError, http.client.HTTPException, sqlite3.Error):
                pass
            time.sleep(0.001)
        for victim in victims:
            victim.kill()

    def outcome_through(self, reached, victims, kind, **params):
        """How a job ends that is asked for while somebody is killed; asked again by its key it is the same job."""
        request = {"type": kind, "params": params}
        key = f'"kill-{os.getpid()}-{next(self.names)}"'
        killer = threading.Thread(target=self.kill_when, args=(reached, victims))
        killer.start()
        client = self.master.rest()
        client.connection.timeout = 10
        try:
            client.post("/jobs", request, Idempotency_Key=key)
        except BROKEN:
            pass
        killer.join()
        for victim in victims:
            victim.start()
        self.master = self.cluster.await_calm(90)
        job = {}

        def has_ended():
            # Who decides may change once more.
            try:
                answer = self.cluster.master().rest().post("/jobs?wait=30s", request, Idempotency_Key=key)
            except BROKEN:
                return False
            job.update(answer.json if answer.status == 200 else {})
            return job.get("outcome") is not None
        until(has_ended, 120)
        self.master = self.cluster.await_calm(90)
        return job
