"""Who gets in, with which rights: roles, refusals, locks, tokens, users of EXAConf, and what is written down of it."""

import base64
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
import unittest
import xmlrpc.client

from daemon import PASSWORD, Daemon, pam_matrix
from test_tls import Authority

GUESTS = 3000
GROUPS = {"rita": "root", "adam": "exaadm", "dora": "exadbadm", "gus": "guests"}
USERS = {"admin": PASSWORD} | {name: f"{name}'s pass wörd" for name in GROUPS}


def make_users(daemon):
    """Gives the cluster the users of GROUPS, with ids from 2001 on; PAM knows their passwords by itself."""
    client = daemon.rest()
    jobs = [client.job("group_create", groupid=GUESTS, groupname="guests")]
    for number, (name, group) in enumerate(GROUPS.items(), 2001):
        jobs.append(client.job(
            "user_create", username=name, userid=number, group=group, login_enabled=True, password="not asked for"))
    assert all(job["outcome"] == "ok" for job in jobs), jobs


def without_id(answer):
    """What must be equal in two refusals: everything but the request's id and the date."""
    kept = [(k, v) for k, v in answer.fields if k.lower() not in ("confd-request-id", "date")]
    body = answer.body
    if answer.headers["content-type"].startswith("application/problem+json"):
        request = answer.json["request_id"]
        body = body.replace(request.encode(), b"?" * len(request))
    else:
        body = body.replace(answer.headers["confd-request-id"].encode(), b"?")
    return answer.status, kept, body


def call(name, *arguments):
    return xmlrpc.client.dumps(arguments, name).encode()


class Refusals:
    """Checks a daemon's refusals; mixed into test cases."""

    def assertRefused(self, user, password, source=None):
        answer = self.daemon.rest(user, password, source=source).get("/jobs")
        self.assertEqual(answer.status, 401, (user, answer))
        self.assertEqual(answer.json["code"], "authentication-failed")
        offered = [value for name, value in answer.fields if name.lower() == "www-authenticate"]
        self.assertEqual(offered, ['Basic realm="confd", charset="UTF-8"', 'Bearer realm="confd"'])
        rpc = self.daemon.rest(user, password, source=source).post("/RPC2", call("job_list"), Content_Type="text/xml")
        self.assertEqual(rpc.status, 401, (user, rpc))
        return without_id(answer)

    def assertAccepted(self, user, password, source=None):
        answer = self.daemon.rest(user, password, source=source).get("/jobs")
        self.assertEqual(answer.status, 200, (user, answer))


@unittest.skipUnless(pam_matrix(), "libpam-wrapper is not installed")
class Rights(Refusals, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(users=USERS).start()
        make_users(cls.daemon)
        job = cls.daemon.rest().job(
            "remote_volume_add", remote_volume_name="away", url="ftp://host/x", vol_type="ftp", owner=["gus", "guests"],
            username="u", password="p")
        assert job["outcome"] == "ok", job

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def test_each_job_is_for_those_it_names(self):
        away = {"remote_volume_name": "away"}
        own = object()
        table = (
            ("node_list", {}, {"admin", "rita", "adam"}),
            ("db_list", {}, {"admin", "rita", "adam", "dora"}),
            ("user_list", {}, {"admin", "rita", "adam"}),
            ("bucketfs_list", {}, {"admin", "rita", "adam"}),
            ("remote_volume_info", away, {"admin", "rita", "adam", "gus"}),
            ("user_passwd", own, set(USERS)),
            ("user_passwd", {"username": "gus", "password": "new one"}, {"admin", "rita", "adam", "gus"}),
            ("group_delete", {"groupname": "guests"}, {"admin", "rita", "adam"}))
        for job, params, allowed in table:
            for user, password in USERS.items():
                given = {"username": user, "password": "new one"} if params is own else params
                dry = {"dry_run": True} if job == "group_delete" else {}
                with self.subTest(job=job, user=user, params=given):
                    answer = self.daemon.rest(user, password).post(
                        "/jobs?wait=60s", {"type": job, "params": given} | dry)
                    result = self.daemon.rpc(user, password).job_exec(job, {"params": given} | dry)
                    if user in allowed:
                        self.assertEqual(answer.status, 200, answer)
                        self.assertNotIn("permission-denied", answer.body.decode())
                        self.assertNotEqual(result["result_code"], 102, result)
                        if not dry:
                            self.assertEqual((answer.json["outcome"], result["result_code"]), ("ok", 0), result)
                        continue
                    self.assertEqual((answer.status, answer.json["code"]), (403, "permission-denied"), answer)
                    self.assertIn("root", answer.json["allowed_groups"])
                    self.assertEqual(
                        (result["result_code"], result["result_name"], result["result_jobid"]),
                        (102, "PermissionDenied", ""))
                    self.assertTrue(result["result_desc"].startswith("JobError: "))
                    with self.assertRaises(xmlrpc.client.Fault) as fault:
                        self.daemon.rpc(user, password).job_start(job, {"params": given})
                    self.assertEqual(fault.exception.faultCode, 102)

    def test_jobs_of_others_are_unknown_to_those_without_a_role(self):
        job = self.daemon.rest().job("db_list")["job_id"]
        for user, status in (("rita", 200), ("adam", 200), ("dora", 200), ("gus", 404)):
            client = self.daemon.rest(user, USERS[user])
            for path in (f"/jobs/{job}", f"/jobs/{job}/result", f"/jobs/{job}/log"):
                self.assertEqual(client.get(path).status, status, (user, path))
            # It has no command, which those who may see it are told.
            code = "object-missing" if status == 200 else "job-not-found"
            self.assertEqual(client.get(f"/jobs/{job}/answers/0").json["code"], code, user)
            self.assertEqual(client.get("/exaconf").status, 200 if status == 200 else 403, user)
            self.assertEqual(client.get("/exaconf/revisions").status, 200 if status == 200 else 403, user)
        gus = self.daemon.rest("gus", USERS["gus"])
        unknown, foreign = gus.get("/jobs/11.999999").json, gus.get(f"/jobs/{job}").json
        self.assertEqual(unknown["detail"].replace("11.999999", job), foreign["detail"])
        self.assertEqual(gus.post(f"/jobs/{job}/cancel", {}).status, 404)
        self.assertNotIn(job, [item["job_id"] for item in gus.get("/jobs?limit=1000").json["items"]])
        self.assertEqual(gus.get("/jobs?user=admin").json["items"], [])
        with self.assertRaises(xmlrpc.client.Fault) as fault:
            self.daemon.rpc("gus", USERS["gus"]).job_info(job)
        self.assertEqual(fault.exception.faultCode, 106)

    def test_everybody_who_is_not_known_gets_the_same_refusal(self):
        refusals = [
            self.assertRefused(user, password, "127.0.2.1") for user, password in (
                ("gus", "wrong"), ("nobody_at_all", "wrong"), ("gus", ""), ("exadefusr", "x"))]
        self.assertEqual(len({str(refusal) for refusal in refusals}), 1, refusals)
        for field in (None, "Basic !!", "Digest x", "Basic Og==", "Basic", "Bearer"):
            client = self.daemon.rest(user=None, source="127.0.2.2")
            headers = {"Authorization": field} if field else {}
            self.assertEqual(client.request("GET", "/jobs", headers=headers).status, 401, field)
        for path in ("/livez", "/readyz", "/master", "/is_master", "/problems/internal"):
            self.assertEqual(self.daemon.rest(user=None).get(path).status, 200, path)

    def test_the_token_of_the_cluster_acts_as_root(self):
        token = next(
            line.split(" = ")[1] for line in self.daemon.configuration().splitlines() if "AuthenticationToken" in line)
        client = self.daemon.rest(token=token, source="127.0.2.3")
        self.assertEqual(client.job("user_list")["outcome"], "ok")
        fields = [("Authorization", f"Bearer {token}")]
        rpc = self.daemon.rpc(headers=fields)
        rpc = xmlrpc.client.ServerProxy(
            f"https://127.0.0.1:{self.daemon.port}", context=rpc("transport").context, headers=fields)
        self.assertEqual(rpc.job_exec("user_list")["result_code"], 0)
        for wrong in (token[:-1], token + "A", token.lower(), "", "wrong"):
            answer = self.daemon.rest(token=wrong, source="127.0.2.3").get("/jobs")
            self.assertEqual(answer.status, 401, wrong)
            self.assertNotIn(token, answer.body.decode())

    def test_a_session_is_good_on_both_faces_and_keeps_its_user(self):
        session = self.daemon.rpc("gus", USERS["gus"]).user_login()
        rest = self.daemon.rest(token=session)
        self.assertEqual(rest.get("/jobs").status, 200)
        self.assertEqual(rest.post("/jobs?wait=9s", {"type": "user_list"}).status, 403)
        self.assertEqual(rest.job("remote_volume_info", remote_volume_name="away")["user"], "gus")
        answer = rest.post("/RPC2", call("user_state"), Content_Type="text/xml")
        state = xmlrpc.client.loads(answer.body)[0][0]
        self.assertEqual((state["user"], state["roles"], state["method"]), ("gus", ["guests"], "session"))
        self.assertEqual(self.daemon.rest(token=session + "x", source="127.0.2.4").get("/jobs").status, 401)
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.daemon.rest(token=session).get("/jobs").status, 200)

    def test_five_failures_lock_the_user_at_his_address_only(self):
        source = "127.0.3.1"
        self.assertAccepted("dora", USERS["dora"], source)
        wrong = [self.assertOneRefusal("dora", f"wrong {number}", source) for number in range(5)]
        self.assertEqual(self.assertOneRefusal("dora", USERS["dora"], source), wrong[0])
        # Who has the right password meanwhile has to learn why it is refused, and a stranger no more than before.
        self.assertIn("several failures lock a login", str(wrong[0]))
        self.assertAccepted("dora", USERS["dora"], "127.0.3.2")
        self.assertAccepted("adam", USERS["adam"], source)

    def assertOneRefusal(self, user, password, source):
        answer = self.daemon.rest(user, password, source=source).get("/jobs")
        self.assertEqual(answer.status, 401, (user, answer))
        return without_id(answer)

    def test_twenty_failures_limit_an_address_with_a_time_to_wait(self):
        source = "127.0.3.3"
        for number in range(20):
            self.assertOneRefusal(f"guess{number}", "wrong", source)
        answer = self.daemon.rest("adam", USERS["adam"], source=source).get("/jobs")
        self.assertEqual((answer.status, answer.json["code"]), (429, "rate-limited"), answer)
        self.assertTrue(0 < int(answer.headers["retry-after"]) <= 300)
        self.assertAccepted("adam", USERS["adam"], "127.0.3.4")
        self.assertEqual(self.daemon.rest(source=source).get("/livez").status, 200)


@unittest.skipUnless(pam_matrix(), "libpam-wrapper is not installed")
class AccountPhase(Refusals, unittest.TestCase):
    """Accounts PAM refuses after the right password: locked, expired, with a password to be changed."""

    def test_a_right_password_is_not_enough(self):
        special = {"lena": "acct=perm_denied", "ella": "acct=acct_expired", "nora": "acct=new_authtok_reqd"}
        users = {"admin": PASSWORD} | {name: f"{name} password" for name in special}
        daemon = self.daemon = Daemon(users=users)
        folder = daemon.root / "pam"
        module, passdb = pam_matrix(), folder / "passdb"
        lines = [f"auth required {module} passdb={passdb}"]
        for name, outcome in special.items():
            script = folder / f"is-not-{name}"
            script.write_text(f"#!/bin/sh\n[ \"$PAM_USER\" != {name} ]\n")
            script.chmod(0o755)
            lines.append(f"account [success=1 default=ignore] pam_exec.so quiet {script}")
            lines.append(f"account requisite pam_debug.so {outcome}")
        lines.append(f"account required {module} passdb={passdb}")
        (folder / "confd").write_text("\n".join(lines) + "\n")
        with daemon:
            client = daemon.rest()
            for number, name in enumerate(special, 2001):
                job = client.job(
                    "user_create", username=name, userid=number, group="root", login_enabled=True, password="not asked")
                self.assertEqual(job["outcome"], "ok", job)
            expected = self.assertRefused("nobody_at_all", "wrong")
            for name in special:
                self.assertEqual(self.assertRefused(name, users[name]), expected, name)
            self.assertAccepted("admin", PASSWORD)

            self.assertEqual(client.job("user_create", username="dina", userid=2010, group="root", login_enabled=False,
                                        password="not asked")["outcome"], "ok")
            with (folder / "passdb").open("a") as file:
                file.write("dina:dina password:confd\n")
            self.assertEqual(self.assertRefused("dina", "dina password"), expected)
            self.assertEqual(client.job("user_modify", username="dina", login_enabled=True)["outcome"], "ok")
            self.assertAccepted("dina", "dina password")


class Timing(unittest.TestCase):
    COUNT = 15

    def test_unknown_user_and_wrong_password_take_the_same_time(self):
        with Daemon(environment={"CONFD_ACCESS_FAILURE_MILLISECONDS": "200"}) as daemon:
            daemon.rest().get("/jobs")
            times = {"admin": [], "nobody_at_all": []}
            for number in range(self.COUNT):
                for user in times:
                    # An address of its own for each pair, so that no lock answers.
                    client = daemon.rest(user, "wrong", source=f"127.0.4.{number + 1}")
                    client.get("/livez")
                    begin = time.monotonic()
                    self.assertEqual(client.get("/jobs").status, 401)
                    times[user].append(time.monotonic() - begin)
            wrong, unknown = times.values()
            self.assertGreaterEqual(min(wrong + unknown), 0.2)
            self.assertLess(abs(statistics.median(wrong) - statistics.median(unknown)), 0.15, times)
            quartiles = [statistics.quantiles(values, n=4) for values in (wrong, unknown)]
            (low, _, high), (other_low, _, other_high) = quartiles
            self.assertTrue(low < other_high and other_low < high, times)


class ClusterUsers(Refusals, unittest.TestCase):
    """Users of EXAConf without an account of the system, through the generated PAM file."""

    def test_a_wrong_password_is_told_from_a_broken_system_and_only_to_the_operator(self):
        with Daemon() as daemon:
            answers = [daemon.rest("admin", "wrong").get("/jobs")]
            rest = daemon.rest()
            self.assertEqual(rest.get("/jobs").status, 200)
            # The store, which has the users, is somewhere else than the file says.
            service = daemon.root / "etc/pam.d/confd"
            service.write_text(service.read_text().replace(f"--root {daemon.root}", "--root /nonexistent"))
            answers.append(daemon.rest("admin", "wrong as well").get("/jobs"))
            for answer in answers:
                self.assertEqual((answer.status, answer.json["code"]), (401, answers[0].json["code"]))
                self.assertNotIn("PAM", answer.body.decode())
            refusals = [e["detail"] for e in rest.get("/audit?limit=20").json["items"] if e["event"] == "refusal"]
            self.assertEqual([word for detail in refusals for word in detail.split() if word.startswith("PAM_")],
                             ["PAM_SYSTEM_ERR", "PAM_AUTH_ERR"])

    def test_a_user_lives_and_dies_with_the_configuration(self):
        with Daemon() as daemon:
            self.daemon = daemon
            self.assertAccepted("admin", PASSWORD)
            self.assertRefused("admin", PASSWORD + "x", "127.0.5.1")
            admin = daemon.rest()
            job = admin.job(
                "user_create", username="nina", userid=2001, group="exaadm", login_enabled=True, password="first: pä$$")
            self.assertEqual(job["outcome"], "ok", job)
            self.assertAccepted("nina", "first: pä$$")
            self.assertRefused("nina", "first: pä$", "127.0.5.2")

            nina = daemon.rest("nina", "first: pä$$")
            self.assertEqual(nina.job("user_passwd", username="nina", password="second")["outcome"], "ok")
            self.assertEqual(nina.get("/jobs").status, 401)
            self.assertRefused("nina", "first: pä$$", "127.0.5.3")
            self.assertAccepted("nina", "second")
            self.assertEqual(daemon.rpc("nina", "second").job_exec("node_list")["result_code"], 0)

            session = daemon.rpc("nina", "second").user_login()
            self.assertEqual(daemon.rest(token=session).get("/jobs").status, 200)
            self.assertEqual(admin.job("user_modify", username="nina", login_enabled=False)["outcome"], "ok")
            self.assertRefused("nina", "second", "127.0.5.4")
            self.assertEqual(daemon.rest(token=session).get("/jobs").status, 401)
            self.assertEqual(admin.job("user_modify", username="nina", login_enabled=True)["outcome"], "ok")
            self.assertAccepted("nina", "second")

            self.assertEqual(admin.job("user_modify", username="nina", group="exausers")["outcome"], "ok")
            self.assertEqual(daemon.rest("nina", "second").post("/jobs", {"type": "node_list"}).status, 403)

            self.assertEqual(admin.job("user_delete", username="nina")["outcome"], "ok")
            self.assertRefused("nina", "second", "127.0.5.5")
            self.assertEqual(daemon.rest(token=session, source="127.0.5.5").get("/jobs").status, 401)


class Records(unittest.TestCase):
    """What is kept of all this, and what must not be."""

    SECRETS = ("ninas-first-secret", "ninas-second-secret", "stores-own-secret", "a-wrong-guess-secret",
               "misplaced-secret", "bucket-read-secret")

    def test_the_audit_log_knows_all_of_it_and_nothing_holds_a_secret(self):
        first, second, store, guess, misplaced, bucket = self.SECRETS
        folder = tempfile.mkdtemp(prefix="confd-access-")
        self.addCleanup(shutil.rmtree, folder)
        certificate, key = Authority(folder).issue("server")
        with Daemon() as daemon, Watch(self.SECRETS + (PASSWORD,)) as watch:
            admin = daemon.rest()
            for kind, params in (
                    ("user_create", {"username": "nina", "userid": 2001, "group": "exausers", "login_enabled": True,
                                     "password": first}),
                    ("user_passwd", {"username": "nina", "password": second}),
                    ("remote_volume_add", {"remote_volume_name": "away", "url": "ftp://h/x", "vol_type": "ftp",
                                           "owner": ["nina", "exausers"], "username": "u", "password": store}),
                    ("remote_volume_info", {"remote_volume_name": "away"}),
                    ("bucket_add", {"bucketfs_name": "bfsdefault", "bucket_name": "b", "public": False,
                                    "read_password": bucket, "write_password": bucket}),
                    ("bucketfs_info", {"bucketfs_name": "bfsdefault"}),
                    ("cert_update", {"cert": certificate, "key": key})):
                job = admin.job(kind, **params)
                self.assertEqual(job["outcome"], "ok", job)
                if kind == "remote_volume_info":
                    # Whoever asked is told; what is kept is another matter.
                    self.assertEqual(job["result"]["result_output"]["password"], store)
            rpc = daemon.rpc()
            self.assertEqual(rpc.job_exec("user_passwd", {"params": {"username": "nina", "password": first}})[
                "result_code"], 0)
            self.assertEqual(rpc.job_exec("user_passwd", {"params": {"username": "nobody", "password": second}})[
                "result_code"], 1)
            # Requests that are refused must not be written down whole, either.
            for body in ({"type": "user_passwd", "params": {"username": "nina", "pasword": misplaced}},
                         {"type": "user_passwd", "password": misplaced},
                         {"type": "user_passwd", "params": {"username": 1, "password": [misplaced]}},
                         {"type": "no_such_job", "params": {"password": misplaced}}):
                self.assertIn(admin.post("/jobs", body).status, (400, 404))
            nina = daemon.rest("nina", first)
            session = daemon.rpc("nina", first).user_login()
            self.assertEqual(nina.post("/jobs", {"type": "user_list"}).status, 403)
            self.assertEqual(nina.get("/exaconf").status, 403)
            for _ in range(5):
                self.assertEqual(daemon.rest("nina", guess, source="127.0.6.1").get("/jobs").status, 401)
            watch.look()
            self.assertEqual(daemon.stop(), 0)

            events = audit(daemon)
            kinds = [event["event"] for event in events]
            # The first is a record by itself, the others of one cause are counted in one.
            self.assertEqual(sum(int(event.get("fields", {}).get("count", 1)) for event in events
                                 if event["event"] == "refusal"), 5, kinds)
            self.assertEqual(kinds.count("lockout"), 1)
            self.assertEqual(kinds.count("session_opened"), 1)
            self.assertGreaterEqual(kinds.count("login"), 2)
            self.assertGreaterEqual(kinds.count("denied"), 2)
            lockout = next(event for event in events if event["event"] == "lockout")
            self.assertEqual((lockout["user"], lockout["client_addr"]), ("nina", "127.0.6.1"))
            refusals = [event for event in events if event["event"] == "refusal"]
            self.assertEqual({(event["user"], event["client_addr"]) for event in refusals}, {("nina", "127.0.6.1")})
            denied = {event["fields"].get("path") for event in events if event["event"] == "denied"}
            self.assertEqual(denied, {"/jobs", "/exaconf"})

            self.assertEqual(watch.seen, set())
            self.assertEqual(found(daemon, self.SECRETS + (PASSWORD, session)), {})
            pairs = [base64.b64encode(f"{user}:{word}".encode()).decode() for user, word in (
                ("admin", PASSWORD), ("nina", first), ("nina", guess))]
            self.assertEqual(found(daemon, pairs), {})
            keys = found(daemon, [key.splitlines()[1]])
            self.assertEqual(set(keys), {"etc/ssl/ssl.key", "etc/ssl/last-loaded.pem"})
            token = next(line.split(" = ")[1] for line in daemon.configuration().splitlines()
                         if "AuthenticationToken" in line)
            with store_of(daemon) as database:
                for table in ("jobs", "audit", "sessions"):
                    text = str(database.execute(f"SELECT * FROM {table}").fetchall())
                    self.assertNotIn(token, text, table)
            self.assertNotIn(token, daemon.log_text())


class Watch:
    """Looks at the command lines of all processes while the block runs."""

    def __init__(self, secrets):
        self.secrets = [secret.encode() for secret in secrets]
        self.seen = set()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def run(self):
        while not self.stop.is_set():
            self.look()
            time.sleep(0.02)

    def look(self):
        for process in os.listdir("/proc"):
            if not process.isdecimal():
                continue
            try:
                line = pathlib.Path("/proc", process, "cmdline").read_bytes()
            except OSError:
                continue
            self.seen |= {secret for secret in self.secrets if secret in line}


def store_of(daemon):
    return sqlite3.connect(daemon.root / "spool/jobs/store.sqlite")


def audit(daemon):
    """The events of a stopped daemon's audit log."""
    database = store_of(daemon)
    rows = database.execute("SELECT event FROM audit ORDER BY seq").fetchall()
    database.close()
    return [json.loads(event) for (event,) in rows]


def found(daemon, secrets):
    """The files of a root that hold one of the texts, each with these texts."""
    holders = {}
    for path in daemon.root.rglob("*"):
        # A storage device is as large as the disk, and nothing has been written to it.
        if path.is_file() and path.stat().st_blocks:
            content = path.read_bytes()
            held = [secret for secret in secrets if secret.encode() in content]
            if held:
                holders[str(path.relative_to(daemon.root))] = held
    return holders


if __name__ == "__main__":
    unittest.main()
