"""Which commands each node began in which term: none by a master that had lost its office."""

import contextlib
import sqlite3


class Journals:
    """What the nodes wrote down of commands, read again and again before it is forgotten, and what is wrong with it."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.faults, self.count = [], 0
        # By node: the newest command that was looked at, and its term.
        self.newest = {}
        self.terms = set()
        # By node: why its journal could not be read the last time; what is new there is read the next time.
        self.unread = {}

    def rows(self, node, query, *values):
        place = node.root / "spool/jobs/store.sqlite"
        with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=10)) as store:
            return store.execute(query, values).fetchall()

    def read(self, is_timed):
        """Looks at what is new; `is_timed` says that no clock was moved, so that times can be compared."""
        for node in self.cluster.nodes:
            try:
                self.read_one(node, is_timed)
                self.unread.pop(node.name, None)
            except sqlite3.OperationalError as error:
                self.unread[node.name] = error

    def read_one(self, node, is_timed):
        begin = self.newest.get(node.number, (0, (0, 0)))[0]
        if is_timed:
            self.compare(node, begin)
        for place, job, step, generation, epoch in self.rows(
                node, "SELECT place, job, step, generation, epoch FROM node_commands WHERE place > ? ORDER BY place", begin):
            self.take(node, place, f"job {job}, step {step}", (generation, epoch))

    def take(self, node, place, what, term):
        _, former = self.newest.get(node.number, (0, (0, 0)))
        if term < former:
            self.faults.append(f"{node.name} began a command ({what}) of term {term} after one of term {former}")
        self.newest[node.number] = (place, max(term, former))
        self.terms.add(term)
        self.count += 1

    def compare(self, node, begin):
        """What takes something back never runs beside it."""
        self.faults += [f"{node.name} took back step {step} of job {job} while it ran" for job, step in self.rows(node, """
            SELECT undo.job, undo.step FROM node_commands AS undo JOIN node_commands AS command
            ON (command.job, command.job_node, command.step) = (undo.job, undo.job_node, undo.step)
            WHERE undo.is_undo AND NOT command.is_undo AND undo.place > ?
            AND (command.ended_at IS NULL OR command.ended_at > undo.begun_at)""", begin)]

    def judge(self, terms):
        """What falls short, with the terms that the log has since the recording began."""
        strange = sorted(term for term in self.terms - terms if terms and term > min(terms))
        unread = [f"the journal of {name} cannot be read: {error}" for name, error in sorted(self.unread.items())]
        return self.faults + unread + [f"commands of term {term}, in which the log has nothing" for term in strange]
