"""Many clients at once, and a daemon that is killed under them: what was answered stays true."""

import collections
import itertools
import os
import random
import time
import unittest

from daemon import Daemon
from load import LICENSE, MIXED, OPEN_JOBS, Crowd, Witness, ended, root_token

IS_LONG = os.environ.get("CONFD_LONG_TESTS") == "1"
SECONDS = 60 if IS_LONG else 5
KILLS = 100 if IS_LONG else 5
OUTCOMES = {"ok", "failed", "declined", "cancelled", "timed_out"}


class Load(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("CONFD_TEST_SEED", random.randrange(1 << 32)))

    def test_a_crowd_of_clients_gets_true_answers_and_every_change_its_own_revision(self):
        with Daemon() as daemon:
            witness = Witness()
            self.upload_license(daemon)
            first = self.head(daemon)
            crowd = Crowd(daemon, witness, self.seed, MIXED)
            begin = time.monotonic()
            crowd.start()
            time.sleep(SECONDS)
            crowd.stop()
            rate = witness.answers / (time.monotonic() - begin)
            self.assertEqual(witness.faults, [], self.story(daemon))
            self.assertGreater(witness.answers, 64)
            records = self.settled(daemon, witness.told)
            self.assertEqual({i: r["outcome"] for i, r in records.items() if r["outcome"] not in ("ok", "declined")}, {})
            self.assert_told_results_hold(witness.told, records)
            self.assert_revisions_follow_one_another(daemon, records, first)
            self.assert_file_is_the_head(daemon)
            print(f" {witness.answers} answers, {rate:.0f}/s, revision {self.head(daemon)} ", end="", flush=True)

    def test_what_was_answered_survives_being_killed_at_any_moment(self):
        print(f" seed {self.seed} (CONFD_TEST_SEED) ", end="", flush=True)
        chance = random.Random(self.seed)
        numbers = itertools.count(1)
        told = {}
        was_open = 0
        with Daemon() as daemon:
            self.upload_license(daemon)
            for kill in range(KILLS):
                witness = Witness()
                witness.numbers = numbers
                crowd = Crowd(daemon, witness, f"{self.seed}-{kill}", OPEN_JOBS)
                crowd.start()
                # Short lives too, so that it is killed while it takes up the jobs of the life before.
                time.sleep(chance.choice((0.05, 0.3, 1, 2)) * chance.random() + 0.01)
                witness.is_over = True
                daemon.kill()
                crowd.join()
                self.assertEqual(witness.faults, [], self.story(daemon))
                was_open += sum(result is None for result in witness.told.values())
                if chance.random() < 0.3:
                    self.kill_during_start(daemon, chance)
                daemon.start()
                records = self.settled(daemon, witness.told)
                self.assert_told_results_hold(witness.told, records)
                self.assert_outcomes(records)
                self.assert_file_is_the_head(daemon)
                told |= {identity: ended(record) for identity, record in records.items()}
            records = self.settled(daemon, told)
            self.assert_told_results_hold(told, records)
            self.assert_revisions_follow_one_another(daemon, records, None)
            kinds = collections.Counter(f"{r['type']} {r['outcome']}" for r in records.values())
            print(f" {KILLS} kills, {len(told)} ids, {was_open} open when killed: {dict(kinds)} ", end="", flush=True)

    def kill_during_start(self, daemon, chance):
        daemon.launch()
        time.sleep(chance.random())
        daemon.kill()
        daemon.process.stdout.close()

    # What has to hold.

    def settled(self, daemon, told, deadline=60):
        """All jobs of these ids once they have ended, asked for one by one."""
        client = daemon.rest(token=root_token(daemon))
        end = time.monotonic() + deadline
        records = {}
        for identity in told:
            left = max(1, int(end - time.monotonic()))
            answer = client.get(f"/jobs/{identity}?wait={left}s")
            if answer.status != 200 or answer.json["job_id"] != identity:
                self.fail(f"{identity} is lost: {answer} {self.story(daemon)}")
            record = answer.json
            if not record["done"]:
                self.fail(f"not ended within {deadline} s: {record} {self.story(daemon)}")
            records[identity] = record
        # Jobs whose answer got lost with the connection go on as well, and may still move the head.
        while open_jobs := client.get("/jobs?done=false&limit=1").json["items"]:
            answer = client.get(f"/jobs/{open_jobs[0]['job_id']}?wait=30s")
            if time.monotonic() > end:
                self.fail(f"not ended within {deadline} s: {answer} {self.story(daemon)}")
        client.connection.close()
        return records

    def upload_license(self, daemon):
        record = daemon.rest().job("license_upload", license=LICENSE.format(number=0))
        self.assertEqual(record["outcome"], "ok", record)

    def assert_told_results_hold(self, told, records):
        for identity, result in told.items():
            if result is not None:
                record = records[identity]
                now = {name: record.get(name) for name in result}
                self.assertEqual(now, result, f"{identity} was told otherwise; seed {self.seed}")

    def assert_outcomes(self, records):
        for record in records.values():
            self.assertIn(record["outcome"], OUTCOMES, record)
            if record["outcome"] != "ok":
                self.assertTrue(record["result"]["result_desc"], record)
            if record["outcome"] == "ok" and record["mode"] == "modify":
                self.assertEqual(record["stage"], "committed", record)
            # A change that can be examined again is, so it ends well whenever it was cut off; each group is a new one.
            if record["type"] == "group_create":
                self.assertEqual(record["outcome"], "ok", record)

    def assert_revisions_follow_one_another(self, daemon, records, before):
        """No gap, no number used twice, and each belongs to the job that was told so."""
        listed = self.revisions(daemon)
        numbers = [item["revision"] for item in listed]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] - len(numbers), -1)))
        owners = {item["revision"]: item.get("job_id") for item in listed}
        given = {}
        for identity, record in records.items():
            revision = record.get("revision")
            if revision is None:
                continue
            self.assertNotIn(revision, given, f"given to {given.get(revision)} and {identity}")
            given[revision] = identity
            self.assertEqual(owners.get(revision), identity)
        if before is not None:
            self.assertEqual(sorted(given), list(range(before + 1, numbers[0] + 1)))
        untold = {owner: None for revision, owner in owners.items() if owner and revision not in given}
        for identity, record in self.settled(daemon, untold).items():
            self.assertEqual(owners.get(record.get("revision")), identity)

    def assert_file_is_the_head(self, daemon):
        client = daemon.rest(token=root_token(daemon))
        text = client.get(f"/exaconf/revisions/{self.head(daemon)}", Accept="text/plain")
        self.assertEqual(text.status, 200, text)
        self.assertEqual((daemon.root / "etc/EXAConf").read_bytes(), text.body, self.story(daemon))
        self.assertIn("ok:", daemon.run("check").stdout)
        client.connection.close()

    def head(self, daemon):
        client = daemon.rest(token=root_token(daemon))
        answer = client.get("/exaconf/revisions?limit=1")
        client.connection.close()
        return answer.json["items"][0]["revision"]

    def revisions(self, daemon):
        client = daemon.rest(token=root_token(daemon))
        items, path = [], "/exaconf/revisions?limit=200"
        while path:
            page = client.get(path)
            self.assertEqual(page.status, 200, page)
            items += page.json["items"]
            cursor = page.json.get("next_cursor")
            path = f"/exaconf/revisions?limit=200&cursor={cursor}" if cursor else None
        client.connection.close()
        return items

    def story(self, daemon):
        """What the daemon said, but for the jobs that ended well."""
        lines = (daemon.root / "daemon.log").read_text(errors="replace").splitlines()
        told = [line for line in lines if "outcome=ok" not in line]
        return f"seed {self.seed}; log:\n" + "\n".join(told[-40:])


if __name__ == "__main__":
    unittest.main()
