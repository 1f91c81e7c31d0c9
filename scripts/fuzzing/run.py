"""Makes a daemon and sends it cases until there were enough; scripts/fuzz tells how to call it."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/Integration"))

from daemon import PASSWORD, Daemon  # noqa: E402  (the path comes first)
from narrow import narrowed  # noqa: E402

USERS = ("root", "low")

# Not taken part in, each with its reason.
LEFT_OUT = {
    "streamEvents": "a stream has no end; listEvents reads the same events",
    "streamJobEvents": "a stream has no end; listEvents reads the same events",
    "renewCertificate": "the client would believe the new certificate from nobody; test_certificate_life tries it",
    "startCertRenew": "the client would believe the new certificate from nobody; test_certificate_life tries it",
}
# Change what the other cases need, so they have a daemon of their own, last and with few cases.
SAWING = {
    "deleteToken": "ends the login of the run",
    "endSession": "ends logins",
    "endCurrentSession": "ends logins",
    "replaceEXAConf": "can take the users away",
    "rollBackEXAConf": "takes the users away",
    "startEXAConfReplace": "can take the users away",
    "startExaconfReplace": "can take the users away",
    "startExaconfRollback": "takes the users away",
    "startExaconfPatch": "can take the users away",
    "patchEXAConf": "can take the users away",
    "createQueueRule": "a rule can refuse every later job",
    "addQueueRule": "a rule can refuse every later job",
    "startUserPseudonymise": "takes words out of the history",
}
# The XML-RPC API answers POST at these paths, and is no part of the document.
SHARED_PATHS = ("/",)

TYPED_SUBMISSION = re.compile("/job-types/[a-z_]+/jobs")

# What depends on the state of things, not on the form of the request.
STATEFUL = ["2xx", "3xx", 401, 403, 404, 409, 410, 412, 422, 428, 429, 503, 504]
# How a request that breaks the document is turned away. One that is too long for its line is not read any further.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429, "5xx"]
# No failures of the daemon: a revision that is not here yet, a program outside that cannot be had or takes too long.
NO_FAILURES = ["2xx", "3xx", "4xx", 503, 504]

# Valid requests may be refused, for their parameters are described with each type of job: startDbCreate and so on.
OPEN_PARAMETERS = {
    name: "which params there are depends on the type, and 3.0 cannot say so"
    for name in ("submitJob", "submitJobBatch", "dryRunJob", "submitTypedJob")
}

NO_LIMITS = {
    f"CONFD_LIMITS_{name}": "0" for name in ("ADDRESS_PER_SECOND", "WAITS")
} | {"CONFD_ACCESS_FAILURE_MILLISECONDS": "1", "CONFD_LOG_LEVEL": "error"}


class Run:
    def __init__(self, folder, user, seed):
        self.folder = folder / user
        self.folder.mkdir(parents=True, exist_ok=True)
        self.user = user
        self.seed = seed
        self.cases = 0

    def cases_of(self, only, examples, phases, sampling=1):
        """Sends cases to a fresh daemon; whether all answers were as described.

        Submissions of one type of job are all answered by the same code: with `sampling` only every so many-th is sent.
        """
        with Daemon(environment=NO_LIMITS) as daemon:
            login = self._login(daemon)
            document = daemon.rest(None).get("/openapi.json").json
            self._write(document)
            names = {operation["operationId"] for item in document["paths"].values() for operation in item.values()}
            typed = sorted(path for path in document["paths"] if TYPED_SUBMISSION.fullmatch(path))
            spared = {document["paths"][path]["post"]["operationId"] for path in set(typed) - set(typed[::sampling])}
            choice, chosen = ("include", set(only)) if only else ("exclude", LEFT_OUT.keys() | SAWING.keys() | spared)
            if not only:
                self._tell_left_out(names, len(typed), spared)
            flags = [word for name in sorted(names & chosen) for word in (f"--{choice}-operation-id", name)]
            passed = self._schemathesis(daemon, login, examples, phases, flags)
            if daemon.process.poll() is not None or "Fatal error" in daemon.log_text():
                print(f"fuzz: the daemon ended with {daemon.process.returncode}:\n{daemon.log_text()}")
                return False
            if only is None and daemon.rest(None).request(
                    "GET", "/jobs?limit=1", headers={"Authorization": login}).status != 200:
                print("fuzz: a case ended the login of the run, so that the later ones say little")
                return False
        return passed

    def _tell_left_out(self, names, typed, spared):
        """Says how many operations get no case, and why."""
        sawing = len(SAWING.keys() & names)
        streams = [name for name in LEFT_OUT.keys() & names if name.startswith("stream")]
        reasons = [f"{len(streams)} streams, which have no end"]
        reasons.append(f"{len(LEFT_OUT.keys() & names) - len(streams)} that end the trust in the daemon's certificate")
        reasons.append(f"{sawing} that change what other cases need, and have a daemon of their own in the long form")
        if spared:
            reasons.append(f"{len(spared)} of {typed} submissions of one type of job, which the same code answers as the rest")
        count = len(names & (LEFT_OUT.keys() | SAWING.keys() | spared))
        print(f"fuzz: {self.user}: {count} of {len(names)} operations are left out: {'; '.join(reasons)}", flush=True)

    def short(self):
        """A few cases, always the same; whether all went well."""
        return self.cases_of(None, examples=2, phases="fuzzing", sampling=3)

    def long(self, cases):
        """So many distinct cases, at least; whether all went well."""
        passed = True
        while self.cases < cases and passed:
            passed = self.cases_of(None, examples=30, phases="examples,coverage,fuzzing,stateful")
            self.seed += 1
        return self.cases_of(SAWING, examples=20, phases="examples,coverage,fuzzing") and passed

    def _login(self, daemon):
        """A token of the user: no other case needs the user's password."""
        client = daemon.rest()
        name = f"fuzz-{self.user}"
        group = "exaadm" if self.user == "root" else "exausers"
        further = {"additional_groups": ["root"]} if self.user == "root" else {}
        made = client.job(
            "user_create", username=name, userid=4711, group=group, login_enabled=True, password=PASSWORD, **further)
        assert made.get("outcome") == "ok", made
        token = daemon.rest(name).post("/tokens", {"name": "fuzz"})
        assert token.status == 201, token
        return f"Bearer {token.json['secret']}"

    def _write(self, document):
        (self.folder / "document.json").write_text(json.dumps(narrowed(document)))
        lines = ['hooks = "hooks"', "continue-on-failure = true", "[checks]", "enabled = true",
                 "[checks.positive_data_acceptance]",
                 f"expected-statuses = {json.dumps(STATEFUL)}", "[checks.negative_data_rejection]",
                 f"expected-statuses = {json.dumps(REFUSED)}", "[checks.not_a_server_error]",
                 f"expected-statuses = {json.dumps(NO_FAILURES)}"]
        for name, reason in OPEN_PARAMETERS.items():
            lines += ["[[operations]]", f"# {reason}", f"include-operation-id = {json.dumps(name)}",
                      "checks.positive_data_acceptance.enabled = false"]
        for path in SHARED_PATHS:
            lines += ["[[operations]]", f"include-path = {json.dumps(path)}",
                      "checks.allow_header_conformance.enabled = false", "checks.unsupported_method.enabled = false"]
        (self.folder / "schemathesis.toml").write_text("\n".join(lines) + "\n")

    def _schemathesis(self, daemon, login, examples, phases, flags):
        program = pathlib.Path(sys.executable).parent / "schemathesis"
        command = [
            program, "--config-file", "schemathesis.toml", "run", "document.json", "--url", daemon.url, "--tls-verify",
            daemon.root / "etc/ssl/ssl.crt", "--header", f"Authorization:{login}",
            "--phases", phases, "--max-examples", str(examples), "--seed", str(self.seed), "--request-timeout", "20",
            "--generation-database", "none", "--no-shrink", "--no-color", "--warnings", "off", *flags,
        ]
        count = self.folder / "count.txt"
        count.write_text("0")
        variables = {"PYTHONPATH": str(HERE), "CONFD_FUZZ_COUNT": str(count), "REQUESTS_CA_BUNDLE": ""}
        run = subprocess.run(
            command, cwd=self.folder, env=os.environ | variables, capture_output=True, text=True)
        (self.folder / f"report-{self.seed}.txt").write_text(run.stdout + run.stderr)
        sent = int(count.read_text())
        self.cases += sent
        print(f"fuzz: {self.user}: {sent} cases with seed {self.seed}, {'ok' if run.returncode == 0 else 'FAILED'}")
        if run.returncode:
            start = max(run.stdout.find("== ERRORS"), 0) or max(run.stdout.find("== FAILURES"), 0)
            print(run.stdout[start:] + run.stderr[-3000:])
        return run.returncode == 0 and sent > 0


def main():
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--user", choices=USERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ci", action="store_true")
    chosen = parser.parse_args()
    runs = [Run(chosen.folder, user, chosen.seed) for user in ([chosen.user] if chosen.user else USERS)]
    if chosen.ci:
        with concurrent.futures.ThreadPoolExecutor(len(runs)) as pool:
            passed = all(list(pool.map(Run.short, runs)))
    else:
        passed = all([run.long(chosen.cases) for run in runs])
    print(f"fuzz: {sum(run.cases for run in runs)} cases in all, {'ok' if passed else 'FAILED'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
