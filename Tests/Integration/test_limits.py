"""How much is let in: whoever is logged in at any pace, and how much at once; strangers so many a second."""

import collections
import threading
import unittest

from daemon import PASSWORD, Daemon, until


class Pace(unittest.TestCase):
    """With the settings the daemon has by itself."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def test_who_is_logged_in_is_never_too_fast(self):
        client = self.daemon.rest()
        self.assertEqual({client.get("/job-types/db_list").status for _ in range(300)}, {200})
        self.assertEqual({client.post("/jobs", {"type": "db_list"}).status for _ in range(300)}, {200})

    def test_two_thousand_calls_over_64_connections_are_all_answered(self):
        results, lock = collections.Counter(), threading.Lock()

        def call(count):
            rpc = self.daemon.rpc()
            found = collections.Counter(rpc.job_exec("db_list")["result_code"] for _ in range(count))
            with lock:
                results.update(found)
        threads = [threading.Thread(target=call, args=(32 if number < 16 else 31,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, {0: 2000})


class AtOnce(unittest.TestCase):
    def waits(self, daemon, count):
        """Clients that wait for an event that does not come; each has sent its request."""
        clients = [daemon.rest() for _ in range(count)]
        for client in clients:
            client.connection.request(
                "GET", "/events?types=node.state&after=now&wait=300s",
                headers=client.headers | {"Accept": "application/json"})
        self.addCleanup(lambda: [client.connection.close() for client in clients])

    def test_so_many_waits_and_all_else_goes_on(self):
        with Daemon(environment={"CONFD_LIMITS_WAITS": "3"}) as daemon:
            self.waits(daemon, 3)
            client, refused = daemon.rest(), []

            def is_full():
                refused[:] = [client.get("/jobs/11.999?wait=1s")]
                if refused[0].status == 429:
                    return True
                # This request may have had the place of one of the waits, which was turned away then.
                self.waits(daemon, 1)
                return False
            until(is_full)
            self.assertEqual(refused[0].json["code"], "too-many-waits", refused[0])
            self.assertEqual(refused[0].headers["retry-after"], "1")
            self.assertEqual(client.get("/jobs").status, 200)
            rpc = daemon.rpc()
            self.assertEqual(rpc.job_exec("db_list")["result_code"], 0, "it waits for nobody")
            jobs = client.get("/jobs?type=group_create").json["items"]
            told = rpc.job_exec("group_create", {"params": {"groupname": "late", "groupid": 4711}})
            self.assertEqual((told["result_code"], told["result_name"], told["result_jobid"]), (127, "RateLimited", ""))
            self.assertEqual(client.get("/jobs?type=group_create").json["items"], jobs, "no job was made")

    def test_more_than_are_let_in_stand_in_line_and_are_answered(self):
        few = {"CONFD_LIMITS_TURNS": "1", "CONFD_LIMITS_UNDER_WAY": "1"}
        with Daemon(environment=few) as daemon:
            statuses = []
            threads = [
                threading.Thread(
                    target=lambda: statuses.append(daemon.rest().post("/jobs", {"type": "db_list"}).status))
                for _ in range(30)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(statuses, [200] * 30)


class Strangers(unittest.TestCase):
    def test_an_address_without_a_login_has_twenty_requests_at_once(self):
        with Daemon(environment={"CONFD_LIMITS_ADDRESS_PER_SECOND": "10"}) as daemon:
            stranger = daemon.rest(user=None)
            answers = [stranger.get("/problems") for _ in range(200)]
            self.assertEqual({answer.status for answer in answers[:20]}, {200})
            self.assertEqual(answers[0].headers["ratelimit-policy"], '"address";q=20;w=2')
            refused = next(answer for answer in answers if answer.status == 429)
            self.assertEqual(refused.json["code"], "rate-limited")
            for path in ("/livez", "/readyz", "/master", "/is_master"):
                self.assertEqual(stranger.get(path).status, 200, path)
            self.assertEqual(daemon.rest().get("/jobs").status, 200)

    def test_wrong_passwords_count_against_the_address(self):
        with Daemon(environment={"CONFD_LIMITS_ADDRESS_PER_SECOND": "1", "CONFD_LIMITS_ADDRESS_BURST": "2"}) as daemon:
            for _ in range(3):
                self.assertEqual(daemon.rest("admin", PASSWORD + "?").get("/jobs").status, 401)
            self.assertEqual(daemon.rest(user=None).get("/problems").status, 429)


class EarlierSettings(unittest.TestCase):
    def daemon(self, text):
        daemon = Daemon()
        self.addCleanup(daemon.__exit__)
        (daemon.root / "etc").mkdir()
        (daemon.root / "etc/confd.yaml").write_text(text)
        return daemon

    def test_settings_of_an_earlier_version_are_named_once_and_do_nothing(self):
        daemon = self.daemon("limits:\n  requests_per_second: 1\n  requests_burst: 1\n  submissions_per_second: 1\n"
                             "  submissions_burst: 1\n")
        daemon.environment["CONFD_LIMITS_REQUESTS_BURST"] = "1"
        daemon.start()
        client = daemon.rest()
        self.assertEqual({client.get("/jobs").status for _ in range(20)}, {200})
        log = daemon.log_text()
        for key in ("requests_per_second", "requests_burst", "submissions_per_second", "submissions_burst"):
            self.assertEqual(log.count(f"'limits.{key}'"), 1, log)
        self.assertEqual(log.count("'CONFD_LIMITS_REQUESTS_BURST'"), 1, log)

    def test_a_setting_nobody_knows_stops_the_start(self):
        daemon = self.daemon("limits:\n  requests_per_minute: 1\n")
        done = daemon.run("settings", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("limits.requests_per_minute", done.stderr)


if __name__ == "__main__":
    unittest.main()
