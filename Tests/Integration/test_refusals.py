"""What strangers can cause to be kept, and what ends with a user: folded refusals, tokens, sessions, lengths."""

import http.client
import json
import os
import re
import resource
import socket
import sqlite3
import threading
import time
import unittest

from daemon import PASSWORD, Daemon, pam_matrix, until
from refused_logins import many, measure

# As they are by default.
ADDRESSES_LIMITED = {"CONFD_LIMITS_ADDRESS_PER_SECOND": "10"}


def audit(daemon):
    """Every record of the log, oldest first, as it is kept."""
    with sqlite3.connect(f"file:{daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
        return [json.loads(row[0]) for row in store.execute("SELECT event FROM audit ORDER BY seq")]


def size(daemon):
    """Bytes of the audit log in the store, indexes included."""
    with sqlite3.connect(f"file:{daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
        return sum(row[0] for row in store.execute("SELECT pgsize FROM dbstat WHERE name LIKE 'audit%'"))


class Floods(unittest.TestCase):
    SECONDS = 6

    def flood(self, daemon, client, requests):
        """Sends requests as fast as they are answered for some seconds; how many, and their statuses."""
        seen = {}
        end = time.monotonic() + self.SECONDS

        def send(source):
            rest = daemon.rest(user=None, source=source)
            while time.monotonic() < end:
                try:
                    status = rest.request(*requests()).status
                except (http.client.HTTPException, OSError):
                    # A connection that was closed; the next request opens another.
                    continue
                seen[status] = seen.get(status, 0) + 1

        senders = [threading.Thread(target=send, args=(source,)) for source in client]
        for sender in senders:
            sender.start()
        served = []
        while any(sender.is_alive() for sender in senders):
            begin = time.monotonic()
            self.assertEqual(daemon.rest(source="127.9.9.9").get("/jobs").status, 200)
            served.append(time.monotonic() - begin)
        self.assertLess(sorted(served)[len(served) * 99 // 100], 5, "who has a password is served meanwhile")
        return seen

    def look(self, daemon, seen, most):
        self.assertEqual(daemon.stop(), 0)
        refusals = [event for event in audit(daemon) if event["event"] in ("refusal", "lockout")]
        self.assertLessEqual(len(refusals), most, seen)
        self.assertLess(size(daemon), 1 << 20)
        self.assertIn("ok:", daemon.run("check").stdout, "the chain holds")
        return refusals

    def test_a_wrong_token_from_one_address(self):
        with Daemon() as daemon:
            wrong = {"Authorization": "Bearer " + "0" * 40}
            seen = self.flood(daemon, ["127.0.8.1"] * 4, lambda: ("GET", "/jobs", None, wrong))
            refusals = self.look(daemon, seen, 10)
            told = sum(int(event.get("fields", {}).get("count", 1)) for event in refusals if event["event"] == "refusal")
            self.assertEqual(told, seen.get(401, 0) + seen.get(429, 0))

    def test_wrong_passwords_from_many_addresses(self):
        with Daemon() as daemon:
            wrong = {"Authorization": "Basic " + "YTpi"}
            addresses = [f"127.0.{place // 20 + 10}.{place % 20 + 1}" for place in range(40)]
            seen = self.flood(daemon, addresses, lambda: ("GET", "/jobs", None, wrong))
            self.look(daemon, seen, 5 * (self.SECONDS + 10) + 20 + 10)

    def test_unknown_sessions(self):
        with Daemon() as daemon:
            wrong = {"Authorization": "Bearer confd_session_" + "0" * 64}
            seen = self.flood(daemon, ["127.0.8.2"] * 20, lambda: ("GET", "/jobs", None, wrong))
            self.look(daemon, seen, 10)

    def test_what_can_be_no_credential_is_held_to_the_limit_of_the_address(self):
        with Daemon(environment=ADDRESSES_LIMITED) as daemon:
            for place, field in enumerate((
                    "Foo bar", "Bearer confd_session_12", "Bearer confd_token_" + "g" * 64, "Basic !!!", "Bearer",
                    "Basic " + "Og==")):
                with self.subTest(field):
                    rest = daemon.rest(user=None, source=f"127.0.9.{place + 1}")
                    statuses = [rest.get("/jobs", Authorization=field).status for _ in range(60)]
                    self.assertIn(429, statuses)
                    self.assertEqual(set(statuses) - {401, 429}, set())
                    self.assertEqual(daemon.rest(source="127.9.9.9").get("/jobs").status, 200)


class Passwords(unittest.TestCase):
    """Wrong passwords, however many come from wherever, keep nobody out who knows theirs."""

    def crowd(self, addresses, connections):
        short, figures = measure(addresses, 6, 200, connections, {"CONFD_ACCESS_CACHE_SECONDS": "0"}, patience=20)
        self.assertEqual(short, [], figures)

    def test_a_right_one_is_checked_while_one_address_guesses(self):
        self.crowd(["127.0.8.3"], 120)

    def test_a_right_one_is_checked_while_many_addresses_guess(self):
        self.crowd(many(), 1)

    def test_side_by_side_an_address_has_no_more_guesses_than_one_by_one(self):
        with Daemon() as daemon:
            answers = []

            def guess(number):
                answers.append(daemon.rest(f"user{number}", "wrong", source="127.0.8.4").get("/jobs").status)
            guesses = [threading.Thread(target=guess, args=(number,)) for number in range(300)]
            for thread in guesses:
                thread.start()
            for thread in guesses:
                thread.join()
            # On a slow machine some wait for too long to be checked at all.
            self.assertLessEqual(set(answers), {401, 429, 503})
            self.assertLessEqual(answers.count(401), 20)
            self.assertGreaterEqual(answers.count(429), 280)
            self.assertEqual(daemon.rest(source="127.0.8.10").get("/jobs").status, 200)

    def test_wrong_tokens_and_strangers_keep_nobody_out_who_was_here_before(self):
        with Daemon(environment={"CONFD_ACCESS_CACHE_SECONDS": "0"}) as daemon:
            self.assertEqual(daemon.rest(source="127.0.8.7").get("/jobs").status, 200)
            answers = [daemon.rest(token="0" * 40, source="127.0.8.7").get("/jobs").status for _ in range(21)]
            self.assertEqual(answers, [401] * 20 + [429])
            self.assertEqual(daemon.rest(source="127.0.8.7").get("/jobs").status, 200)
            answers = [daemon.rest(f"user{number}", "wrong", source="127.0.8.7").get("/jobs").status
                       for number in range(21)]
            self.assertEqual(answers, [401] * 20 + [429])
            self.assertEqual(daemon.rest(source="127.0.8.7").get("/jobs").status, 200)

    def test_local_root_is_guessed_at_once_a_second_and_never_locked(self):
        with Daemon(users={"root": "right word"}) as daemon:
            begin, refused = time.monotonic(), 0
            while time.monotonic() - begin < 8:
                status = daemon.rest("root", "wrong", source="127.0.0.1").get("/jobs").status
                self.assertIn(status, (401, 429))
                refused += status == 401
            # Beyond the bound of time the last guess was on its way.
            self.assertLessEqual(refused, time.monotonic() - begin + 1)
            self.assertGreater(refused, 1)
            until(lambda: daemon.rest("root", "right word", source="127.0.0.1").get("/jobs").status == 200)


class Connections(unittest.TestCase):
    def test_one_address_does_not_take_all_of_them(self):
        with Daemon(environment={"CONFD_HTTP_MAX_CONNECTIONS": "40"}) as daemon:
            held = []
            for _ in range(60):
                held.append(socket.create_connection(("127.0.0.1", daemon.port), 30, ("127.0.8.5", 0)))
            self.addCleanup(lambda: [one.close() for one in held])
            client = daemon.rest(source="127.0.8.6")
            client.connection.timeout = 30
            self.assertEqual(client.get("/jobs").status, 200)
            # Those over the limit are closed, the others are waited for.
            for one in held:
                one.setblocking(False)

            def closed(one):
                try:
                    return one.recv(1) == b""
                except BlockingIOError:
                    return False
                except ConnectionResetError:
                    return True
            until(lambda: sum(map(closed, held)) == 50)

    def hold(self, count):
        """Has one address open so many connections, and somebody log in from another one."""
        # Those of this process and those of the daemon, which has its limit from it.
        limits, needed = resource.getrlimit(resource.RLIMIT_NOFILE), count + 2096
        if limits[1] != resource.RLIM_INFINITY and limits[1] < needed:
            self.skipTest(f"{needed} open files are needed, the hard limit is {limits[1]} (ulimit -Hn)")
        if limits[0] != resource.RLIM_INFINITY and limits[0] < needed:
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, limits[1]))
            self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        with Daemon() as daemon:
            held = [socket.create_connection(("127.0.0.1", daemon.port), 30, ("127.0.8.8", 0)) for _ in range(count)]
            try:
                begin = time.monotonic()
                self.assertEqual(daemon.rest(source="127.0.8.9").get("/jobs").status, 200)
                self.assertLess(time.monotonic() - begin, 2)
            finally:
                for one in held:
                    one.close()

    def test_two_thousand_connections_of_one_address_hold_up_no_login(self):
        self.hold(2000)

    @unittest.skipUnless(os.environ.get("CONFD_LONG_TESTS") == "1", "CONFD_LONG_TESTS=1 tries ten thousand")
    def test_ten_thousand_connections_of_one_address_hold_up_no_login(self):
        self.hold(10_000)


class Ends(unittest.TestCase):
    """Sessions and tokens end with what their user was."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def setUp(self):
        self.admin = self.daemon.rest()
        self.make()
        # Some of the tests end with the user gone.
        self.addCleanup(lambda: self.daemon.rest().job("user_delete", username="ada"))
        ada = self.daemon.rest("ada", "adas word")
        self.token = ada.post("/tokens", {"name": "t"}).json["secret"]
        self.session = self.daemon.rest(user=None).post(
            "/sessions", {"user": "ada", "password": "adas word"}).json["token"]
        self.assertEqual(self.statuses(), (200, 200))

    def make(self, number=2001):
        self.admin.ok(
            "user_create", username="ada", userid=number, group="exaadm", login_enabled=True, password="adas word")

    def statuses(self):
        return tuple(self.daemon.rest(token=token).get("/jobs").status for token in (self.token, self.session))

    def kept(self):
        with sqlite3.connect(f"file:{self.daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
            return [store.execute(f"SELECT count(*) FROM {table} WHERE user = 'ada'").fetchone()[0]
                    for table in ("tokens", "sessions")]

    def gone(self):
        self.assertEqual(self.statuses(), (401, 401))
        self.assertEqual(self.kept(), [0, 0])

    def test_a_removed_user_leaves_nothing_to_the_next_of_the_name(self):
        self.admin.ok("user_delete", username="ada")
        self.gone()
        self.make(2002)
        self.gone()

    def test_the_same_in_one_batch_of_changes(self):
        jobs = [self.admin.post("/jobs", body).json["job_id"] for body in (
            {"type": "user_delete", "params": {"username": "ada"}},
            {"type": "user_create", "params": {
                "username": "ada", "userid": 2001, "group": "exaadm", "login_enabled": True, "password": "adas word"}})]
        for job in jobs:
            self.assertEqual(self.admin.get(f"/jobs/{job}?wait=60s").json["outcome"], "ok")
        self.gone()

    def test_a_login_that_is_switched_off_and_on(self):
        self.admin.ok("user_modify", username="ada", login_enabled=False)
        self.gone()
        self.admin.ok("user_modify", username="ada", login_enabled=True)
        self.gone()

    def test_a_password_somebody_else_sets(self):
        self.admin.ok("user_passwd", username="ada", password="another word")
        self.gone()

    def test_an_own_password_ends_the_other_sessions(self):
        other = self.daemon.rest(user=None).post("/sessions", {"user": "ada", "password": "adas word"}).json["token"]
        self.daemon.rest(token=self.session).ok("user_passwd", username="ada", password="another word")
        self.assertEqual(self.statuses(), (200, 200), "the token, and the session it was done in")
        self.assertEqual(self.daemon.rest(token=other).get("/jobs").status, 401)
        self.daemon.rest("ada", "another word").ok("user_passwd", username="ada", password="a third word")
        self.assertEqual(self.statuses(), (200, 401))

    def test_an_edit_by_hand(self):
        self.daemon.stop()
        path = self.daemon.root / "etc/EXAConf"
        text = re.sub(r"    \[\[ada\]\]\n(        .*\n)+", "", path.read_text())
        path.write_text(re.sub(r"Checksum = .*", "Checksum = COMMIT", text))
        self.daemon.start()
        self.gone()

    def test_a_rollback(self):
        answer = self.admin.get("/exaconf/revisions").json["items"]
        before = min(item["revision"] for item in answer)
        tag = self.admin.get("/exaconf").headers["etag"]
        done = self.admin.post("/exaconf/rollback?wait=60s", {"to": before}, If_Match=tag)
        self.assertEqual(done.json["outcome"], "ok", done)
        self.gone()


class UnderWay(unittest.TestCase):
    """What ends while a login is being checked."""

    @unittest.skipUnless(pam_matrix(), "libpam-wrapper is not installed")
    def test_a_login_that_was_under_way_when_its_user_was_reset_leaves_no_session(self):
        daemon = Daemon(users={"admin": PASSWORD, "ada": "adas word"})
        self.addCleanup(daemon.__exit__)
        # A module that takes its time, as one that asks a directory does.
        begun, go = daemon.root / "begun", daemon.root / "go"
        wait = daemon.root / "pam/wait"
        wait.write_text(
            f"#!/bin/sh\n[ $PAM_USER = ada ] || exit 0\n: >{begun}\nwhile [ ! -e {go} ]; do sleep 0.05; done\n")
        wait.chmod(0o755)
        service = daemon.root / "pam/confd"
        service.write_text(service.read_text() + f"account required pam_exec.so {wait}\n")
        daemon.start()
        admin = daemon.rest()
        admin.ok("user_create", username="ada", userid=2001, group="exaadm", login_enabled=True, password="adas word")
        answers = []
        login = threading.Thread(target=lambda: answers.append(
            daemon.rest(user=None).post("/sessions", {"user": "ada", "password": "adas word"})))
        login.start()
        until(begun.exists)
        admin.ok("user_passwd", username="ada", password="another word")
        go.touch()
        login.join(30)
        self.assertEqual(answers[0].status, 401, answers)
        with sqlite3.connect(f"file:{daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
            self.assertEqual(store.execute("SELECT count(*) FROM sessions WHERE user = 'ada'").fetchone()[0], 0)
        later = daemon.rest(user=None).post("/sessions", {"user": "ada", "password": "adas word"})
        self.assertEqual(later.status, 201, later)


class Bounds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def test_fifty_tokens_and_ended_ones_make_room(self):
        rest = self.daemon.rest()
        made = [rest.post("/tokens", {"name": f"t{number}", "expires_in_s": 2 if number < 5 else 3600})
                for number in range(51)]
        # Making takes longer than two seconds on a slow machine: then there was room for the last one.
        self.assertEqual({answer.status for answer in made[:50]}, {201})
        if made[50].status == 403:
            self.assertIn("50 tokens", made[50].json["detail"])
        begin = time.monotonic()
        while rest.post("/tokens", {"name": "later"}).status != 201:
            self.assertLess(time.monotonic() - begin, 20)
        with sqlite3.connect(f"file:{self.daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
            self.assertLessEqual(store.execute("SELECT count(*) FROM tokens").fetchone()[0], 50)

    def test_a_reason_has_a_bound_on_every_way(self):
        rest, long = self.daemon.rest(), "é" * 501
        tag = rest.get("/exaconf").headers["etag"]
        job = rest.job("db_list")["job_id"]
        for method, path, body, headers in (
                ("POST", "/jobs", {"type": "db_list", "reason": long}, {}),
                ("POST", "/job-types/db_list/jobs", {"reason": long}, {}),
                ("POST", f"/jobs/{job}/cancel", {"reason": long}, {}),
                ("POST", f"/jobs/{job}/retry", {"reason": long}, {}),
                ("POST", "/exaconf/rollback", {"to": 1, "reason": long}, {"If-Match": tag}),
                ("POST", "/queue/rules", {"action": "pause", "reason": long, "match": {"type": ["x"]}}, {})):
            answer = rest.request(method, path, body, headers)
            self.assertEqual(answer.status, 400, (path, answer))
            self.assertEqual(answer.json["errors"][0]["pointer"], "/reason", path)
        answer = rest.request("PATCH", f"/exaconf?reason={'x' * 1001}", b"{}", {
            "If-Match": tag, "Content-Type": "application/merge-patch+json"})
        self.assertEqual((answer.status, answer.json["code"]), (400, "query-invalid"), answer)
        done = self.daemon.rpc().job_exec("db_list", {"intent": long})
        self.assertEqual(done["result_code"], 105, done)
        self.assertEqual(rest.post("/jobs", {"type": "db_list", "reason": "é" * 500}).json["reason"], "é" * 500)

    def test_of_a_long_body_its_size_digest_and_begin_are_kept(self):
        rest = self.daemon.rest()
        for size, is_whole in ((15_000, True), (900_000, False)):
            job = rest.post("/jobs?wait=60s", {"type": "user_info", "params": {"username": "x" * size}}).json["job_id"]
            with sqlite3.connect(f"file:{self.daemon.root}/spool/jobs/store.sqlite?mode=ro", uri=True) as store:
                row = store.execute("SELECT record FROM jobs WHERE number = ?", (int(job.split(".")[1]),)).fetchone()
            body = json.loads(row[0])["request"]["body"]
            if is_whole:
                self.assertEqual(body["params"]["username"], "x" * size)
            else:
                self.assertEqual(sorted(body), ["begin", "bytes", "sha256"])
                self.assertGreater(body["bytes"], size)
                self.assertEqual((len(body["begin"]), len(body["sha256"])), (1024, 64))

    def test_names_of_others_come_back_short_and_few(self):
        rest = self.daemon.rest()
        giant = "a" + "\u0301" * 100_000
        for body in (
                {"type": "db_list", "params": {"x" * 900_000: 1}}, {"type": "x" * 900_000},
                {"type": giant}, {"type": "db_list", "params": {giant: 1}}, {"type": "db_list", giant: 1},
                {"type": "db_list", "params": {f"name{number}": 1 for number in range(20_000)}},
                {"type": "db_list"} | {f"name{number}": 1 for number in range(20_000)},
                {"type": "user_info", "params": {"username": giant}}):
            answer = rest.post("/jobs?wait=60s", body)
            self.assertLess(len(answer.body), 20_000 if answer.status == 400 else 900_000, answer.body[:300])


if __name__ == "__main__":
    unittest.main()
