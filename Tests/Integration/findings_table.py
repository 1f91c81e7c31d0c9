"""What is wrong, and how long it takes until it is told in each place and is over: the rows of a table."""

import re
import time

from test_client import Client
from test_notifications import Receiver

# So long may it take at most, in seconds, until something is told, and until it is over.
LIMIT = 60
PLACES = ("summary", "status", "metrics", "webhook")


def settings(port):
    """A daemon tells the webhook at a port of every finding, and says nothing of the disk of this machine."""
    return {
        "CONFD_NOTIFICATIONS_TARGETS": f"hook=http://127.0.0.1:{port}/x", "CONFD_NOTIFICATIONS_RULES": "hook:notice:finding.*",
        "CONFD_NOTIFICATIONS_LOCAL_ADDRESSES": "127.0.0.1", "CONFD_FINDINGS_DISK_WARNING": "100",
        "CONFD_FINDINGS_DISK_CRITICAL": "100"}


class Eyes:
    """Looks for one finding in each place where it is to be told."""

    def __init__(self, node, hook, finding_id):
        self.node, self.hook, self.id = node, hook, finding_id
        self.code, self.object = finding_id.split(":", 1)
        self.mark = len(hook.notices)
        # As it was told last: one that comes and goes may be gone when it is asked for.
        self.seen = None

    def summary(self):
        answer = self.node.look("/health/summary")
        return answer.json["findings"] if answer.status == 200 else []

    def finding(self):
        found = next((found for found in self.summary() if found["finding_id"] == self.id), None)
        self.seen = found or self.seen
        return found

    def is_told(self, place):
        if place == "summary":
            first = self.summary()[:1]
            if [found["finding_id"] for found in first] != [self.id]:
                return False
            self.seen = first[0]
            return True
        if place == "status":
            return re.findall(r"\((\S+:\S+)\)$", self.status(), re.MULTILINE)[:1] == [self.id]
        if place == "metrics":
            return self.is_counted()
        return "raised" in self.delivered()

    def is_over(self, place):
        if place == "summary":
            return self.finding() is None
        if place == "status":
            return self.id not in self.status()
        if place == "metrics":
            return not self.is_counted()
        return self.delivered()[-1:] == ["cleared"]

    def status(self):
        return Client(self.node)("status").stdout

    def is_counted(self):
        pattern = rf'(?m)^confd_findings\{{code="{self.code}",severity="\w+"\}} [1-9]'
        return re.search(pattern, self.node.look("/metrics").body.decode()) is not None

    def delivered(self):
        """What the webhook was told of it since the row began."""
        notices = self.hook.notices[self.mark:]
        return [notice["event"] for notice in notices
                if (notice["topic"], notice.get("object")) == (f"finding.{self.code}", self.object)]

    def wait(self, condition):
        """Seconds until a condition holds in each place; those where it does not in time are left out."""
        begin, seconds = time.monotonic(), {}
        while len(seconds) < len(PLACES) and time.monotonic() - begin <= LIMIT:
            for place in PLACES:
                if place not in seconds and condition(place):
                    seconds[place] = time.monotonic() - begin
            time.sleep(0.1)
        return seconds


class Table:
    """Rows of a fault each."""

    HEAD = ("fault", *PLACES, "cure", "over")

    def __init__(self):
        self.rows, self.short = [], []

    def row(self, fault, node, hook, finding_id, cause, cure):
        """Causes a fault, has it told in every place, cures it as its finding says, and has it be over in every place.

        `cause` returns when it is there; `cure` is given the finding, and returns what it did in a few words.
        """
        eyes = Eyes(node, hook, finding_id)
        cause()
        told = eyes.wait(eyes.is_told)
        finding = eyes.seen
        if finding is None:
            raise AssertionError(f"{fault}: {finding_id} is not told, but {[one['finding_id'] for one in eyes.summary()]}")
        for member in ("cause", "cure"):
            assert finding[member], (fault, finding)
        words = cure(finding)
        over = eyes.wait(eyes.is_over)
        self.rows.append((fault, *(self.text(told, place) for place in PLACES), words, self.text(
            {"all": max(over.values())} if len(over) == len(PLACES) else {}, "all")))
        self.short += [f"{fault}: not told within {LIMIT} s: {place}" for place in PLACES if place not in told]
        self.short += [f"{fault}: not over within {LIMIT} s: {place}" for place in PLACES if place not in over]

    @staticmethod
    def text(seconds, place):
        return f"{seconds[place]:.1f} s" if place in seconds else f"> {LIMIT} s"

    def show(self):
        """Prints it."""
        lines = [self.HEAD, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.HEAD))]
        for line in lines:
            print("  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip(), flush=True)

    def require(self):
        """Prints it, and fails when something took too long."""
        self.show()
        assert not self.short, self.short


class Local:
    """A daemon that is looked at over its local socket."""

    def __init__(self, daemon, ask):
        self.root, self.ask = daemon.root, ask

    def look(self, path):
        return self.ask("GET", path)


class Remote:
    """A daemon that is looked at over HTTPS, by a login of each moment: it may have another certificate by then."""

    def __init__(self, daemon):
        self.daemon, self.root = daemon, daemon.root

    def look(self, path):
        client = self.daemon.rest()
        try:
            return client.get(path)
        finally:
            client.connection.close()


def job(daemon):
    """A cure: the job the finding names."""
    def cure(finding):
        wanted = finding["job"]
        done = daemon.rest().job(wanted["type"], **wanted["parameters"])
        assert done["outcome"] == "ok", done
        return wanted["type"]
    return cure


__all__ = ["LIMIT", "Local", "Receiver", "Remote", "Table", "job", "settings"]
