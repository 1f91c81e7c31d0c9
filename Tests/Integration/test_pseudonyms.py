"""The name of a user who was removed, replaced in everything a real daemon keeps."""

import pathlib
import re
import sys
import unittest

from daemon import PASSWORD, Daemon, until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Attacks"))

import traces  # noqa: E402  (the path comes first)

NAME = "jolanthe"


class Pseudonyms(unittest.TestCase):
    def start(self, **settings):
        self.daemon = Daemon(environment={f"CONFD_{name.upper()}": str(value) for name, value in settings.items()})
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()

    def admin(self):
        return self.daemon.rest()

    def root(self):
        """The daemon's own token: no user's, and root."""
        return self.daemon.rest(user=None, token=re.search(r"AuthenticationToken = (\S+)", self.daemon.configuration())[1])

    def live(self):
        """What there may be of somebody: logins, jobs by all interfaces, refusals, a revision, others' changes."""
        self.admin().ok("user_create", username=NAME, userid=4711, group="exaadm", login_enabled=True, password=PASSWORD,
                        authorized_keys=[f"ssh-ed25519 AAAA {NAME}@lab"])
        client = self.daemon.rest(NAME, PASSWORD)
        self.assertEqual(client.post("/sessions", {}).status, 201)
        self.assertEqual(client.post("/tokens", {"name": "mine"}).status, 201)
        client.ok("group_create", groupname="pilots", groupid=5001)
        answer = client.post("/jobs?wait=60s", {"type": "db_list", "reason": f"for {NAME}"}, Idempotency_Key=f"key of {NAME}")
        self.assertEqual(answer.json["outcome"], "ok", answer)
        self.assertEqual(client.get("/databases").status, 200)
        self.daemon.rpc(NAME, PASSWORD).job_exec("user_info", {"params": {"username": NAME}})
        self.assertEqual(self.admin().request("PATCH", f"/users/{NAME}?wait=60s", {"group": "exadbadm"}).status, 200)
        self.admin().ok("user_list")

    def remove(self):
        self.assertIn(self.admin().request("DELETE", f"/users/{NAME}?wait=60s").status, (200, 204))

    def pseudonymise(self):
        (done,) = self.root().ok("user_pseudonymise", removed_user=NAME)
        self.assertRegex(done["pseudonym"], "^user-[0-9a-f]{16}$")
        self.assertEqual(done["left"], [])
        self.assertIn("audit.syslog", done["notice"])
        return done

    def holding(self):
        """Files that have the name, packed ones included; what the daemon said to others is theirs."""
        found = []
        for path in sorted(self.daemon.root.rglob("*")):
            try:
                is_looked_at = path.is_file() and path.name != "daemon.log" and path.stat().st_blocks
                if is_looked_at and any(NAME.encode() in part for part in traces.parts(path.read_bytes())):
                    found.append(str(path.relative_to(self.daemon.root)))
            except FileNotFoundError:
                pass  # A daemon that runs replaces files.
        return found

    def verify(self):
        done = self.daemon.run("audit", "verify", check=False)
        self.assertEqual(done.returncode, 0, done)
        return done.stdout.strip()

    def test_it_is_found_nowhere_and_everything_goes_on(self):
        self.start()
        self.live()
        self.remove()
        self.assertNotIn("pseudonymised", self.verify())
        done = self.pseudonymise()
        for kind in ("records", "jobs", "revisions"):
            self.assertGreater(done[kind], 0, kind)

        client, pseudonym = self.admin(), done["pseudonym"]
        self.assertEqual(client.get(f"/audit?user={NAME}").json["items"], [])
        records = client.get(f"/audit?user={pseudonym}&limit=200").json["items"]
        self.assertLessEqual({"login", "job", "session_opened", "token_made"}, {record["event"] for record in records})
        self.assertFalse([record for record in records if "client_addr" in record])
        (event,) = client.get("/history?kind=pseudonymised").json["items"]
        self.assertEqual((event["user"], event["pseudonym"]), ("root", pseudonym))
        jobs = client.get(f"/jobs?user={pseudonym}&limit=200").json["items"]
        self.assertIn("group_create", [job["type"] for job in jobs])
        self.assertEqual(client.get(f"/history?user={NAME}").json["items"], [])
        self.assertIn("user_create", [
            item.get("type") for item in client.get(f"/history?object=user:{pseudonym}&limit=200").json["items"]])
        for path in ("/jobs?limit=200", "/history?limit=200", "/audit?limit=200", "/exaconf/revisions"):
            self.assertNotIn(NAME.encode(), client.get(path).body, path)

        self.assertRegex(self.verify(), r"^PASS: .*, \d+ of them pseudonymised$")
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.holding(), [])
        self.assertRegex(self.verify(), r"^PASS: .*, \d+ of them pseudonymised$")
        self.assertEqual(self.daemon.run("check", check=False).returncode, 0)
        # A revision of then can be brought back: with somebody nobody can log in as.
        self.daemon.start()
        client = self.admin()
        first = next(item["revision"] for item in client.get("/exaconf/revisions?limit=200").json["items"]
                     if pseudonym.encode() in client.get(f"/exaconf/revisions/{item['revision']}", Accept="text/plain").body)
        answer = self.root().request(
            "POST", "/exaconf/rollback?wait=60s", {"to": first}, {"If-Match": client.get("/exaconf").headers["etag"]})
        self.assertEqual(answer.json["outcome"], "ok", answer)
        self.assertFalse(client.ok("user_info", username=pseudonym)["login_enabled"])

    def test_archives_are_written_again(self):
        self.start(audit_keep_seconds=1, history_keep_seconds=1)
        self.live()
        self.remove()
        folder = self.daemon.root / "spool/jobs/archive"

        def are_archived():
            self.admin().job("db_list")
            files = self.holding()
            return all(any(name.startswith(f"spool/jobs/archive/{kind}-") for name in files) for kind in ("jobs", "audit"))
        until(are_archived, 60)
        done = self.pseudonymise()
        self.assertGreater(done["archives"], 0)
        self.assertRegex(self.verify(), r"^PASS: .*, \d+ of them pseudonymised$")
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.holding(), [])
        self.assertTrue(list(folder.glob("jobs-*.ndjson.gz")))
        self.assertRegex(self.verify(), r"^PASS: .*, \d+ of them pseudonymised$")

    def test_a_kill_at_any_moment_is_made_up_for(self):
        self.start()
        self.live()
        self.remove()
        for _ in range(3):
            answer = self.root().post("/jobs", {"type": "user_pseudonymise", "params": {"removed_user": NAME}})
            self.assertEqual(answer.status, 202, answer)
            self.daemon.kill()
            self.verify()
            self.daemon.start()
        self.pseudonymise()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.holding(), [])
        self.verify()

    def test_it_is_roots_and_for_nobody_who_is_a_user(self):
        self.start()
        self.live()
        job = self.root().job("user_pseudonymise", removed_user=NAME)
        self.assertEqual((job["outcome"], job["error_code"]),
                         ("declined", "object-exists"), job)
        self.remove()
        self.admin().ok("user_create", username="other", userid=4712, group="exaadm", login_enabled=True, password=PASSWORD)
        answer = self.daemon.rest("other", PASSWORD).post(
            "/jobs", {"type": "user_pseudonymise", "params": {"removed_user": NAME}})
        self.assertEqual((answer.status, answer.json["code"]), (403, "permission-denied"), answer)
        self.root().post("/queue/rules", {"action": "pause", "match": {"user": [NAME]}, "reason": "away"})
        job = self.root().job("user_pseudonymise", removed_user=NAME)
        self.assertNotEqual(job["outcome"], "ok", job)
        self.assertEqual(job["error_code"], "object-busy", job)
        self.assertNotIn(NAME, str(job))


if __name__ == "__main__":
    unittest.main()
