"""What JSON clients of the first generations send, with nothing but http.client."""

import base64
import http.client
import json
import re
import time
import unittest
import urllib.parse

import legacy_client
from daemon import PASSWORD, Answer, Daemon, unverified

FORM = "application/x-www-form-urlencoded"


class JSON(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.token = re.search(r"AuthenticationToken = (\S+)", cls.daemon.configuration())[1]
        cls.basic = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        cls.bearer = f"Bearer {cls.token}"

    def setUp(self):
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", self.daemon.port, context=unverified(), timeout=60)
        self.addCleanup(self.connection.close)

    def post(self, body, path="/rest", login=None, content_type=FORM):
        """An answer; the token must not be in it."""
        headers = {"Authorization": login or self.basic}
        if content_type:
            headers["Content-Type"] = content_type
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request("POST", path, data, headers)
        answer = Answer(self.connection.getresponse())
        self.assertNotIn(self.token.encode(), answer.body)
        self.assertNotIn(self.token, str(answer.headers))
        return answer

    def ask(self, body, **keywords):
        answer = self.post(body, **keywords)
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["content-type"].startswith("application/json"), answer.headers)
        return answer.json

    def poll(self, job, deadline=15, **keywords):
        """Asks for the result until it is there; result_code is 5 before."""
        end = time.monotonic() + deadline
        while True:
            result = self.ask({"method": "job_result", "params": {"job_id": job}}, **keywords)
            if result["result_code"] != 5:
                return result
            self.assertLess(time.monotonic(), end, result)

    # Public clients

    def test_a_job_is_started_and_its_result_polled_with_both_logins(self):
        for path in ("/rest", "/jrpc"):
            for login in (self.basic, self.bearer):
                with self.subTest(path, login=login.split()[0]):
                    start = {"method": "job_start", "job": "db_list",
                             "params": {"params": {}, "dry_run": False, "volatile": False}}
                    job = self.ask(start, path=path, login=login)
                    self.assertRegex(job, r"\A\d+\.\d+\Z")
                    result = self.poll(job, path=path, login=login)
                    self.assertEqual((result["result_code"], result["result_jobid"]), (0, job))
                    self.assertIs(type(result["result_output"]), list)

    def test_a_bucket_is_added_without_a_content_type(self):
        bucket = {"bucket_name": "json", "bucketfs_name": "bfsdefault", "public": True,
                  "read_password": base64.b64encode(b"read-secret").decode(),
                  "write_password": base64.b64encode(b"write-secret").decode()}
        request = {"method": "job_exec", "job": "bucket_add", "params": {"params": bucket}}
        result = self.ask(request, path="/jrpc", login=self.bearer, content_type=None)
        self.assertEqual((result["result_code"], result["result_name"].upper()), (0, "OK"))
        self.assertIs(type(result["result_revision"]), int)
        self.assertNotIn("jsonrpc", result)
        again = self.ask(request, path="/jrpc", login=self.bearer, content_type=None)
        self.assertEqual((again["result_code"], again["result_name"]), (1, "Exception"))
        self.assertTrue(again["result_desc"].startswith("JobError: "), again)
        info = self.ask({"method": "job_info", "params": {"job_id": result["result_jobid"]}})
        self.assertEqual((info["request"]["dialect"], info["request"]["path"]), ("json", "/jrpc"))
        self.assertNotIn(bucket["write_password"], json.dumps(info))
        self.assertRegex(self.daemon.configuration(), r"\[Bucket : json\]")

    def test_the_envelope_of_the_container_tests(self):
        answer = self.ask({"jsonrpc": "2.0", "method": "db_list", "params": {}, "id": "x"})
        self.assertEqual((answer["id"], answer["jsonrpc"]), ("x", "2.0"))
        self.assertNotIn("error", answer)
        self.assertEqual(answer["result"]["result_output"], ["DB1"])

    # Login

    def test_a_wrong_or_missing_login_is_401_and_tells_nothing(self):
        body = json.dumps({"method": "job_list"})
        wrong = base64.b64encode(b"admin:wrong").decode()
        for login in (None, f"Basic {wrong}", f"Bearer {self.token[:-4]}AAAA", "Bearer x"):
            headers = {"Content-Type": FORM} | ({"Authorization": login} if login else {})
            self.connection.request("POST", "/rest", body, headers)
            answer = Answer(self.connection.getresponse())
            self.assertEqual(answer.status, 401)
            self.assertNotIn(self.token.encode(), answer.body)

    def test_a_session_opened_here_is_good_everywhere(self):
        token = self.ask({"method": "user_login"})
        state = self.ask({"method": "user_state"}, login=f"Bearer {token}", path="/jrpc")
        self.assertEqual((state["user"], state["method"]), ("admin", "session"))
        answer = self.daemon.rest(token=token).get("/jobs?limit=1")
        self.assertEqual(answer.status, 200)

    # The same as by XML-RPC

    def test_both_faces_have_the_same_methods_and_answers(self):
        server = self.daemon.rpc()
        self.assertEqual(self.ask({"method": "system.listMethods"}), legacy_client.METHODS)
        self.assertEqual(self.ask({"method": "job_list"}), server.job_list())
        for job in server.job_list():
            self.assertEqual(self.ask({"method": "job_help", "job": job}), server.job_help(job))
            self.assertEqual(self.ask({"method": "job_desc", "params": [job]}), server.job_desc(job))
        job = server.job_start("db_list")
        self.assertIs(self.ask({"method": "job_wait", "params": {"job_id": job, "timeout": 30}}), True)
        self.assertIs(self.ask({"method": "job_finished", "params": {"job_id": job}}), True)
        self.assertEqual(self.poll(job), server.job_result(job))
        self.assertEqual(self.ask({"method": "job_info", "params": {"job_id": job}}), server.job_info(job))
        for method in legacy_client.METHODS:
            self.assertEqual(
                self.ask({"method": "system.methodHelp", "params": {"method": method}}),
                server.system.methodHelp(method))

    def test_names_of_all_alphabets_come_through(self):
        words = "Größe, 漢字, \U0001F680 \" \\ \u0001"
        for ascii_only in (True, False):
            body = {"method": "job_exec", "job": "db_info", "params": {"params": {"db_name": words}, "intent": words}}
            result = self.ask(json.dumps(body, ensure_ascii=ascii_only).encode())
            self.assertEqual(result["result_code"], 1)
            self.assertIn("漢字", result["result_desc"])
            info = self.ask({"method": "job_info", "params": {"job_id": result["result_jobid"]}})
            self.assertEqual((info["intent"], info["params"]["db_name"]), (words, words))

    # Envelopes and errors

    def test_batch_and_notification(self):
        batch = [{"jsonrpc": "2.0", "id": n, "method": "db_state", "params": {"db_name": "DB1"}} for n in range(5)]
        batch += [{"jsonrpc": "2.0", "method": "job_list"}, {"jsonrpc": "2.0", "id": "z", "method": "nothing"}]
        answers = self.ask(batch)
        self.assertEqual([answer["id"] for answer in answers], [0, 1, 2, 3, 4, "z"])
        self.assertTrue(all(answer["result"]["result_output"] == "setup" for answer in answers[:5]))
        self.assertEqual(answers[5]["error"]["code"], -32601)
        silent = self.post({"jsonrpc": "2.0", "method": "db_list"})
        self.assertEqual((silent.status, silent.body), (204, b""))
        self.assertIn("db_list", self.ask({"method": "job_list"}), "the connection goes on")

    def test_what_cannot_be_read(self):
        for body, status, code in (
                (b"", 400, "body-malformed"), (b"\xff", 400, "body-malformed"), (b'{"method":', 400, "body-malformed"),
                (b'{"params":' * 40, 400, "body-malformed"), (b"5", 400, "body-invalid"),
                (b'{"method":"nothing"}', 400, "body-invalid"),
                (urllib.parse.urlencode({"method": "job_list"}).encode(), 400, "body-malformed"),
                (b'{"method":"job_start","job":"no_such_job"}', 404, "job-type-unknown")):
            answer = self.post(body)
            self.assertEqual((answer.status, answer.json["code"]), (status, code), body)
            self.assertTrue(answer.headers["content-type"].startswith("application/problem+json"))
        for body, code in ((b'{"jsonrpc":"2.0",', -32700), (b"[", -32700), (b"[]", -32600), (b"[5]", -32600)):
            answer = self.ask(body)
            answer = answer[0] if isinstance(answer, list) else answer
            self.assertEqual((answer["error"]["code"], answer["id"]), (code, None), body)
        self.assertIn("db_list", self.ask({"method": "job_list"}), "the connection goes on")

    def test_a_body_beyond_eight_mebibytes_is_413(self):
        self.connection.putrequest("POST", "/rest")
        for name, value in (("Authorization", self.basic), ("Content-Length", str((8 << 20) + 1))):
            self.connection.putheader(name, value)
        self.connection.endheaders()
        self.assertEqual(self.connection.getresponse().status, 413)
        self.connection.close()
        large = {"method": "job_exec", "job": "db_list", "params": {"intent": "x" * (2 << 20), "no_such": 1}}
        self.assertEqual(self.ask(large)["result_code"], 104)

    def test_other_methods_are_405(self):
        for path in ("/rest", "/jrpc"):
            answer = self.daemon.rest().get(path)
            self.assertEqual((answer.status, answer.headers["allow"]), (405, "POST"))


if __name__ == "__main__":
    unittest.main()
