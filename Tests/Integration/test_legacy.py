"""What scripts of the first generations do, with Python's own XML-RPC client and nothing changed for us."""

import argparse
import ast
import gzip
import http.client
import io
import itertools
import json
import pprint
import random
import re
import unittest
import urllib.request
import xmlrpc.client

import legacy_client
from daemon import Daemon, unverified

PASSWORD = "p@ss:w/ö rd%41?#&=+\\\"'"
PATHS = ("", "/", "/rpc2", "/RPC2")
HELP = re.compile(
    r'Description: "(?P<description>.*)"\n'
    r"Mandatory parameters:\n(?P<mandatory>\{.*\})\n"
    r"Optional parameters:\n(?P<optional>\{.*\})\n"
    r"Substitute parameters:\n(?P<substitutes>\{.*\})\n"
    r"Allowed users:(?P<users>\[.*\])\n"
    r"Allowed groups:(?P<groups>\[.*\])\n?", re.DOTALL)
RESULT_TYPES = {
    "result_code": int, "result_name": str, "result_desc": str, "result_jobid": str, "result_revision": int}


class Legacy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(environment={"CONFD_ADMIN_PASSWORD": PASSWORD}).start()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.token = re.search(r"AuthenticationToken = (\S+)", cls.daemon.configuration())[1]

    def server(self, path="", **keywords):
        return self.daemon.rpc(password=PASSWORD, path=path, **keywords)

    def bearer(self, path="", token=None):
        return xmlrpc.client.ServerProxy(
            f"https://127.0.0.1:{self.daemon.port}{path}", context=unverified(), allow_none=True,
            headers=[("Authorization", f"Bearer {self.token if token is None else token}")])

    def assert_result(self, result, success=True):
        for key in ("result_code", "result_name", "result_desc", "result_jobid"):
            self.assertIn(key, result)
        for key, value in result.items():
            if key != "result_output":
                self.assertIs(type(value), RESULT_TYPES[key], result)
        if success:
            self.assertEqual(
                (result["result_code"], result["result_name"], result["result_desc"]), (0, "OK", "Success"), result)
            self.assertRegex(result["result_jobid"], r"\A\d+\.\d+\Z")
        else:
            self.assertNotEqual(result["result_code"], 0, result)
            self.assertTrue(result["result_desc"].startswith("JobError: "), result)
        return result

    # Where and as whom

    def test_the_seventeen_names_at_every_path_with_both_kinds_of_credentials(self):
        for path in PATHS:
            self.assertEqual(self.server(path).system.listMethods(), legacy_client.METHODS, path)
            self.assertEqual(self.bearer(path).system.listMethods(), legacy_client.METHODS, path)

    def test_the_article_step_by_step(self):
        address = urllib.request.urlopen(
            f"https://127.0.0.1:{self.daemon.port}/master", context=unverified()).read().decode()
        self.assertRegex(address, r"\A[0-9]+(\.[0-9]+){3}\Z")
        name = urllib.request.urlopen(
            f"https://127.0.0.1:{self.daemon.port}/master?info_type=name", context=unverified()).read().decode()
        self.assertEqual(name, "n11")
        server = self.server("/rpc2")
        self.assertEqual(server.system.listMethods(), legacy_client.METHODS)
        self.assertIn("job", server.system.methodHelp("job_start"))
        self.assertIn("db_list", server.job_list())
        self.assertEqual(server.job_exec("db_list")["result_output"], ["DB1"])
        self.assertEqual(server.job_exec("db_state", {"params": {"db_name": "DB1"}})["result_output"], "setup")

    def test_is_master_is_a_success_for_curl(self):
        answer = self.daemon.rest(password=PASSWORD).get("/is_master")
        self.assertLess(answer.status, 400)

    def test_a_wrong_or_missing_login_is_401_unauthorized(self):
        bare = xmlrpc.client.ServerProxy(f"https://127.0.0.1:{self.daemon.port}", context=unverified())
        wrong = self.daemon.rpc(user="nobody", password="wrong")
        for server in (bare, wrong, self.bearer(token=self.token[:-2] + "AA"), self.bearer(token="")):
            with self.assertRaises(xmlrpc.client.ProtocolError) as caught:
                server.system.listMethods() if server is not bare else server.job_list()
            self.assertEqual((caught.exception.errcode, caught.exception.errmsg), (401, "Unauthorized"))
            self.assertNotIn(self.token, str(caught.exception.headers))

    def test_a_user_of_the_shell_client_scenarios(self):
        arguments = argparse.Namespace(
            url=f"https://127.0.0.1:{self.daemon.port}", user="admin", password=PASSWORD, token=self.token)
        check, client = legacy_client.Checks(), legacy_client.Client(arguments)
        for scenario in legacy_client.SCENARIOS:
            with self.subTest(scenario.__name__):
                before = len(check.failures)
                scenario(check, client)
                self.assertEqual(check.failures[before:], [])
        self.assertGreater(check.passed, 500)

    # Descriptions

    def test_help_of_every_job_has_six_parts_that_python_reads(self):
        server = self.server("/rpc2")
        for job in server.job_list():
            with self.subTest(job):
                text, (known, details) = server.job_help(job), server.job_desc(job)
                parts = HELP.fullmatch(text)
                self.assertIsNotNone(parts, text)
                self.assertIs(known, True)
                read = {key: ast.literal_eval(part) for key, part in parts.groupdict().items() if key != "description"}
                self.assertEqual(read["mandatory"], details[1])
                self.assertEqual(read["optional"], details[2] or {})
                self.assertEqual(read["substitutes"], details[3] or {})
                self.assertEqual(read["users"], details[4])
                self.assertEqual(read["groups"], details[5])
                for key in ("mandatory", "optional", "substitutes"):
                    self.assertEqual(parts[key], pprint.pformat(read[key], indent=4, width=80), "the form of pprint")
                    self.assertEqual(list(read[key]), sorted(read[key]))
                self.assertIn(details[0].split("\n")[0].rstrip(".")[:40], parts["description"])

    def test_desc_of_every_job_by_position(self):
        server = self.server()
        for job in server.job_list():
            with self.subTest(job):
                answer = server.job_desc(job)
                self.assertIs(type(answer), list)
                self.assertEqual(len(answer), 2)
                self.assertIs(answer[0], True)
                details = json.loads(json.dumps(answer[1]))
                self.assertEqual(details, answer[1])
                self.assertGreaterEqual(len(details), 12)
                self.assertTrue(details[0])
                for parameter, facts in itertools.chain(details[1].items(), (details[2] or {}).items()):
                    self.assertEqual(sorted(facts), ["desc", "type"], parameter)
                    self.assertRegex(facts["type"], r"<class '(str|int|bool|list|tuple|dict)'>")
                known = set(details[1]) | set(details[2] or {})
                for parameter, others in (details[3] or {}).items():
                    self.assertLessEqual({parameter, *others}, known)
                for names in (details[4] or [], details[5]):
                    self.assertTrue(all(isinstance(name, str) for name in names))
                for example in details[6] or []:
                    self.assertIs(type(example), dict)
                    self.assertLessEqual(set(example), known)
                self.assertIsInstance(details[11] or "", str)

    def test_an_unknown_job_has_no_description(self):
        for name in ("no_such_job", "", "DB_LIST", "db_list "):
            answer = self.server().job_desc(name)
            self.assertEqual((answer[0], len(answer)), (False, 2))

    def test_every_method_has_help_and_a_signature(self):
        server = self.server("/")
        for method in legacy_client.METHODS:
            text = server.system.methodHelp(method)
            self.assertIsInstance(text, str)
            self.assertGreater(len(text), 20, method)
            self.assertIsInstance(server.system.methodSignature(method), list)

    # Jobs

    def test_job_exec_with_and_without_its_second_argument(self):
        server = self.server()
        for arguments in ((), ({},), (None,), ({"params": {}},), ({"params": None},)):
            result = self.assert_result(server.job_exec("db_list", *arguments))
            self.assertEqual(result["result_output"], ["DB1"])
            self.assertNotIn("result_revision", result)

    def test_the_steps_of_a_job_in_any_order_and_again(self):
        server = self.server()
        chance = random.Random(20003)
        steps = {
            "wait": lambda job: server.job_wait(job),
            "wait timeout": lambda job: server.job_wait(job, {"timeout": 20}),
            "finished": lambda job: server.job_finished(job),
            "info": lambda job: server.job_info({"job_id": job}),
            "result": lambda job: server.job_result(job),
        }
        for _ in range(25):
            job = server.job_start("db_info", {"params": {"db_name": "DB1"}})
            self.assertIsInstance(job, str)
            done, last = False, None
            for name in chance.choices(list(steps), k=8):
                answer = steps[name](job)
                if name.startswith("wait"):
                    self.assertIs(answer, True)
                    done = True
                elif name == "finished":
                    self.assertIs(type(answer), bool)
                    self.assertTrue(answer or not done)
                    done = answer or done
                elif name == "info":
                    self.assertEqual((answer["job_id"], answer["type"]), (job, "db_info"))
                else:
                    self.assertIn(answer["result_code"], (0,) if done else (0, 5))
                    if answer["result_code"] == 0:
                        done = True
                        self.assertEqual(answer, last or answer)
                        last = self.assert_result(answer)
                        self.assertEqual(answer["result_output"]["name"], "DB1")
                self.assertIsNotNone(answer)

    def test_output_and_revision_are_absent_where_there_is_none(self):
        server = self.server()
        where = {"bucketfs_name": "bfsdefault", "bucket_name": "default"}
        changed = self.assert_result(server.job_exec("bucket_modify", {"params": where | {"public": False}}))
        self.assertNotIn("result_output", changed)
        self.assertIsInstance(changed["result_revision"], int)
        again = self.assert_result(server.job_exec("bucket_modify", {"params": where | {"public": True}}))
        self.assertEqual(again["result_revision"], changed["result_revision"] + 1)
        added = self.assert_result(server.job_exec("remote_volume_add", {
            "params": {"vol_type": "ftp", "url": "ftp://192.0.2.9/b/", "username": "u", "password": "p"}}))
        self.assertEqual(added["result_revision"], again["result_revision"] + 1)
        self.assertIs(type(added["result_output"][0]), list)
        self.assertEqual(added["result_output"][0][0], "r0001")
        self.assertRegex(added["result_output"][0][2], r"\A/exa/etc/remote_volumes/.*\.conf\Z")
        for job, params in (("db_state", {"db_name": "DB1"}), ("node_list", {}), ("license_run_check", {})):
            self.assertNotIn("result_revision", server.job_exec(job, {"params": params}))
        failed = server.job_exec("group_delete", {"params": {"groupname": "nowhere"}})
        self.assert_result(failed, success=False)
        self.assertEqual((failed["result_code"], failed["result_name"]), (1, "Exception"))
        self.assertNotIn("result_output", failed)
        self.assertNotIn("result_revision", failed)

    def test_the_existing_bucket_of_the_java_library(self):
        result = self.server().job_exec("bucket_add", {"params": {
            "bucketfs_name": "bfsdefault", "bucket_name": "default", "public": True, "read_password": "cmVhZA==",
            "write_password": "d3JpdGU="}})
        self.assert_result(result, success=False)
        self.assertEqual((result["result_code"], result["result_name"]), (1, "Exception"))
        self.assertRegex(result["result_desc"], r"\AJobError: ERROR::ConfD: .*default.*")

    # The wire

    def test_several_calls_share_one_connection(self):
        opened = []

        class Counting(xmlrpc.client.SafeTransport):
            def make_connection(self, host):
                connection = super().make_connection(host)
                if connection not in opened:
                    opened.append(connection)
                return connection

        quoted = urllib.request.quote(PASSWORD, safe="")
        server = xmlrpc.client.ServerProxy(
            f"https://admin:{quoted}@127.0.0.1:{self.daemon.port}", transport=Counting(context=unverified()),
            allow_none=True)
        sockets = set()
        for _ in range(30):
            server.job_exec("db_list")
            sockets.add(opened[0].sock.getsockname())
        self.assertEqual((len(opened), len(sockets)), (1, 1))

    def test_gzip_is_offered_and_the_answer_can_be_read(self):
        body = xmlrpc.client.dumps((), "job_list").encode()
        connection = http.client.HTTPSConnection("127.0.0.1", self.daemon.port, context=unverified())
        connection.request("POST", "/RPC2", body, {
            "Content-Type": "text/xml", "Accept-Encoding": "gzip", "Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        data = answer.read()
        if answer.getheader("Content-Encoding") == "gzip":
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read()
        self.assertEqual(answer.status, 200)
        self.assertIn("db_list", xmlrpc.client.loads(data)[0][0])

    def test_many_calls_at_once(self):
        calls = xmlrpc.client.MultiCall(self.server())
        calls.job_exec("db_list")
        calls.job_exec("node_state", {"params": {}})
        calls.system.methodHelp("job_exec")
        calls.no_such_method()
        answers = calls()
        self.assertEqual(answers[0]["result_output"], ["DB1"])
        self.assertEqual(answers[1]["result_output"]["11"], "online")
        self.assertIsInstance(answers[2], str)
        with self.assertRaises(xmlrpc.client.Fault) as caught:
            answers[3]
        self.assertEqual(caught.exception.faultCode, -32601)

    def test_nil_base64_dates_large_numbers_and_all_alphabets(self):
        server = self.server()
        words = "Größe, 漢字, \U0001F680 & <b>]]></b> \t\"'"
        done = server.job_exec("db_info", {"params": {"db_name": "DB1"}, "intent": words})
        self.assertEqual(server.job_info(done["result_jobid"])["intent"], words)
        done = server.job_exec("db_info", {"params": {"db_name": xmlrpc.client.Binary(b"DB1")}})
        self.assertEqual(done["result_code"], 0, done)
        bytes_ = server.job_exec("db_info", {"params": {"db_name": xmlrpc.client.Binary(b"\xff")}})
        self.assertEqual((bytes_["result_code"], bytes_["result_name"]), (105, "InvalidParameter"))
        self.assertIsNone(server.user_state()["session"])
        nil = server.job_exec("user_info", {"params": {"username": "admin", "userid": None}})
        self.assertEqual(nil["result_code"], 0, nil)
        dumped = xmlrpc.client.dumps(
            ("user_info", {"params": {"userid": 0}}), "job_start").replace("<int>0</int>", "<i8>9007199254740993</i8>")
        job = xmlrpc.client.loads(self.raw(dumped))[0][0]
        self.assertTrue(server.job_wait(job))
        self.assertEqual(server.job_result(job)["result_code"], 1)
        self.assertIn(b"<i8>9007199254740993</i8>", self.raw(xmlrpc.client.dumps((job,), "job_info")))
        unknown = server.job_exec("db_info", {"params": {"db_name": words}})
        self.assertEqual(unknown["result_code"], 1, unknown)
        self.assertIn("漢字", unknown["result_desc"])
        dated = server.job_exec(
            "db_info", {"params": {"db_name": "DB1"}, "intent": xmlrpc.client.DateTime("20261122T10:20:30")})
        self.assertIn("10:20:30", server.job_info(dated["result_jobid"])["intent"])

    def raw(self, body):
        connection = http.client.HTTPSConnection("127.0.0.1", self.daemon.port, context=unverified())
        connection.request("POST", "/RPC2", body.encode(), {
            "Content-Type": "text/xml", "Authorization": f"Bearer {self.token}"})
        return connection.getresponse().read()


if __name__ == "__main__":
    unittest.main()
