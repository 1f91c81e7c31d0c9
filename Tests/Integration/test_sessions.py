"""Sessions, tokens, challenges, cookies and locks over REST, on a real daemon with real PAM."""

import time
import unittest
import xmlrpc.client

from conversation import CODE, EXPIRED, converse
from daemon import PASSWORD, Daemon, pam_matrix, until


def login(daemon, user="admin", password=PASSWORD, source=None, **members):
    """The answer to a login by name and password in the body."""
    return daemon.rest(user=None, source=source).post("/sessions", {"user": user, "password": password} | members)


@unittest.skipUnless(pam_matrix(), "libpam-wrapper is not installed")
class Challenges(unittest.TestCase):
    """PAM asks more than a password."""

    def serve(self, lines, environment=None):
        daemon = Daemon(environment=environment)
        converse(daemon, lines)
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def code_service(self, environment=None):
        return self.serve(CODE, environment)

    def test_a_one_time_code_is_asked_for_and_good_once(self):
        daemon = self.code_service()
        first = login(daemon)
        self.assertEqual((first.status, first.json["code"]), (401, "login-continues"), first)
        self.assertEqual([prompt["echo"] for prompt in first.json["prompts"]], [True])
        path = f"/sessions/{first.json['challenge_id']}"
        client = daemon.rest(user=None)
        self.assertEqual(client.post(path, {"answers": []}).status, 400)
        elsewhere = daemon.rest(user=None, source="127.0.7.1").post(path, {"answers": ["755224"]})
        self.assertEqual((elsewhere.status, elsewhere.json["code"]), (401, "authentication-failed"))
        opened = client.post(path, {"answers": ["755224"]})
        self.assertEqual(opened.status, 201, opened)
        self.assertEqual(daemon.rest(token=opened.json["token"]).get("/jobs").status, 200)
        self.assertEqual(client.post(path, {"answers": ["755224"]}).status, 401)

    def test_a_wrong_code_looks_like_a_wrong_password(self):
        daemon = self.code_service()
        challenge = login(daemon).json["challenge_id"]
        wrong = daemon.rest(user=None).post(f"/sessions/{challenge}", {"answers": ["000000"]})
        # A user nobody knows is asked for a code as well: the question tells nothing.
        asked = login(daemon, "nobody_at_all", "x")
        self.assertEqual((asked.status, asked.json["code"]), (401, "login-continues"), asked)
        unknown = daemon.rest(user=None).post(f"/sessions/{asked.json['challenge_id']}", {"answers": ["755224"]})
        for answer in (wrong, unknown):
            self.assertEqual((answer.status, answer.json["code"]), (401, "authentication-failed"), answer)
        self.assertEqual(wrong.json["detail"], unknown.json["detail"])
        # By Basic there is nobody to ask.
        self.assertIn(daemon.rest().get("/jobs").status, (401, 503))

    def test_an_expired_password_is_changed_on_the_way(self):
        daemon = self.serve(EXPIRED)
        job = daemon.rest().job(
            "user_create", username="nora", userid=2001, group="exaadm", login_enabled=True, password="not asked for")
        self.assertEqual(job["outcome"], "ok", job)
        self.assertEqual(daemon.rest("nora", "old one").get("/jobs").status, 401)
        client, answer, asked = daemon.rest(user=None), login(daemon, "nora", "old one"), 0
        while answer.status == 401 and asked < 5:
            self.assertEqual(answer.json["code"], "login-continues", answer)
            asked += len(answer.json["prompts"])
            given = ["old one" if asked == 1 else "new one"] * len(answer.json["prompts"])
            answer = client.post(f"/sessions/{answer.json['challenge_id']}", {"answers": given})
        self.assertEqual((answer.status, asked), (201, 3), answer)
        self.assertEqual(daemon.rest("nora", "new one").get("/jobs").status, 200)
        self.assertEqual(daemon.rest("nora", "old one").get("/jobs").status, 401)

    def test_few_may_wait_and_not_for_long(self):
        daemon = self.code_service({"CONFD_ACCESS_CHALLENGE_SECONDS": "2"})
        waiting = [login(daemon) for _ in range(4)]
        self.assertEqual({answer.json["code"] for answer in waiting}, {"login-continues"})
        over = login(daemon)
        self.assertEqual((over.status, over.json["code"]), (429, "rate-limited"), over)
        self.assertGreaterEqual(int(over.headers["retry-after"]), 1)
        self.assertEqual(login(daemon, source="127.0.7.2").json["code"], "login-continues")
        until(lambda: login(daemon).json["code"] == "login-continues")
        late = daemon.rest(user=None).post(f"/sessions/{waiting[0].json['challenge_id']}", {"answers": ["755224"]})
        self.assertEqual((late.status, late.json["code"]), (401, "authentication-failed"))


class Sessions(unittest.TestCase):
    def test_a_session_lives_until_it_is_ended(self):
        with Daemon() as daemon:
            opened = login(daemon)
            self.assertEqual(opened.status, 201, opened)
            token, name = opened.json["token"], opened.json["session_id"]
            self.assertEqual(opened.headers["location"], f"/sessions/{name}")
            client = daemon.rest(token=token)
            self.assertEqual(client.get("/sessions/current").json["session_id"], name)
            daemon.stop()
            self.assertNotIn(token.encode(), (daemon.root / "spool/jobs/store.sqlite").read_bytes())
            daemon.start()
            client = daemon.rest(token=token)
            self.assertEqual(client.get("/jobs").status, 200, "a restart ends no session")
            self.assertEqual([item["session_id"] for item in client.get("/sessions").json["items"]], [name])
            self.assertEqual(client.request("DELETE", f"/sessions/{name}").status, 204)
            self.assertEqual(client.get("/jobs").status, 401)

    def test_a_session_ends_by_time(self):
        with Daemon(environment={"CONFD_ACCESS_SESSION_SECONDS": "3", "CONFD_ACCESS_SESSION_IDLE_SECONDS": "2"}) as daemon:
            client = daemon.rest(token=login(daemon).json["token"])
            begin = time.monotonic()
            while client.get("/jobs").status == 200:
                self.assertLess(time.monotonic() - begin, 20)
            self.assertGreater(time.monotonic() - begin, 2.5, "use keeps it alive up to its end")

    def test_a_cookie_needs_a_page_of_this_server(self):
        with Daemon() as daemon:
            opened = login(daemon, cookie=True)
            self.assertEqual(opened.status, 201, opened)
            self.assertNotIn("token", opened.json)
            cookie = opened.headers["set-cookie"]
            self.assertTrue(cookie.endswith("; Path=/; Secure; HttpOnly; SameSite=Strict"), cookie)
            page = {"Cookie": cookie.split(";")[0], "Origin": f"https://127.0.0.1:{daemon.port}",
                    "Confd-CSRF": opened.json["csrf_token"]}
            client = daemon.rest(user=None)
            job = {"type": "db_list"}
            self.assertEqual(client.request("GET", "/jobs", headers={"Cookie": page["Cookie"]}).status, 200)
            self.assertIn(client.request("POST", "/jobs", job, page).status, (200, 202))
            for change, code in (({"Confd-CSRF": "0" * 64}, "csrf-token-invalid"),
                                 ({"Origin": "https://evil.example"}, "cross-site"),
                                 ({"Origin": f"https://127.0.0.1:{daemon.port + 1}"}, "cross-site")):
                answer = client.request("POST", "/jobs", job, page | change)
                self.assertEqual((answer.status, answer.json["code"]), (403, code), answer)
            call = xmlrpc.client.dumps((), "job_list").encode()
            for path in ("/", "/RPC2", "/jrpc", "/rest"):
                self.assertEqual(client.request("POST", path, call, page).status, 401, path)
            self.assertEqual(client.request("DELETE", "/sessions/current", headers=page).status, 204)
            self.assertEqual(client.request("GET", "/jobs", headers=page).status, 401)


class Tokens(unittest.TestCase):
    def test_a_token_has_no_more_rights_than_its_owner_has_now(self):
        with Daemon() as daemon:
            admin = daemon.rest()
            job = admin.job("user_create", username="nina", userid=2001, group="exaadm", login_enabled=True, password="pw")
            self.assertEqual(job["outcome"], "ok", job)
            nina = daemon.rest("nina", "pw")
            made = nina.post("/tokens", {"name": "monitor", "roles": ["exaadm"], "expires_in_s": 3600})
            self.assertEqual(made.status, 201, made)
            secret = made.json["secret"]
            client = daemon.rest(token=secret)
            self.assertEqual(client.get("/exaconf").status, 200)
            self.assertEqual(daemon.rpc().system.listMethods() != [], True)
            self.assertIn("last_used_at", nina.get("/tokens").json["items"][0])
            self.assertEqual(nina.post("/tokens", {"name": "more", "roles": ["root"]}).status, 400)
            self.assertEqual(client.post("/tokens", {"name": "child"}).status, 403)

            self.assertEqual(admin.job("user_modify", username="nina", group="exausers")["outcome"], "ok")
            self.assertEqual(client.get("/exaconf").status, 403, "roles are those of now")
            daemon.stop()
            self.assertNotIn(secret.encode(), (daemon.root / "spool/jobs/store.sqlite").read_bytes())
            daemon.start()
            self.assertEqual(daemon.rest(token=secret).get("/jobs").status, 200)
            path = f"/tokens/{made.json['token_id']}"
            self.assertEqual(daemon.rest("nina", "pw").request("DELETE", path).status, 204)
            self.assertEqual(daemon.rest(token=secret).get("/jobs").status, 401)

    def test_a_token_ends_by_time(self):
        with Daemon() as daemon:
            secret = daemon.rest().post("/tokens", {"name": "brief", "expires_in_s": 2}).json["secret"]
            self.assertEqual(daemon.rest(token=secret).get("/jobs").status, 200)
            until(lambda: daemon.rest(token=secret).get("/jobs").status == 401)


class Lockouts(unittest.TestCase):
    def test_a_lock_is_listed_and_lifted(self):
        with Daemon() as daemon:
            source = "127.0.8.1"
            for _ in range(5):
                self.assertEqual(login(daemon, "admin", "wrong", source).status, 401)
            self.assertEqual(login(daemon, source=source).status, 401)
            client = daemon.rest()
            (lock,) = client.get("/lockouts").json["items"]
            self.assertEqual((lock["user"], lock["client_addr"]), ("admin", source))
            self.assertTrue(0 < lock["remaining_s"] <= 900)
            self.assertEqual(client.request("DELETE", f"/lockouts/{lock['lockout_id']}").status, 204)
            self.assertEqual(client.get("/lockouts").json["items"], [])
            self.assertEqual(login(daemon, source=source).status, 201)


if __name__ == "__main__":
    unittest.main()
