"""What an engine has to do, case by case, in the life of one database."""

import itertools
import os
import pathlib
import signal
import socket
import subprocess
import uuid

from engine import Breach, Watch

# In the order in which they are run.
CASES = []


def case(function):
    CASES.append(function)
    return function


def need(condition, text):
    if not condition:
        raise Breach(text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cases:
    """One database in a folder of its own; each case leaves what the next one needs."""

    def __init__(self, engine, folder, is_short):
        self.engine, self.folder = engine, pathlib.Path(folder)
        # Seconds after the first progress at which a verb is cut off.
        self.moments = (0.2,) if is_short else (0, 0.05, 0.2, 0.5, 1, 2)
        self.secret = f"secret{uuid.uuid4().hex}"
        self.numbers = itertools.count()
        self.paths = {name: engine.folder(self.folder / name) for name in ("data", "run", "logs")}
        self.abilities = {}
        self.port = free_port()

    def request(self, database=None, secrets=None, **options):
        return {
            "contract": 1, "database": {
                "name": "CONFORMANCE", "id": "C0", "port": self.port, "addresses": ["127.0.0.1"], "params": [], "active_nodes": 1,
            } | (database or {}),
            "paths": self.paths, "options": options,
            "secrets": {"password": self.secret} if secrets is None else secrets}

    def fresh(self):
        """An empty directory for a backup."""
        return self.engine.folder(self.folder / f"backup{next(self.numbers)}")

    def ask(self, verb, expected=None, **options):
        """Asks with a request as the schema of the verb has it; `expected` is an error's code, or members."""
        request = self.request(**options)
        found = self.engine.schemas.faults(request, f"{verb}.schema.json", "request")
        need(not found, f"the request for {verb} is wrong itself: {found}")
        step = f"{self.folder} 1" if verb in ("backup", "restore") else None
        answer = self.engine.ask(verb, request, step)
        if isinstance(expected, str) or isinstance(answer, str):
            need(answer == expected, f"{verb} answers {answer!r} where {expected or 'success'!r} is due")
        elif expected:
            need(expected.items() <= answer.items(), f"{verb} answers {answer}, which lacks {expected}")
        return answer

    def state(self, state, created=True):
        return self.ask("state", {"state": state, "created": created, "connectible": state == "running"})

    def cut_off(self, verb, number, moment, **options):
        """Ends a verb and all it started some time after its first progress; whether it had ended before."""
        call = self.engine.begin(verb, self.request(**options), f"{self.folder} 1")
        call.await_progress()
        if moment:
            try:
                call.process.wait(moment)
            except subprocess.TimeoutExpired:
                pass
        had_ended = call.process.poll() is not None
        call.signal(number)
        call.end(10)
        return had_ended

    def interrupted(self, verb, after, **options):
        """A verb is cut off at several moments, by SIGTERM and SIGKILL; `after` sees to what has to hold then."""
        for number, moment in itertools.product((signal.SIGKILL, signal.SIGTERM), self.moments):
            given = options | ({"directory": self.fresh()} if verb == "backup" else {})
            after(self.cut_off(verb, number, moment, **given))

    @case
    def describe_tells_what_the_engine_is(self):
        answer = self.engine.ask("describe")
        need(isinstance(answer, dict), f"describe without a request answers {answer}")
        self.abilities = answer["abilities"]
        need(self.engine.ask("describe", b"not read") == answer, "describe answers differently when called again")

    @case
    def verbs_that_do_not_exist_are_named_so(self):
        for verb in ("dance", "", None, "--help"):
            answer = self.engine.ask(verb, self.request())
            need(answer == "unknown-verb", f"the verb {verb!r} is answered with {answer}")

    @case
    def requests_that_make_no_sense_are_invalid(self):
        bad = [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"contract": 1', b"[" * 10_000]
        bad += [self.request() | part for part in (
            {"contract": 2}, {"contract": "1"}, {"database": {}}, {"database": []}, {"paths": {}}, {"secrets": 7},
            {"options": "x"})]
        bad += [self.request({"port": "high"}), self.request({"params": [1]}), self.request({"name": ""})]
        for request in bad:
            for verb in ("check", "create", "state", "delete"):
                answer = self.engine.ask(verb, request)
                need(answer == "invalid", f"{verb} answers {str(request)[:60]} with {answer}")
        need(not os.listdir(self.paths["data"]), "a request that makes no sense left something behind")

    @case
    def check_touches_nothing(self):
        for _ in range(2):
            self.ask("check")
        self.ask("check", "unsupported", database={"active_nodes": self.abilities["active_nodes"] + 1})
        self.ask("check", "unsupported", database={"params": ["-no_such_parameter_anywhere=1"]})
        self.ask("check", "unsupported", secrets={"password_hash": "no-kind-of-verifier"})
        need(not os.listdir(self.paths["data"]), "check left something behind")

    @case
    def what_never_was_is_stopped_and_not_created(self):
        self.state("stopped", created=False)
        self.ask("info", {"state": "stopped", "used_bytes": 0})
        self.ask("start", "data-missing")
        need(not os.listdir(self.paths["data"]), "a start without data left something behind")
        self.ask("stop", {"already": True})
        self.ask("backup", "state", directory=self.fresh(), level=0)
        self.ask("delete")

    @case
    def a_create_that_is_cut_off_can_be_called_again_or_taken_back(self):
        undo = itertools.cycle((False, True))

        def after(had_ended):
            state = self.ask("state", {"state": "stopped"})
            need(not had_ended or state["created"], "create had ended, but there is no database")
            if next(undo):
                self.ask("delete")
            if state["created"] and not had_ended:
                self.ask("delete")
            if not self.ask("state")["created"]:
                self.ask("create")
            self.ask("start", timeout_s=60)
            self.ask("stop", timeout_s=60)
            self.ask("delete")
            need(not os.listdir(self.paths["data"]), "delete left something behind")
        self.interrupted("create", after)

    @case
    def create_makes_a_stopped_database_and_keeps_the_secret(self):
        with Watch(self.secret) as watch:
            call = self.engine.begin("create", self.request() | {"a": {"b": 1}, "options": {"no_such_option": [1]}})
            _, answer = self.engine.judge(call)
        need(answer.get("user") == self.abilities["user"], f"create answers {answer}")
        need(not watch.found, f"the password stands in the {' and '.join(watch.found)} of a process")
        need(not any(self.secret in line for line in call.lines), "the password was written to standard error")
        for file in self.folder.rglob("*"):
            need(not file.is_file() or self.secret.encode() not in file.read_bytes(), f"the password stands in {file}")
        self.state("stopped")
        self.ask("create", "state")
        self.state("stopped")

    @case
    def a_taken_port_is_named_and_the_database_stays_stopped(self):
        with socket.socket() as taker:
            taker.bind(("127.0.0.1", self.port))
            taker.listen()
            self.ask("start", "port-taken")
        self.state("stopped")

    @case
    def start_serves_clients(self):
        self.ask("start", {"already": False}, timeout_s=120, maintenance=False, auditing=True)
        self.ask("start", {"already": True}, timeout_s=120)
        self.state("running")
        socket.create_connection(("127.0.0.1", self.port), 10).close()
        process = self.ask("state")["process"]
        need(pathlib.Path(f"/proc/{process['id']}").exists(), f"there is no process {process['id']}")
        need(self.ask("start")["process"] == process, "a second start tells of another process")
        info = self.ask("info", {"state": "running", "connectible": True, "process": process})
        need(info["used_bytes"] > 0, "a running database takes no room")

    @case
    def what_needs_a_stopped_database_is_refused_while_it_runs(self):
        for verb in ("create", "reset", "delete"):
            self.ask(verb, "state")
        self.ask("restore", "state", directory=self.fresh(), restore_type=self.abilities["restore_types"][0])
        self.state("running")

    @case
    def backup_copies_the_running_database(self):
        self.directory = self.fresh()
        answer = self.ask("backup", directory=self.directory, level=0)
        names = sorted(os.listdir(self.directory))
        bytes_there = sum(os.path.getsize(os.path.join(self.directory, name)) for name in names)
        need(sorted(answer["files"]) == names, f"backup names {answer['files']}, but there are {names}")
        need(answer["bytes"] == bytes_there, f"backup tells of {answer['bytes']} bytes, but there are {bytes_there}")
        self.ask("backup", "unsupported", directory=self.fresh(), level=max(self.abilities["backup_levels"]) + 1)
        for verb in ("backup", "restore"):
            need(self.engine.ask(verb, self.request()) == "invalid", f"{verb} needs no directory")

    @case
    def a_backup_that_is_cut_off_harms_nobody(self):
        def after(_):
            self.state("running")
            self.ask("backup", directory=self.fresh(), level=0)
        self.interrupted("backup", after, level=0)

    @case
    def stop_ends_it(self):
        self.ask("stop", {"already": False}, timeout_s=60, force=False)
        self.ask("stop", {"already": True}, timeout_s=60)
        ended = self.state("stopped")["ended"]
        need(ended["clean"], f"after a stop it has ended so: {ended}")
        self.ask("backup", "state", directory=self.fresh(), level=0)
        self.ask("start", timeout_s=60)
        self.ask("stop", {"already": False}, timeout_s=60, force=True)

    @case
    def restore_takes_whole_backups_only(self):
        kind = self.abilities["restore_types"][0]
        small = self.engine.ask("restore", self.request(
            {"quota_bytes": 1}, directory=self.directory, restore_type=kind), f"{self.folder} 1")
        need(small == "space", f"restore beyond the quota answers {small!r} where 'space' is due")
        # A backup of one database is one of any: the restored one has the name the request says.
        other = self.engine.ask("restore", self.request(
            {"name": "CONFORMANCE2"}, directory=self.directory, restore_type=kind), f"{self.folder} 1")
        need(not isinstance(other, str), f"restore under another name answers {other!r}")
        for _ in range(2):
            self.ask("restore", directory=self.directory, restore_type=kind)
        self.interrupted(
            "restore", lambda _: self.ask("state", {"state": "stopped", "created": True}), directory=self.directory,
            restore_type=kind)
        self.ask("start", timeout_s=60)
        self.ask("stop", timeout_s=60)
        largest = max(pathlib.Path(self.directory).iterdir(), key=lambda file: file.stat().st_size)
        with open(largest, "r+b") as file:
            file.seek(largest.stat().st_size // 2)
            file.write(bytes(64))
        for directory in (self.directory, self.fresh()):
            self.ask("restore", "failed", directory=directory, restore_type=kind)
            self.state("stopped")
        self.ask("restore", "unsupported", directory=self.directory, restore_type="no such type")
        self.ask("start", timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def a_volume_has_one_server_and_the_data_of_one_database(self):
        self.ask("start", timeout_s=60)
        second = {"name": "SECOND", "id": "C1", "port": free_port()}
        self.ask("start", "in-use", database=second)
        self.ask("state", {"state": "stopped", "connectible": False}, database=second)
        self.ask("stop", {"already": True}, database=second)
        self.state("running")
        self.ask("stop", timeout_s=60)
        for verb in ("create", "reset"):
            self.ask(verb, "state", database=second)
        self.ask("create", "state", database=second, replace=True)
        self.ask("delete", database=second)
        self.state("stopped")
        calls = [self.engine.begin("start", self.request(database)) for database in ({}, second)]
        answers = [self.engine.judge(call)[1] for call in calls]
        codes = sorted(answer.get("error", {}).get("code", "") for answer in answers)
        need(codes == ["", "in-use"], f"two databases started on one volume at once answer {answers}")
        for database in ({}, second):
            self.ask("stop", database=database, timeout_s=60)
        # Whoever is started on a volume has its data.
        for database in (second, {}):
            self.ask("start", {"already": False}, database=database, timeout_s=60)
            owner = self.ask("state", {"state": "running"}, database=database)["owner"]["name"]
            need(owner == database.get("name", "CONFORMANCE"), f"the data count as those of {owner}")
            self.ask("stop", database=database, timeout_s=60)

    @case
    def a_killed_server_is_stopped_and_starts_again(self):
        self.ask("start", timeout_s=60)
        os.kill(self.ask("state")["process"]["id"], signal.SIGKILL)
        ended = self.state("stopped")["ended"]
        need(not ended["clean"], f"a killed server has ended so: {ended}")
        self.ask("info", {"state": "stopped", "connectible": False})
        self.ask("start", {"already": False}, timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def files_of_a_server_that_has_ended_harm_nobody(self):
        self.ask("start", timeout_s=60)
        process = self.ask("state")["process"]["id"]
        kept = {
            path: path.read_bytes() for folder in (self.paths["data"], self.paths["run"])
            for path in pathlib.Path(folder).rglob("*")
            if path.is_file() and str(process).encode() in path.read_bytes()[:4096]}
        self.ask("stop", timeout_s=60)
        bystander = self.engine.bystander()
        try:
            for content in (str(bystander.pid).encode(), b"", b"\0\0\0", b"1", str(2 ** 22 - 1).encode()):
                for path, text in kept.items():
                    path.write_bytes(text.replace(str(process).encode(), content) if len(content) > 3 else content)
                    self.engine.own(path)
                self.state("stopped")
                self.ask("stop", {"already": True})
                self.ask("start", {"already": False}, timeout_s=60)
                need(bystander.poll() is None, "a process that is not the engine's was ended")
                self.ask("stop", timeout_s=60, force=True)
                need(bystander.poll() is None, "a process that is not the engine's was ended")
        finally:
            bystander.kill()
            bystander.wait()

    @case
    def data_that_are_missing_are_never_made_anew(self):
        data, away = pathlib.Path(self.paths["data"]), self.folder / "away"
        away.mkdir()
        names = os.listdir(data)
        for name in names:
            (data / name).rename(away / name)
        self.state("stopped", created=False)
        self.ask("start", "data-missing")
        need(not os.listdir(data), "a start without data left something behind")
        for name in names:
            (away / name).rename(data / name)
        self.ask("start", {"already": False}, timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def data_in_a_folder_of_before_are_taken_over(self):
        data, former = pathlib.Path(self.paths["data"]), pathlib.Path(self.engine.folder(self.folder / "former"))
        for name in os.listdir(data):
            (data / name).rename(former / name)
        self.paths["former"] = {"CONFORMANCE": str(former)}
        self.state("stopped")
        self.ask("create", "state")
        self.ask("start", {"already": False}, timeout_s=60)
        self.ask("stop", timeout_s=60)
        del self.paths["former"]
        need(os.listdir(data) and not (former.exists() and os.listdir(former)), "the data were not moved")
        self.ask("start", {"already": False}, timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def create_replaces_what_is_the_databases_own(self):
        self.ask("create", "state")
        for _ in range(2):
            self.ask("create", {"user": self.abilities["user"]}, replace=True)
        self.interrupted("create", lambda _: self.ask("state", {"state": "stopped", "created": True}), replace=True)
        self.ask("start", timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def reset_empties_it(self):
        for _ in range(2):
            self.ask("reset", {"user": self.abilities["user"]})
        self.state("stopped")
        self.interrupted("reset", lambda _: self.ask("reset"))
        self.ask("start", timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def of_two_at_once_one_waits(self):
        self.ask("delete")
        calls = [self.engine.begin("create", self.request()) for _ in range(2)]
        answers = [self.engine.judge(call)[1] for call in calls]
        codes = sorted(answer.get("error", {}).get("code", "") for answer in answers)
        need(codes == ["", "state"], f"two creates at once answer {answers}")
        self.ask("start", timeout_s=60)
        self.ask("stop", timeout_s=60)

    @case
    def delete_leaves_nothing(self):
        for _ in range(2):
            self.ask("delete")
        self.state("stopped", created=False)
        need(not os.listdir(self.paths["data"]), "delete left something behind")
