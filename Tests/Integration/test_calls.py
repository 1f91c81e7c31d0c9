"""Calls as others published them, looks that nothing holds, and what a full disk is told as."""

import os
import pathlib
import subprocess
import time
import unittest
import xmlrpc.client

from daemon import Daemon, PASSWORD, PROGRAM, until

CLIENT = pathlib.Path(PROGRAM).with_name("confd_client")


def result(daemon, job, **params):
    with daemon.rpc() as rpc:
        return rpc.job_exec(job, {"params": params})


def client(daemon, *words, user="admin", password=PASSWORD):
    """The command line client; some of these names are those of an older one."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CONFD_")}
    return subprocess.run(
        [CLIENT, "--host", f"127.0.0.1:{daemon.port}", "-u", user, *words], capture_output=True, text=True,
        env=ours | {"CONFD_CLIENT_PASSWORD": password, "CONFD_PASSWORD": password, "CONFD_CLIENT_INSECURE": "1"})


class Parameters(unittest.TestCase):
    """Each call passes its parameters; what the job then finds is its own."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def assertTaken(self, job, **params):
        answer = result(self.daemon, job, **params)
        self.assertNotIn(answer["result_code"], range(101, 106), (job, params, answer))
        return answer

    def test_a_stop_has_a_limit(self):
        self.assertTaken("db_stop", db_name="NONE", timeout=660)
        command = client(self.daemon, "db_stop", "db_name:", "NONE", "timeout:", "660")
        self.assertIn("does not exist", command.stdout + command.stderr)
        refused = result(self.daemon, "db_stop", db_name="NONE", timeout=-1)
        self.assertEqual(refused["result_code"], 105, refused)

    def test_published_parameters_are_taken(self):
        volumes = [volume["name"] for volume in self.assertTaken("st_volume_list")["result_output"]]
        every = self.assertTaken("st_volume_info", vid="all_volumes")
        self.assertEqual([volume["name"] for volume in every["result_output"]], volumes)
        one = self.assertTaken("st_volume_info", vname=volumes[0])["result_output"]
        self.assertEqual(every["result_output"][0], one)
        self.assertTaken("log_collect", services=["ConfD"], start_time="2019-01-04 13:13:00", end_time="2019-01-04 13:15:00")
        self.assertEqual(result(self.daemon, "log_collect", services=["ConfD"], stop_time="2019-01-04 13:15:00",
                                end_time="2019-01-04 13:15:00")["result_code"], 105)
        self.assertTaken("st_node_set_bg_recovery_limit", nid=11, threshold=10)
        snapshots = self.assertTaken("db_snapshot_backups_delete", db_name="NONE", backup_list=["1"])
        self.assertIn("NONE", snapshots["result_desc"])
        missing = self.assertTaken("st_volume_decrease_redundancy", vname=volumes[0], delta=1, nid=23)
        self.assertEqual(missing["result_code"], 1, missing)

    def test_times_given_by_either_name_are_the_same(self):
        times = {"services": ["ConfD"], "start_time": "2019-01-04 13:13:00"}
        for name in ("stop_time", "end_time"):
            behind = result(self.daemon, "log_collect", **times, **{name: "2019-01-04 13:12:00"})
            self.assertEqual(behind["result_code"], 105, behind)


class Answers(unittest.TestCase):
    """What is answered, and taken, is what others read and write."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def test_logs_are_told_from_a_severity_on_in_the_words_of_published_readers(self):
        folder = self.daemon.root / "logs/databases/DB1"
        folder.mkdir(parents=True)
        (folder / "postgresql.log").write_text("".join(
            f"2019-01-04 13:13:3{second} UTC [1] {word}:  {word.lower()}\n"
            for second, word in enumerate(("ERROR", "WARNING", "LOG"))))

        def events(**further):
            answer = result(
                self.daemon, "log_collect", services=["DWAd"], start_time="2019-01-04 13:13:00",
                stop_time="2019-01-04 13:15:00", **further)
            self.assertEqual(answer["result_code"], 0, answer)
            return answer["result_output"]
        self.assertEqual([event["priority"] for event in events(error_level="WARN")], ["ERR", "WARN"])
        self.assertEqual([event["priority"] for event in events(error_level="ERR")], ["ERR"])
        every = events(nodes=["11", "n11"])
        self.assertEqual(len(every), 3, every)
        for event in every:
            self.assertEqual((event["timestamp"], event["message"]), (event["time"], event["text"]))

    def test_archive_volumes_are_known_by_their_labels(self):
        made = result(
            self.daemon, "st_volume_create", name="arc", type="archive", disk="disk1", size="16 MiB", nodes=[11],
            redundancy=1)
        self.assertEqual(made["result_code"], 0, made)
        labels = result(self.daemon, "st_volume_info", vname="arc")["result_output"]["labels"]
        self.assertEqual(labels[:3], ["#Name#arc", "sdfs", "sdfs:archive"])
        data = result(self.daemon, "st_volume_info", vname="DataVolume1")["result_output"]["labels"]
        self.assertNotIn("sdfs", data)

    def test_nodes_have_addresses_machines_can_have(self):
        for address in ("10.10.10.0/24", "10.10.10.255/24", "10.10.10.16/0", "010.10.10.16/24", "10.10.11.255/23"):
            answer = result(self.daemon, "node_add", nid=12, priv_net=address)
            self.assertEqual(answer["result_code"], 105, (address, answer))
        self.assertEqual(result(self.daemon, "node_add", nid=12, priv_net="10.10.10.255/23")["result_code"], 0)

    def test_names_are_exact(self):
        for job, name, value in (
                ("group_info", "groupname", " exaadm"), ("group_info", "groupname", "exaadm\t"),
                ("user_info", "username", "admin\n"), ("user_info", "username", " admin ")):
            answer = result(self.daemon, job, **{name: value})
            self.assertEqual(answer["result_code"], 1, (job, value, answer))
        self.assertEqual(self.daemon.rest().get("/users/admin%20").status, 404)

    def make(self, name, number, **password):
        return result(self.daemon, "user_create", username=name, userid=number, group="exausers", login_enabled=True,
                      **password)

    def may_log_in(self, name, password):
        return self.daemon.rest(name, password).get("/sessions").status != 401

    def test_hashes_of_current_systems_are_taken(self):
        hashes = ("$y$j9T$saltsaltsalt$1bFcrZzWetava2XcO3BC6qBtlSiizzVU/WPxejS903D",
                  "$1$saltsalt$APU/uEIYlBUFKCfGmoRDn0")
        for number, text in enumerate(hashes):
            for flag in ({"encode_passwd": False}, {}):
                name = f"h{number}{len(flag)}"
                made = self.make(name, 3000 + 10 * number + len(flag), password=text, **flag)
                self.assertEqual(made["result_code"], 0, made)
                self.assertTrue(self.may_log_in(name, "secret 7"), (text, flag))

    def test_a_hash_of_md5_is_taken_with_a_warning(self):
        rest = self.daemon.rest()
        for number, (text, codes) in enumerate((
                ("$1$saltsalt$APU/uEIYlBUFKCfGmoRDn0", ["weak-hash"]),
                ("$y$j9T$saltsaltsalt$1bFcrZzWetava2XcO3BC6qBtlSiizzVU/WPxejS903D", []), ("plain text", []))):
            job = rest.job("user_create", username=f"w{number}", userid=3100 + number, group="exausers",
                           login_enabled=True, password=text)
            self.assertEqual(job["outcome"], "ok", job)
            self.assertEqual([warning["code"] for warning in job.get("warnings", [])], codes, job)
        self.assertIn("user w0 is kept as MD5", self.daemon.run("check").stdout)

    def test_units_of_sizes_are_read_in_either_case_and_kept_in_one(self):
        rest = self.daemon.rest()
        for number, unit in enumerate(("MiB", "mib", "MIB", "mIb")):
            rest.ok("st_volume_create", name=f"Sized{number}", type="data", size=f"16 {unit}", disk="disk1", nodes=[11],
                    redundancy=1)
            self.assertEqual(rest.ok("st_volume_info", vname=f"Sized{number}")["size"], "16 MiB")
        self.assertNotIn("MIB", self.daemon.configuration())
        self.assertNotIn("mIb", self.daemon.configuration())
        for size in ("16 MiBB", "16 XB", "-1 MiB", "1e3 MiB"):
            job = rest.job("st_volume_create", name="Never", type="data", size=size, disk="disk1", nodes=[11],
                           redundancy=1)
            self.assertEqual(job.get("error_code"), "parameter-invalid", (size, job))

    def test_what_is_said_to_be_plain_text_is_hashed(self):
        for number, text in enumerate(("$6$a$b", "$5$saltsaltsaltsalt$AtSaOl2jnUbf5fJGai2IAjxxmlwbhL157f.pmVS1hMD")):
            made = self.make(f"p{number}", 4000 + number, password=text, encode_passwd=True)
            self.assertEqual(made["result_code"], 0, made)
            self.assertNotIn(text, self.daemon.configuration())
            self.assertTrue(self.may_log_in(f"p{number}", text), text)


class Looks(unittest.TestCase):
    """Whoever looks is answered, whatever is paused, locked or on its way."""

    JOBS = (
        ("db_list", {}), ("node_list", {}), ("node_state", {}), ("st_volume_list", {}),
        ("st_volume_info", {"vname": "DataVolume1"}), ("st_node_list", {}),
        ("st_device_info", {"devname": "/exa/data/storage/dev.1", "node_id": 11}),
        ("log_collect", {"services": ["ConfD"]}), ("st_get_partition_id", {}))

    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.__exit__)
        folder = self.daemon.root / "jobs.d/hold_storage"
        folder.mkdir(parents=True, mode=0o755)
        (folder / "job.yaml").write_text("summary: Holds storage.\nlocks: [{key: storage}]\n")
        (folder / "run").write_text(f"#!/bin/sh\nwhile [ ! -e {self.daemon.root}/go ]; do sleep 0.1; done\necho null\n")
        (folder / "run").chmod(0o755)
        self.daemon.start()
        self.client = self.daemon.rest()

    def look(self):
        """Asks by jobs and by resources; a question that is held runs into the limit."""
        for job, params in self.JOBS:
            begun = time.monotonic()
            answer = self.client.post("/jobs?wait=10s", {"type": job, "params": params}).json
            self.assertEqual(answer["outcome"], "ok", (job, answer))
            self.assertLess(time.monotonic() - begun, 10, job)
        for path in ("/volumes", "/volumes/DataVolume1", "/databases", "/nodes", "/queue", "/exaconf"):
            self.client.connection.timeout = 15
            self.assertEqual(self.client.get(path).status, 200, path)

    def test_a_rule_for_every_job_holds_no_look(self):
        for action in ({"action": "pause"}, {"action": "limit", "limit": 1, "order": 1}, {"action": "reject", "order": 2}):
            self.assertEqual(self.client.post("/queue/rules", action).status, 201)
            self.look()
        held = self.client.post("/jobs", {"type": "st_volume_lock", "params": {"vname": "DataVolume1"}})
        self.assertEqual(held.status, 503, held)

    def test_a_lock_holds_no_look(self):
        holder = self.client.post("/jobs", {"type": "hold_storage", "params": {}}).json
        until(lambda: self.client.get(f"/jobs/{holder['job_id']}").json["stage"] == "executed")
        waiting = self.client.post("/jobs", {"type": "st_volume_lock", "params": {"vname": "DataVolume1"}}).json
        self.assertEqual(waiting["waiting_for"][0]["name"], "storage", waiting)
        self.look()
        (self.daemon.root / "go").touch()
        for job in (holder, waiting):
            self.assertEqual(self.client.get(f"/jobs/{job['job_id']}?wait=30s").json["outcome"], "ok")


@unittest.skipUnless(os.geteuid() == 0, "only root makes a small file system")
class FullDisk(unittest.TestCase):
    """64 MiB: with less than 16 free room is low, and 4 are kept for administrators, one of them for the audit log."""

    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.__exit__)
        root = self.daemon.root
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=711", "small", root], check=True)
        # Before the folder is taken away.
        self.addCleanup(subprocess.run, ["umount", "-l", root], check=True)
        self.filler = root / "filler"
        self.reserve = root / "spool/jobs/store.reserve"
        self.daemon.start()
        self.client = self.daemon.rest()
        self.client.ok("user_create", username="vera", userid=2001, group="exausers", login_enabled=True,
                       password="veras word")
        self.vera = self.daemon.rest("vera", "veras word")

    def fill(self, leaving=0):
        """Leaves so many bytes to others."""
        with open(self.filler, "ab", buffering=0) as filler:
            for size in (1 << 16, 4096):
                try:
                    while os.statvfs(self.filler).f_bavail * 4096 > leaving:
                        filler.write(bytes(size))
                except OSError:
                    continue

    def change(self, client, user):
        """A job that has to be kept, of which nothing comes."""
        return client.post("/jobs?wait=20s", {"type": "user_passwd", "params": {"username": user, "password": ""}})

    def look(self, client, is_kept):
        answer = client.post("/jobs", {"type": "db_list", "params": {}})
        self.assertEqual((answer.status, answer.json["outcome"]), (200, "ok"), answer)
        self.assertEqual([one["code"] for one in answer.json.get("warnings", [])], [] if is_kept else ["not-recorded"])
        return answer.json["job_id"]

    def refused(self, answer):
        self.assertEqual((answer.status, answer.json["code"]), (507, "out-of-space"), answer)
        self.assertEqual(answer.headers["retry-after"], "60")

    def kinds(self):
        return [record["event"] for record in self.client.get("/audit?limit=100").json["items"]]

    def test_a_full_disk_is_told_as_such(self):
        self.fill(leaving=8 << 20)
        answer = self.change(self.vera, "vera")
        self.refused(answer)
        self.assertTrue(answer.json["retryable"])
        with self.daemon.rpc("vera", "veras word") as rpc:
            told = rpc.job_exec("user_passwd", {"params": {"username": "vera", "password": "another word"}})
            self.assertEqual((told["result_code"], told["result_name"]), (129, "OutOfSpace"), told)
            with self.assertRaises(xmlrpc.client.Fault) as fault:
                rpc.job_start("user_passwd", {"params": {"username": "vera", "password": "another word"}})
            self.assertEqual(fault.exception.faultCode, 129)
        command = client(
            self.daemon, "user_passwd", "username:", "vera", "password:", "w", user="vera", password="veras word")
        self.assertEqual(command.returncode, 5, command)
        ready = self.client.get("/readyz?verbose")
        self.assertEqual(ready.status, 503, ready)
        self.assertIn(b"out-of-space", ready.body)
        self.filler.unlink()
        until(lambda: self.client.get("/readyz").status == 200)
        self.assertEqual(self.client.job("db_list")["outcome"], "ok")

    def test_with_little_room_looks_are_answered_and_administrators_go_on(self):
        self.assertEqual(self.reserve.stat().st_size, 4 << 20)
        kept = self.look(self.vera, is_kept=True)
        self.fill(leaving=8 << 20)
        looks = [self.look(client, is_kept=False) for client in (self.vera, self.client)]
        self.refused(self.change(self.vera, "vera"))
        taken = self.change(self.client, "vera")
        self.assertIn(taken.status, (200, 202), taken)
        self.filler.unlink()
        listed = [job["job_id"] for job in self.client.get("/jobs").json["items"]]
        self.assertIn(kept, listed)
        self.assertIn(taken.json["job_id"], listed)
        self.assertFalse(set(looks) & set(listed))
        self.assertIn("confd_looks_unrecorded_total 2", self.client.get("/metrics").body.decode())
        self.assertRegex(
            self.client.get("/readyz?verbose").body.decode(), r"(?m)^\[\+\] looks: 2 since the start are in no history \(")
        self.look(self.vera, is_kept=True)

    def test_without_room_the_reserve_is_administrators_and_its_last_part_the_audit_logs(self):
        for _ in range(2000):
            self.fill()
            answer = self.change(self.client, "vera")
            if answer.status == 507:
                break
            self.assertIn(answer.status, (200, 202), answer)
        self.refused(answer)
        # What was refused is audited, out of the last part.
        self.assertLessEqual(self.reserve.stat().st_size, 1 << 20)
        for client in (self.vera, self.client):
            self.look(client, is_kept=False)
        for _ in range(2000):
            self.fill()
            self.daemon.rest(user=None).post("/sessions", {"user": "admin", "password": PASSWORD})
            if "an audit event could not be kept" in self.daemon.log_text():
                break
        self.assertIn("an audit event could not be kept", self.daemon.log_text())
        self.assertEqual(self.reserve.stat().st_size, 0)
        self.assertRegex(
            self.client.get("/readyz?verbose").body.decode(),
            r"(?ms)^\[-\] space: out-of-space.*^\[!\] reserve: 0 MiB of 4 MiB.*^\[!\] audit_records: \d+ events could not be kept")
        self.look(self.vera, is_kept=False)
        self.filler.unlink()
        self.assertEqual(
            self.daemon.rest(user=None).post("/sessions", {"user": "admin", "password": PASSWORD}).status, 201)
        kinds = self.kinds()
        self.assertLess(kinds.index("login"), kinds.index("unrecorded"), "what was not kept is told first")
        self.look(self.vera, is_kept=True)
        self.daemon.stop()
        self.daemon.start()
        self.assertEqual(self.reserve.stat().st_size, 4 << 20)
        self.assertIn("ok:", self.daemon.run("check", check=False).stdout)


if __name__ == "__main__":
    unittest.main()
