"""How long what lasts lasts: streams, subscriptions and waits go with the login they were begun with."""

import json
import threading
import time
import unittest
import xmlrpc.client

from daemon import Daemon, unverified, until
from test_events import Listener
from test_sessions import login


def follow(client, path="/events?types=node.state", headers=None):
    """The lines of a stream of events while it lasts."""
    client.connection.request("GET", path, headers=client.headers | (headers or {}))
    answer = client.connection.getresponse()
    assert answer.status == 200, answer.status
    return (line.decode().strip() for line in answer)


class Streams(unittest.TestCase):
    """A stream looks at its login about once a minute; each silence of 15 s ends with a sign of life."""

    def test_a_stream_of_a_cookies_session_lasts_as_long_as_the_session(self):
        with Daemon() as daemon:
            opened = login(daemon, cookie=True)
            lines = follow(
                daemon.rest(user=None), headers={"Cookie": opened.headers["set-cookie"].split(";")[0]})
            signs = 0
            for line in lines:
                self.assertNotEqual(line, "event: problem", "the login was looked at and refused")
                signs += line == ": keep-alive"
                if signs == 5:
                    break
            self.assertEqual(signs, 5, "the stream ended by itself")
            ended = daemon.rest().request("DELETE", f"/sessions/{opened.json['session_id']}")
            self.assertEqual(ended.status, 204, ended)
            self.assertIn("event: problem", lines, "it does not outlive the session")


class Ends(unittest.TestCase):
    """What lasts ends, or narrows, with what it was begun by: at once, not when it is looked at some time."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def setUp(self):
        self.admin = self.daemon.rest()
        self.admin.ok("user_create", username="ada", userid=2001, group="exaadm", login_enabled=True, password="adas word")
        self.addCleanup(self.admin.job, "user_delete", username="ada")
        self.ada = self.daemon.rest("ada", "adas word")

    def token(self, **limits):
        return self.ada.post("/tokens", {"name": "t"} | limits).json

    def by_token(self, token):
        return xmlrpc.client.ServerProxy(
            f"https://127.0.0.1:{self.daemon.port}", context=unverified(),
            headers=[("Authorization", f"Bearer {token['secret']}")])

    def listener(self):
        listener = Listener()
        self.addCleanup(listener.close)
        return listener

    def assertEndsSoon(self, lines):
        begin = time.monotonic()
        self.assertIn("event: problem", lines)
        self.assertLess(time.monotonic() - begin, 2)

    def test_streams_end_with_what_was_shown_for_them(self):
        token, other = self.token(), self.token()
        session = self.daemon.rest(user=None).post(
            "/sessions", {"user": "ada", "password": "adas word"}).json
        streams = {kind: follow(client) for kind, client in {
            "token": self.daemon.rest(token=token["secret"]), "other": self.daemon.rest(token=other["secret"]),
            "session": self.daemon.rest(token=session["token"]), "password": self.daemon.rest("ada", "adas word"),
        }.items()}
        self.assertEqual(self.ada.request("DELETE", f"/tokens/{token['token_id']}").status, 204)
        self.assertEndsSoon(streams["token"])
        self.assertEqual(self.ada.request("DELETE", f"/sessions/{session['session_id']}").status, 204)
        self.assertEndsSoon(streams["session"])
        # An own new password keeps tokens; what lasts of the former one ends.
        self.ada.ok("user_passwd", username="ada", password="another word")
        self.assertEndsSoon(streams["password"])
        self.admin.ok("user_modify", username="ada", login_enabled=False)
        self.assertEndsSoon(streams["other"])

    def test_who_loses_a_role_is_told_no_more_of_others(self):
        lines = follow(self.daemon.rest(token=self.token()["secret"]), "/events?types=job.ended")
        told = []
        threading.Thread(target=lambda: told.extend(
            json.loads(line[6:]).get("user") for line in lines if line.startswith("data: ")), daemon=True).start()
        self.admin.ok("node_list")
        until(lambda: "admin" in told)
        self.admin.ok("user_modify", username="ada", group="exausers")
        known = told.count("admin")
        self.admin.ok("node_list")
        self.ada.ok("user_passwd", username="ada", password="another word")
        until(lambda: "ada" in told)
        # The job that took the role away may have been told of still.
        self.assertLessEqual(told.count("admin"), known + 1)

    def test_a_subscription_is_told_what_its_token_may_see_and_ends_with_it(self):
        token, listener = self.token(roles=[]), self.listener()
        self.by_token(token).subscribe(listener.url, {"types": ["job.ended"]})
        self.admin.ok("node_list")
        own = self.ada.job("node_list")["job_id"]
        until(lambda: own in listener.ended())
        self.assertEqual({event["user"] for event in listener.told}, {"ada"})
        self.assertEqual(self.ada.request("DELETE", f"/tokens/{token['token_id']}").status, 204)
        self.ada.job("node_list")
        until(lambda: "the login is not accepted any more" in self.daemon.log_text(), 2)
        self.assertEqual(listener.ended(), [own])

    def test_a_subscription_ends_with_its_user(self):
        token, listener = self.token(), self.listener()
        self.by_token(token).subscribe(listener.url, {"types": ["job.ended"]})
        job = self.admin.job("node_list")["job_id"]
        until(lambda: job in listener.ended())
        self.admin.ok("user_delete", username="ada")
        told = len(listener.told)
        jobs = [self.admin.job("node_list")["job_id"] for _ in range(5)]
        # The job that removed the user may have been told of still.
        self.assertLessEqual(len(listener.told), told + 1)
        self.assertFalse(set(jobs) & set(listener.ended()))

    def test_what_was_waited_for_is_told_to_nobody_whose_login_has_ended(self):
        answers = {}

        def wait(name, client):
            answers[name] = client.get("/events/page?after=now&types=node.state&wait=4s").status

        token = self.token()
        waits = [threading.Thread(target=wait, args=arguments) for arguments in (
            ("gone", self.daemon.rest(token=token["secret"])), ("password", self.daemon.rest("ada", "adas word")))]
        for thread in waits:
            thread.start()
        # It is noted when it was let in.
        until(lambda: "last_used_at" in self.ada.get("/tokens").json["items"][0])
        self.assertEqual(self.ada.request("DELETE", f"/tokens/{token['token_id']}").status, 204)
        for thread in waits:
            thread.join(60)
        self.assertEqual(answers, {"gone": 401, "password": 200})


if __name__ == "__main__":
    unittest.main()
