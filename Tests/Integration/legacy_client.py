#!/usr/bin/env python3
"""Talks to a running ConfD as clients of the first generations do, and checks every answer.

    legacy_client.py https://localhost:20003 --user admin --password SECRET [--token TOKEN]

The certificate is not checked, as such clients do not check it. The user has to be a member of exaadm, the token is the
AuthenticationToken of the configuration; without it the checks that need it are left out. Buckets with the name
legacy_client_probe are made and deleted. Exit status: 0 when everything held, 1 otherwise, 2 for wrong arguments.
"""

import argparse
import base64
import json
import ssl
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import xmlrpc.client

METHODS = [
    "job_desc", "job_exec", "job_finished", "job_help", "job_info", "job_list", "job_result", "job_start", "job_wait",
    "subscribe", "system.listMethods", "system.methodHelp", "system.methodSignature", "unsubscribe", "user_init",
    "user_login", "user_state",
]
BUCKET = "legacy_client_probe"


class Checks:
    """Counts what held and says what did not."""

    def __init__(self):
        self.passed = 0
        self.failures = []

    def that(self, holds, text, found=None):
        if holds:
            self.passed += 1
            return True
        self.failures.append(text)
        print(f"FAILED: {text}" + (f"\n        found: {found!r}" if found is not None else ""), flush=True)
        return False

    def equal(self, found, expected, text):
        return self.that(found == expected, f"{text}: expected {expected!r}", found)

    def fault(self, code, text, call, *arguments):
        """The call has to end in a fault of this code."""
        try:
            answer = call(*arguments)
        except xmlrpc.client.Fault as fault:
            self.equal(fault.faultCode, code, f"{text}: code of the fault '{fault.faultString}'")
            return fault.faultString
        self.that(False, f"{text}: a fault was expected", answer)
        return ""

    def status(self, code, text, call):
        """The call has to end in an HTTP status."""
        try:
            answer = call()
        except xmlrpc.client.ProtocolError as error:
            self.equal(error.errcode, code, text)
            return error
        self.that(False, f"{text}: HTTP status {code} was expected", answer)
        return None


class BearerTransport(xmlrpc.client.SafeTransport):
    """Sends a token instead of a name and a password."""

    def __init__(self, token, context):
        super().__init__(context=context)
        self.token = token

    def get_host_info(self, host):
        host, _, x509 = super().get_host_info(host)
        return host, [("Authorization", f"Bearer {self.token}")], x509


class Client:
    def __init__(self, arguments):
        parts = urllib.parse.urlsplit(arguments.url)
        self.base = f"https://{parts.hostname}:{parts.port or 443}"
        self.place = self.base.removeprefix("https://")
        self.user = arguments.user
        self.password = arguments.password
        self.token = arguments.token
        self.context = ssl._create_unverified_context()

    def proxy(self, path="", user=None, password=None):
        """With name and password in the URL, as clients write them."""
        quote = lambda text: urllib.parse.quote(text, safe="")
        login = f"{quote(user or self.user)}:{quote(password or self.password)}"
        return xmlrpc.client.ServerProxy(
            f"https://{login}@{self.place}{path}", context=self.context, allow_none=True)

    def bearer(self, token):
        return xmlrpc.client.ServerProxy(
            self.base, transport=BearerTransport(token, self.context), allow_none=True)

    def http(self, path, body=None, headers=None, login=True):
        """Status, headers and body of a plain request; nothing is followed."""
        request = urllib.request.Request(self.base + path, data=body, headers=headers or {})
        if login:
            credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {credentials}")
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


def result_of(check, result, job, success=True):
    """Checks the form every result has; returns it."""
    if not check.that(isinstance(result, dict), f"{job}: the result is a dict", result):
        return {}
    for key, kind in (("result_code", int), ("result_name", str), ("result_desc", str), ("result_jobid", str)):
        check.that(type(result.get(key)) is kind, f"{job}: {key} is {kind.__name__}", result)
    unknown = set(result) - {
        "result_code", "result_name", "result_desc", "result_jobid", "result_output", "result_revision"}
    check.that(not unknown, f"{job}: no other keys in the result", unknown)
    if success:
        check.equal(
            (result.get("result_code"), result.get("result_name"), result.get("result_desc")), (0, "OK", "Success"),
            f"{job}: the three signs of success")
        check.that(is_job_id(result.get("result_jobid")), f"{job}: result_jobid is <node>.<number>", result)
    else:
        check.that(result.get("result_code", 0) != 0, f"{job}: result_code tells the failure", result)
        check.that(
            str(result.get("result_desc")).startswith("JobError: "), f"{job}: result_desc begins with JobError", result)
    return result


def is_job_id(text):
    parts = text.split(".") if isinstance(text, str) else []
    return len(parts) == 2 and all(part.isdecimal() for part in parts)


# 1. Where ConfD is reached

def paths(check, client):
    for path in ("", "/", "/rpc2", "/RPC2", "/Rpc2"):
        check.equal(client.proxy(path).system.listMethods(), METHODS, f"the list of methods at '{path}'")
    call = xmlrpc.client.dumps((), "job_list").encode()
    for kind in ("text/xml", "application/x-www-form-urlencoded", "application/json", ""):
        status, headers, body = client.http("/RPC2", call, {"Content-Type": kind})
        check.equal(status, 200, f"a call sent as '{kind}'")
        check.that(headers.get("Content-Type", "").startswith("text/xml"), "the answer is text/xml", dict(headers))
        check.that(isinstance(xmlrpc.client.loads(body)[0][0], list), "job_list answers a list", body[:200])


def master(check, client):
    status, _, address = client.http("/master", login=False)
    check.equal(status, 200, "GET /master without a login")
    text = address.decode()
    check.that(text and text == text.strip() and "<" not in text and '"' not in text, "/master is bare text", text)
    status, _, name = client.http("/master?info_type=name", login=False)
    check.equal(status, 200, "GET /master?info_type=name without a login")
    check.that(name.strip() == name and name, "the name of the master is bare text", name)
    # A readiness probe asks again and again until it is answered.
    deadline = time.monotonic() + 30
    status = 503
    while status >= 400 and time.monotonic() < deadline:
        status, _, _ = client.http("/is_master", login=False)
        if status >= 400:
            time.sleep(1)
    check.that(status < 400, "/is_master becomes ready", status)


# 2. Logging in

def login(check, client):
    wrong = client.proxy(user="nobody_of_that_name", password="wrong")
    error = check.status(401, "a wrong login", wrong.system.listMethods)
    if error is not None:
        check.equal(error.errmsg, "Unauthorized", "the reason of a wrong login")
    status, headers, _ = client.http("/RPC2", xmlrpc.client.dumps((), "job_list").encode(), login=False)
    check.equal(status, 401, "a call without a login")
    check.that("Basic" in str(headers.get_all("WWW-Authenticate")), "401 offers Basic", dict(headers))
    state = client.proxy().user_state()
    check.equal(state.get("user"), client.user, "user_state tells the user")
    check.that(isinstance(state.get("roles"), list), "user_state tells the roles", state)
    check.that("session" in state and state["session"] is None, "there is no session yet", state)
    session = client.proxy().user_login()
    if check.that(isinstance(session, str) and session, "user_login answers a token", type(session)):
        inside = client.bearer(session).user_state()
        check.equal(inside.get("user"), client.user, "the session is the user's")
        check.that(isinstance(inside.get("session"), dict), "user_state tells the session", inside)
    check.status(401, "a wrong token", client.bearer("wrong").job_list)
    if client.token:
        check.that("db_list" in client.bearer(client.token).job_list(), "the token of the cluster is a login")


# 3. Methods, jobs and their descriptions

def descriptions(check, client):
    server = client.proxy("/rpc2")
    for name in METHODS:
        text = server.system.methodHelp(name)
        check.that(isinstance(text, str) and text, f"there is help for {name}", text)
        signature = server.system.methodSignature(name)
        check.that(isinstance(signature, list) and signature, f"there is a signature of {name}", signature)
    jobs = server.job_list()
    check.that(jobs == sorted(set(jobs)), "job_list is sorted and has no name twice")
    for name in ("db_list", "db_info", "db_state", "bucket_add", "bucketfs_info", "user_passwd", "node_list"):
        check.that(name in jobs, f"job_list has {name}")
    for name in jobs:
        description(check, server, name)
    check.equal(server.job_desc("no_such_job")[0], False, "job_desc of an unknown job")
    check.fault(101, "job_help of an unknown job", server.job_help, "no_such_job")


def description(check, server, name):
    answer = server.job_desc(name)
    if not check.that(
            isinstance(answer, list) and len(answer) == 2 and answer[0] is True and len(answer[1]) >= 12,
            f"job_desc of {name} is [True, twelve or more]", answer):
        return
    details = answer[1]
    json.dumps(details)
    check.that(isinstance(details[0], str) and details[0], f"{name}: there is a description", details[0])
    for position in (1, 2):
        for parameter, facts in (details[position] or {}).items():
            check.that(
                set(facts) == {"desc", "type"} and "<class '" in facts["type"],
                f"{name}: parameter {parameter} has desc and type", facts)
    check.that(all(isinstance(names, list) for names in (details[3] or {}).values()), f"{name}: substitutes are lists")
    check.that(all(isinstance(details[position], list) for position in (4, 5, 6)), f"{name}: lists at 4, 5 and 6")
    text = server.job_help(name)
    position = -1
    for part in ("Description: \"", "\nMandatory parameters:\n{", "\nOptional parameters:\n{",
                 "\nSubstitute parameters:\n{", "\nAllowed users:[", "\nAllowed groups:["):
        next_position = text.find(part)
        check.that(next_position > position, f"job_help of {name} has its parts in order", part)
        position = next_position
    mandatory = text.split("\nMandatory parameters:\n")[1].split("\nOptional parameters:\n")[0]
    check.equal(eval(mandatory, {"__builtins__": {}}), details[1], f"{name}: help and description agree")


# 4. Jobs, at once and step by step

def jobs(check, client):
    server = client.proxy()
    names = result_of(check, server.job_exec("db_list"), "db_list").get("result_output")
    check.that(isinstance(names, list), "db_list answers a list", names)
    for keywords in ({}, {"params": {}}, {"params": None}, None, {"params": {}, "dry_run": False, "volatile": False}):
        result = result_of(check, server.job_exec("db_list", keywords), f"db_list with {keywords}")
        check.equal(result.get("result_output"), names, f"db_list with {keywords}")
    check.that("result_revision" not in result, "a read job has no result_revision", result)

    job = server.job_start("db_list", {"params": {}})
    check.that(is_job_id(job), "job_start answers an id", job)
    while not server.job_wait(job):
        pass
    check.equal(server.job_wait(job, {"timeout": 10}), True, "job_wait of an ended job")
    check.equal(server.job_finished(job), True, "job_finished of an ended job")
    results = [result_of(check, server.job_result(job), "db_list by job_result") for _ in range(3)]
    check.that(results[0] == results[1] == results[2], "job_result can be read three times", results)
    check.equal(results[0].get("result_jobid"), job, "the result has the job's id")
    information = server.job_info({"job_id": job})
    for key, value in (("job_id", job), ("type", "db_list"), ("stage", "finished"), ("outcome", "ok"),
                       ("user", client.user)):
        check.equal(information.get(key), value, f"job_info tells {key}")
    check.equal(server.job_info(job), information, "job_info takes the bare id")
    check.equal(information.get("request", {}).get("dialect"), "xmlrpc", "job_info tells the request")

    later = server.job_exec("db_list")["result_jobid"]
    check.that(int(later.split(".")[1]) > int(job.split(".")[1]), "ids go up", (job, later))
    if names:
        state = result_of(check, server.job_exec("db_state", {"params": {"db_name": names[0]}}), "db_state")
        check.that(isinstance(state.get("result_output"), str), "db_state answers text", state)
        info = result_of(check, server.job_exec("db_info", {"params": {"db_name": names[0]}}), "db_info")
        check.equal((info.get("result_output") or {}).get("name"), names[0], "db_info tells the name")


def changes(check, client):
    server = client.proxy("/")
    where = {"bucketfs_name": "bfsdefault", "bucket_name": BUCKET}
    server.job_exec("bucket_delete", {"params": where})
    settings = dict(where, public=True, read_password="legacy-read", write_password="legacy-write")
    planned = server.job_exec("bucket_add", {"params": settings, "dry_run": True})
    check.equal(planned.get("result_jobid"), "", "a dry run makes no job")
    output = planned.get("result_output") or {}
    check.that(BUCKET in output.get("diff", ""), "a dry run shows the change", planned)
    check.that("legacy-write" not in str(planned), "a dry run shows no password")

    added = result_of(check, server.job_exec("bucket_add", {"params": settings}), "bucket_add")
    revision = added.get("result_revision")
    check.that(isinstance(revision, int), "bucket_add tells its revision", added)
    check.equal(output.get("next_revision"), revision, "the dry run foresaw the revision")
    information = server.job_info({"job_id": added.get("result_jobid", "")})
    check.equal(information.get("stage"), "committed", "a job that changes ends committed")
    check.that("legacy-write" not in str(information), "job_info shows no password")

    again = result_of(check, server.job_exec("bucket_add", {"params": settings}), "bucket_add again", success=False)
    check.equal((again.get("result_code"), again.get("result_name")), (1, "Exception"), "a bucket that exists")
    deleted = result_of(check, server.job_exec("bucket_delete", {"params": where}), "bucket_delete")
    check.equal(deleted.get("result_revision"), (revision or 0) + 1, "the next change has the next revision")


def errors(check, client):
    server = client.proxy()
    for job, keywords, code, name in (
            ("no_such_job", {}, 101, "UnknownJob"),
            ("db_info", {}, 103, "MissingParameter"),
            ("db_list", {"params": {"no_such": 1}}, 104, "UnknownParameter"),
            ("db_list", {"db_name": "DB1"}, 104, "UnknownParameter"),
            ("db_info", {"params": {"db_name": 1}}, 105, "InvalidParameter")):
        result = result_of(check, server.job_exec(job, keywords), f"{job} with {keywords}", success=False)
        check.equal((result.get("result_code"), result.get("result_name")), (code, name), f"{job} with {keywords}")
        check.fault(code, f"job_start of {job} with {keywords}", server.job_start, job, keywords)
    unknown = server.job_result("11.999999999")
    check.equal(unknown.get("result_code"), 106, "job_result of an unknown job")
    check.fault(106, "job_wait of an unknown job", server.job_wait, "11.999999999")
    check.fault(-32601, "an unknown method", server.no_such_method)
    text = check.fault(-32602, "a method without its argument", server.job_help)
    check.that("job_help(name)" in text, "the fault names the usage", text)
    check.fault(-32602, "an argument of the wrong type", server.job_exec, 5)
    status, _, body = client.http("/RPC2", b"<methodCall><methodName>", {"Content-Type": "text/xml"})
    check.equal(status, 200, "the status for broken XML")
    try:
        xmlrpc.client.loads(body)
        check.that(False, "broken XML is a fault", body)
    except xmlrpc.client.Fault as fault:
        check.equal(fault.faultCode, -32700, "the fault for broken XML")
    check.that("db_list" in server.job_list(), "the connection goes on after all that")


def together(check, client):
    calls = xmlrpc.client.MultiCall(client.proxy())
    calls.job_exec("db_list")
    calls.system.listMethods()
    answers = list(calls())
    check.equal(answers[0].get("result_code"), 0, "a job in a multicall")
    check.equal(answers[1], METHODS, "a list in a multicall")

    ids = []
    def run():
        server = client.proxy()
        ids.extend(server.job_exec("db_list")["result_jobid"] for _ in range(5))
    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check.equal(len(set(ids)), 40, "forty jobs of eight clients have forty ids")


SCENARIOS = (master, paths, login, descriptions, jobs, changes, errors, together)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("url", help="https://host:port")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--token", help="AuthenticationToken of the configuration")
    parser.add_argument("--only", action="append", choices=[scenario.__name__ for scenario in SCENARIOS])
    arguments = parser.parse_args()
    check = Checks()
    client = Client(arguments)
    for scenario in SCENARIOS:
        if arguments.only and scenario.__name__ not in arguments.only:
            continue
        begun = time.monotonic()
        before = check.passed, len(check.failures)
        try:
            scenario(check, client)
        except Exception as error:
            check.that(False, f"{scenario.__name__} broke off: {type(error).__name__}: {error}")
        held, failed = check.passed - before[0], len(check.failures) - before[1]
        print(f"{scenario.__name__}: {held} held, {failed} failed, {time.monotonic() - begun:.2f} s", flush=True)
    print(f"{check.passed} checks held, {len(check.failures)} failed")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
