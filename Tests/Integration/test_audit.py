"""The audit log of a real daemon: what is sent to collectors, what goes to archives, and what `confd audit verify` finds."""

import gzip
import re
import subprocess
import sys
import unittest

from collector import DatagramCollector, StreamCollector
from daemon import Daemon, until
from document import blocks

AWAY = 60


def start(test, **settings):
    daemon = Daemon(environment={f"CONFD_AUDIT_{name.upper()}": str(value) for name, value in settings.items()})
    test.addCleanup(daemon.__exit__)
    return daemon.start()


def groups(client, names):
    """A record each, at least."""
    for number, name in names:
        client.ok("group_create", groupname=name, groupid=5000 + number)


class Export(unittest.TestCase):
    def collect(self, kind, port=0):
        collector = kind(port)
        self.addCleanup(collector.close)
        return collector

    def start(self, collector):
        return start(self, syslog=f"{collector.scheme}://127.0.0.1:{collector.port}")

    def newest(self, client):
        record = client.get("/audit?limit=1").json["items"][0]
        return record["seq"], record["hash"]

    def await_newest(self, client, collector, deadline=30):
        number, digest = self.newest(client)
        until(lambda: number in collector.records(), deadline)
        self.assertEqual(collector.hashes()[number], digest)

    def readiness(self, client):
        answer = client.get("/readyz?verbose")
        self.assertEqual(answer.status, 200, answer)
        return next(line for line in answer.body.decode().splitlines() if "audit_export" in line)

    def metric(self, client, name):
        return float(re.search(rf"(?m)^{name} (\S+)$", client.get("/metrics").body.decode())[1])

    def test_what_is_received_is_the_whole_chain(self):
        for kind in (DatagramCollector, StreamCollector):
            with self.subTest(kind.scheme):
                collector = self.collect(kind)
                daemon = self.start(collector)
                client = daemon.rest()
                groups(client, enumerate(f"g{number}" for number in range(20)))
                self.assertEqual(daemon.rest("admin", "wrong").get("/jobs").status, 401)
                self.await_newest(client, collector)
                records = collector.records()
                self.assertEqual(min(records), 1)
                self.assertEqual(records[1].values["prev_hash"], "0" * 64)
                job = next(r for r in records.values() if r.kind == "job")
                self.assertEqual({name: job.values[name] for name in ("event", "outcome", "user", "address", "interface")}, {
                    "event": "job", "outcome": "success", "user": "admin", "address": "127.0.0.1", "interface": "rest"})
                self.assertEqual(job.priority, 13 * 8 + 5)
                refusal = next(r for r in records.values() if r.kind == "refusal")
                self.assertEqual((refusal.values["outcome"], refusal.priority), ("failure", 13 * 8 + 4))
                until(lambda: "[+] audit_export: record " in self.readiness(client))
                self.assertEqual(self.metric(client, "confd_audit_export_failing"), 0)
                self.assertGreaterEqual(self.metric(client, "confd_audit_export_records_total"), 21)

    def test_a_collector_that_was_away_gets_all_of_it_and_is_told(self):
        for kind in (DatagramCollector, StreamCollector):
            with self.subTest(kind.scheme):
                first = self.collect(kind)
                daemon = self.start(first)
                client = daemon.rest()
                groups(client, [(1, "before")])
                self.await_newest(client, first)
                first.close()
                groups(client, enumerate((f"away{number}" for number in range(10)), 2))
                until(lambda: "[!] audit_export: " in self.readiness(client))
                self.assertEqual(self.metric(client, "confd_audit_export_failing"), 1)
                self.assertGreaterEqual(self.metric(client, "confd_audit_export_waiting_records"), 10)
                second = self.collect(kind, first.port)
                self.await_newest(client, second, AWAY)
                notices = [m for m in second.messages if m.kind == "unsent"]
                self.assertEqual(len(notices), 1)
                values = notices[0].values
                self.assertGreaterEqual(int(values["count"]), 10)
                self.assertEqual((values["missing"], int(values["first"])), ("0", min(second.records())))
                # Nothing is missing between what the one and the other received.
                self.assertEqual(set(first.hashes()) | set(second.hashes()), set(range(1, max(second.records()) + 1)))
                until(lambda: "[+] audit_export: " in self.readiness(client))

    def test_a_later_daemon_goes_on_where_the_one_before_stopped(self):
        first = self.collect(StreamCollector)
        daemon = self.start(first)
        groups(daemon.rest(), [(1, "one")])
        self.await_newest(daemon.rest(), first)
        first.close()
        groups(daemon.rest(), [(2, "two"), (3, "three")])
        for end in (daemon.stop, daemon.kill):
            end()
            daemon.start()
        second = self.collect(StreamCollector, first.port)
        self.await_newest(daemon.rest(), second, AWAY)
        self.assertEqual(set(first.hashes()) | set(second.hashes()), set(range(1, max(second.records()) + 1)))

    def test_a_faulty_destination_stops_the_start(self):
        daemon = Daemon(environment={"CONFD_AUDIT_SYSLOG": "tls://127.0.0.1:514"})
        self.addCleanup(daemon.__exit__)
        done = daemon.run("check", check=False)
        self.assertEqual(done.returncode, 78)
        self.assertIn("audit.syslog", done.stderr)


class Archives(unittest.TestCase):
    def verify(self, daemon):
        done = daemon.run("audit", "verify", check=False)
        return done.returncode, done.stdout.strip()

    def verify_alone(self, path):
        """What the program in the document says of an archive."""
        (program,) = (block.text for block in blocks("docs/operations.md") if "hashlib" in block.title)
        return subprocess.run([sys.executable, "-c", program, path], capture_output=True).returncode

    def archives(self, daemon):
        folder = daemon.root / "spool/jobs/archive"
        return sorted(folder.glob("audit-*.ndjson.gz")) if folder.exists() else []

    def filled(self):
        """A daemon with some archives, and records that are in none."""
        daemon = start(self, keep_seconds=1)
        client, number = daemon.rest(), 0

        def has_archives():
            nonlocal number
            number += 1
            groups(client, [(number, f"g{number}")])
            return len(self.archives(daemon)) >= 3
        until(has_archives, 60)
        return daemon

    def test_older_records_go_to_archives_that_can_be_verified(self):
        daemon = self.filled()
        client = daemon.rest()
        page = client.get("/audit?limit=1000").json
        self.assertNotIn("next_cursor", page)
        [archived] = page["archived"]
        self.assertIn(archived["file"], [path.name for path in self.archives(daemon)])
        self.assertLessEqual(min(record["seq"] for record in page["items"]), archived["last"] + 1)
        code, line = self.verify(daemon)
        self.assertEqual(code, 0, line)
        self.assertRegex(line, r"^PASS: \d+ records, 1 to \d+, head [0-9a-f]{64}$")
        self.assertEqual(daemon.stop(), 0)
        code, line = self.verify(daemon)
        self.assertEqual(code, 0, line)
        self.assertEqual(daemon.run("check").returncode, 0)

    def test_a_changed_record_and_a_file_that_is_gone_are_found(self):
        daemon = self.filled()
        self.assertEqual(daemon.stop(), 0)
        path = self.archives(daemon)[1]
        packed = path.read_bytes()
        lines = gzip.decompress(packed).splitlines(keepends=True)
        number = int(path.name.split("-")[1])
        lines[1] = re.sub(rb'"time":\d', b'"time":9', lines[1], count=1)
        path.write_bytes(gzip.compress(b"".join(lines)))
        self.assertEqual(self.verify(daemon), (1, f"FAIL: {path.name}: record {number} was altered"))
        self.assertNotEqual(self.verify_alone(path), 0)
        path.unlink()
        code, line = self.verify(daemon)
        self.assertEqual(code, 1)
        self.assertRegex(line, rf"^FAIL: {path.name}: records? {number}\b.* missing$")
        path.write_bytes(packed)
        self.assertEqual(self.verify(daemon)[0], 0)
        self.assertEqual(self.verify_alone(path), 0)

    def test_kills_at_any_moment_lose_no_record(self):
        daemon = start(self, keep_seconds=1)
        for turn in range(4):
            groups(daemon.rest(), [(10 * turn + number, f"g{turn}-{number}") for number in range(5)])
            daemon.kill()
            code, line = self.verify(daemon)
            self.assertEqual(code, 0, line)
            daemon.start()
        code, line = self.verify(daemon)
        self.assertEqual(code, 0, line)

    def test_where_there_is_no_store_there_is_nothing_to_verify(self):
        daemon = Daemon()
        self.addCleanup(daemon.__exit__)
        code, line = self.verify(daemon)
        self.assertEqual(code, 1)
        self.assertRegex(line, "^FAIL: there is no store ")


if __name__ == "__main__":
    unittest.main()
