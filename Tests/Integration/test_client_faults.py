"""confd_client as scripts and people of the field use it: words, encodings, places, outputs that cannot be written."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from daemon import PASSWORD, PROGRAM, Daemon, until
from test_client import CLIENT, Case, Client, is_root
from test_tls import Authority, edit


class Words(Case):
    """What the words of a command line mean."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.rest().ok(
            "user_create", username="jane", userid=1100, group="exausers", login_enabled=True, password="first secret")

    def test_a_password_is_the_word_that_was_typed(self):
        for password in (
                "#1secret", "@home", "%x secret", "!secret", "a, b", "a: b", "a}b", "a]b", "abc,def,", "secret:", "-secret",
                "*star", "& and", "|", "> x", "`tick`", "? x", " blank ", "it's", "1w 3d", "08", "grün ✓"):
            with self.subTest(password):
                self.check(self.client("user_passwd", "username:", "jane", "password:", password), "OK\n")
                self.assertNotEqual(self.daemon.rest("jane", password).get("/jobs").status, 401)
                # The same in front of another parameter.
                self.check(self.client("user_passwd", "password:", password, "username:", "jane"), "OK\n")

    def test_numbers_with_a_leading_zero_are_text(self):
        for words, found in (
                (["hour:", "08", "minute:", "09"], ("08", "09")), (["hour:", "8", "minute:", "0"], (8, 0)),
                (["hour:", "010", "minute:", "0x1F"], (8, 31)), (["hour:", "1e3", "minute:", "-1"], ("1e3", -1))):
            with self.subTest(words=words):
                sent = sent_by("db_backup_add_schedule", *words)
                self.assertEqual((sent["params"]["hour"], sent["params"]["minute"]), found)
        sent = sent_by("-c", "db_backup_add_schedule", "-a", "hour: 08, minute: '8'")
        self.assertEqual(sent["params"], {"hour": "08", "minute": "8"})

    def test_words_mean_what_was_published(self):
        for words, params in (
                (["expire:", "1w 3d", "day:", "*", "month:", "*"], {"expire": "1w 3d", "day": "*", "month": "*"}),
                (["nodes:", "[11,12]"], {"nodes": [11, 12]}), (["nodes:", "[11,", "12]"], {"nodes": [11, 12]}),
                (["db_name:", '"Exasol"'], {"db_name": "Exasol"}), (["port:", "'8563'"], {"port": "8563"}),
                (["force:", "yes", "x:", "null"], {"force": True, "x": None}),
                (["comment:", "two", "words", "y:", "1"], {"comment": "two words", "y": 1}),
                (["{db_name: DB1}"], {"db_name": "DB1"}),
                (["{db_name:", "DB1,", "timeout:", "30}"], {"db_name": "DB1", "timeout": 30}),
                (["db_name: DB1, timeout: 30"], {"db_name": "DB1", "timeout": 30}),
                (["params_add:", "['-a=1','-b=2']"], {"params_add": ["-a=1", "-b=2"]})):
            with self.subTest(words=words):
                self.assertEqual(sent_by("db_info", *words)["params"], params)

    def test_a_map_in_braces_is_one_word_or_several(self):
        self.assertEqual(sent_by("db_info", "{db_name: DB1}")["params"], {"db_name": "DB1"})
        self.assertEqual(sent_by("db_info", "{db_name:", "DB1}")["params"], {"db_name": "DB1"})
        self.fails(self.client("db_info", "{db_name: DB1"), 2, "no YAML: {db_name: DB1\n")

    def test_doubled_parameters_are_refused(self):
        self.fails(self.client("-c", "group_info", "-A", '{"groupname":"root","groupname":"exaadm"}'), 2, "groupname")
        self.fails(self.client("group_info", "groupname:", "root", "groupname:", "exaadm"), 2, "'groupname' is given twice")

    def test_what_was_meant_is_suggested(self):
        for words, text in (
                (["hlp", "db_create"], "Did you mean 'help'?"), (["db_crate"], "Did you mean 'db_create'?"),
                (["help", "db_strat"], "Did you mean 'db_start'?"),
                (["-d", "db_crate", "a:", "1"], "Did you mean 'db_create'?"),
                (["args", "db_crate"], "Did you mean 'db_create'?"), (["db_list", "--jsn"], "did you mean --json?"),
                (["db_start", "db_name:DB1"], "db_name: DB1")):
            with self.subTest(words=words):
                self.fails(self.client(*words), 2 if words[0] != "args" else self.client(*words).returncode or 1, text)

    def test_help_alone_and_of_words_is_help(self):
        for words in (["help"], ["-c", "help"]):
            done = self.client(*words)
            self.check(done, self.client("--help").stdout)
            self.assertIn("Usage: confd_client", done.stdout)
        self.assertIn("newest first", self.client("help", "history").stdout)
        self.assertIn("jobs", self.client("help", "list").stdout)

    def test_a_dry_run_shows_its_diff_line_by_line(self):
        plan = self.client("-d", "group_create", "groupname:", "dry", "groupid:", "4799")
        self.assertEqual((plan.returncode, plan.stderr), (0, ""))
        self.assertRegex(plan.stdout, r"(?m)^diff: \|\n  --- old\n(  .*\n)*  \+    \[\[dry\]\]\n")
        with_json = json.loads(self.client("-d", "-j", "group_create", "groupname:", "dry", "groupid:", "4799").stdout)
        shown = plan.stdout.split("diff: |\n")[1]
        self.assertEqual(shown.count("\n"), with_json["diff"].count("\n"))

    def test_watching_a_job_ends_as_the_job_did(self):
        failed = self.client("group_create", "groupname:", "exaadm", "groupid:", "4798", "-S").stdout.strip()
        until(lambda: self.client("result", failed).returncode != 3)
        seen = self.client("watch", failed)
        self.assertEqual(seen.returncode, 1, seen)
        self.assertIn("already exists", seen.stderr)
        self.assertIn(failed, seen.stdout)
        well = self.client("db_list", "-S").stdout.strip()
        until(lambda: self.client("result", well).returncode != 3)
        seen = self.client("watch", well)
        self.assertEqual((seen.returncode, seen.stderr), (0, ""), seen)
        self.assertIn("outcome=ok", seen.stdout)
        self.fails(self.client("watch", "11.999999"), 1, "no job")

    def hold(self):
        """A rule that holds jobs on groups until what is answered is called, or the test ends."""
        rest = self.daemon.rest()
        rule = rest.post("/queue/rules", {"action": "pause", "match": {"type": ["group_*"]}, "reason": "test"}).json
        release = lambda: rest.request("DELETE", f"/queue/rules/{rule['rule_id']}")
        self.addCleanup(release)
        return release

    def test_a_job_that_fails_while_it_is_watched_ends_the_watch_so(self):
        release = self.hold()
        job = self.client("group_create", "groupname:", "held", "groupid:", "4797", "-S").stdout.strip()
        watching = subprocess.Popen(
            [CLIENT, "watch", job], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.client.environment)
        self.assertIn(job, watching.stdout.readline())
        self.client("stop", job)
        release()
        output, errors = watching.communicate(timeout=60)
        self.assertNotEqual((watching.returncode, errors), (0, ""), output)

    def test_ctrl_c_says_that_the_job_goes_on(self):
        self.hold()
        running = subprocess.Popen(
            [CLIENT, "group_create", "groupname:", "slow", "groupid:", "4796"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=self.client.environment)
        until(lambda: caught(running.pid) >> (signal.SIGINT - 1) & 1)
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate(timeout=60)
        self.assertEqual((running.returncode, output), (-signal.SIGINT, ""), errors)
        job = self.daemon.rest().get("/jobs?limit=1&type=group_create").json["items"][0]["job_id"]
        self.assertIn(f"Job {job} goes on", errors)


def caught(process):
    """The set of signals that a process handles itself, a bit for each."""
    fields = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines())
    return int(fields["SigCgt"], 16)


def sent_by(*words):
    """The body of the job that the client sends for these words."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        path = f"{folder}/s"
        server.bind(path)
        server.listen()
        bodies = []

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines:
                    while head := lines.readline():
                        length = 0
                        while (line := lines.readline().strip().lower()):
                            if line.startswith(b"content-length:"):
                                length = int(line.split(b":")[1])
                        body = lines.read(length)
                        if head.startswith(b"POST /jobs"):
                            bodies.append(json.loads(body))
                        answer = b'{"job_id": "11.1", "done": true, "result": {"result_code": 0}}'
                        connection.sendall(
                            b"HTTP/1.1 200 OK\r\nConfd-Node: 11\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            done = subprocess.run(
                [CLIENT, "--socket", path, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
    if not bodies:
        raise AssertionError(f"nothing was sent: {done}")
    return bodies[-1]


class Published(Case):
    """Command lines as guides, courses and scripts of the field show them: status, and what is printed."""

    ROWS = (
        ("confd_client db_list", 0, r"- DB1\n"),
        ("confd_client db_list --json", 0, r'\["DB1"\]\n'),
        ("confd_client -j db_list", 0, r'\["DB1"\]\n'),
        ("confd_client db_info db_name: DB1 -j", 0, r'\{.*"owner": \[500, 500\].*\}\n'),
        ("""confd_client db_info db_name: '"DB1"' --json""", 0, r'\{.*"name": "DB1".*\}\n'),
        ("confd_client db_info '{db_name: DB1}' -j", 0, r'\{.*"name": "DB1".*\}\n'),
        ("confd_client -c db_state -a '{db_name: DB1}'", 0, r"\w+\n"),
        ("confd_client -c db_state -a 'db_name: DB1' -j", 0, r'"\w+"\n'),
        ("confd_client -d db_start db_name: DB1 timeout: 30", 0, r".*outcome: ok\n.*"),
        ("confd_client -d db_stop db_name: DB1 timeout: 660", 0, r".*outcome: ok\n.*"),
        ("confd_client bucketfs_list", 0, r"- bfsdefault\n"),
        ('confd_client -c bucketfs_info -a "bucketfs_name: bfsdefault" -j', 0, r'\{.*"name": "bfsdefault".*\}\n'),
        ("""confd_client -c bucket_add -A '{"bucket_name": "one", "bucketfs_name": "bfsdefault", "public": true,"""
         """ "read_password": "a", "write_password": "b"}'""", 0, r".*\n"),
        ("confd_client bucket_modify bucketfs_name: bfsdefault bucket_name: default public: true read_password: aaa"
         " write_password: bbb", 0, r"OK\n"),
        ("confd_client remote_volume_add vol_type: s3 url: https://bucket.s3.eu-central-1.amazonaws.com owner: [500,500]"
         " remote_volume_name: arc", 0, r".*arc.*"),
        ("confd_client remote_volume_add vol_type: azure url: https://account.blob.core.windows.net/container"
         " owner: [500,500] remote_volume_name: blue username: account password: a2V5", 0, r".*blue.*"),
        ("confd_client db_backup_add_schedule db_name: DB1 backup_name: Sun backup_volume_name: arc level: 0"
         " expire: '1w 3d' hour: 0 day: '*' month: '*' weekday: 0 minute: 0", 0, r"OK\n"),
        ("confd_client db_backup_add_schedule db_name: DB1 backup_name: Mon backup_volume_name: arc level: 1"
         " expire: 1w hour: 08 minute: 09 day: '*' month: '*' weekday: 1", 0, r"OK\n"),
        ("confd_client -d user_create username: u userid: 1200 group: exausers login_enabled: true password: '#1, {x}'",
         0, r".*outcome: ok\n.*"),
        ("confd_client node_list -j", 0, r"\{.*\}\n"),
        ("confd_client -c info -j", 0, r"\{.*\}\n"),
        ("confd_client master", 0, r"10\.10\.10\.11\n"),
        ("confd_client -c list", 0, r"- .*- db_start\n.*"),
        ("confd_client -c help -a db_start", 0, r".*timeout.*"),
        ("confd_client -c args -a db_start -j", 0, r'\{"mandatory": \{"db_name".*\n'),
        ("confd_client -c desc -a db_start -j", 0, r'\{.*"name": "db_start".*\n'),
        ("confd_client result $(confd_client -S db_list)", (0, 3), r"(- DB1\n)?"),
        ("echo nonsense | confd_client license_upload license: '\"{< -}\"'", 2, ""),
        ("confd_client bucketfs", 2, ""),
        ("confd_client db_info db_name: NONE", 1, ""),
        ("confd_client db_info", 2, ""),
    )

    def test_published_command_lines_do_what_they_say(self):
        for line, codes, pattern in self.ROWS:
            with self.subTest(line):
                done = self.client.shell(line)
                self.assertIn(done.returncode, codes if isinstance(codes, tuple) else (codes,), done)
                self.assertRegex(done.stdout, re.compile(rf"\A(?:{pattern})\Z", re.DOTALL))
                self.assertEqual(done.stderr == "", done.returncode == 0, done)
        configuration = self.daemon.configuration()
        self.assertIn("1w 3d", configuration)


class Encodings(Case):
    def run_bytes(self, *words, **variables):
        environment = {os.fsencode(k): os.fsencode(v) for k, v in self.client.environment.items()}
        environment |= {os.fsencode(k): v for k, v in variables.items()}
        return subprocess.run(
            [os.fsencode(CLIENT), *words], capture_output=True, env=environment, stdin=subprocess.DEVNULL, timeout=60)

    def test_bytes_that_are_no_utf_8_are_refused_and_not_replaced(self):
        for words in (
                [b"user_passwd", b"username:", b"admin", b"password:", b"gr\xfcn-1"], [b"-c", b"db_list", b"-a", b"a: \xff"],
                [b"db_list", b"--reason", b"\xfc"], [b"db_list", b"-A", b"\xc3"], [b"\xfc"]):
            with self.subTest(words=words):
                done = self.run_bytes(*words)
                self.assertEqual((done.returncode, done.stdout), (2, b""), done)
                self.assertIn(b"no text in UTF-8", done.stderr)
                self.assertNotIn("\ufffd".encode(), done.stderr)
        self.assertEqual(self.daemon.rest().get("/jobs").status, 200)

    def test_variables_too(self):
        for name in ("CONFD_CLIENT_PASSWORD", "CONFD_CLIENT_USER", "CONFD_CLIENT_HOST", "CONFD_CLIENT_TOKEN"):
            with self.subTest(name):
                done = self.run_bytes(b"--host", b"localhost:1", b"db_list", **{name: b"gr\xfcn-1"})
                if name == "CONFD_CLIENT_HOST":
                    done = self.run_bytes(b"db_list", **{name: b"gr\xfcn-1"})
                self.assertEqual((done.returncode, done.stdout), (2, b""), done)
                self.assertIn(name.encode() + b" is no text in UTF-8", done.stderr)
        # What is not asked for may be anything.
        self.assertEqual(self.run_bytes(b"db_list", CONFD_OTHER=b"\xff", HOME=b"/h\xfcme").returncode, 0)


class Outputs(Case):
    """Both programs, with a standard output that takes nothing."""

    def lost(self, words, redirection, environment):
        return subprocess.run(
            ["sh", "-c", f'"$0" "$@" {redirection}', *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=environment, timeout=120)

    def test_what_the_client_cannot_print_is_a_failure(self):
        job = self.client("db_list", "-S").stdout.strip()
        until(lambda: self.client("result", job).returncode == 0)
        for words in (
                ["list"], ["help"], ["help", "db_list"], ["desc", "db_list"], ["args", "db_list"], ["history"], ["diff", "1"], ["info"],
                ["master"], ["--help"], ["--version"], ["--completion", "bash"], ["db_list"], ["db_list", "-S"], ["-d", "db_list"],
                ["-j", "db_list"], ["result", job], ["watch", job], ["__complete", "db_"]):
            for redirection in (">/dev/full", ">&-", "</dev/null >&- <&-"):
                with self.subTest(words=words, redirection=redirection):
                    done = self.lost([CLIENT, *words], redirection, self.client.environment)
                    if words == ["diff", "1"] and self.client(*words).stdout == "":
                        continue
                    self.assertEqual((done.returncode, done.stdout), (74, ""), done)
                    self.assertIn("Standard output cannot be written", done.stderr)

    def test_a_reader_that_goes_is_no_failure(self):
        done = self.client.shell("confd_client list | head -1")
        self.assertEqual((done.returncode, done.stdout.count("\n"), done.stderr), (0, 1, ""))

    def test_what_the_daemons_program_cannot_print_is_a_failure(self):
        root = ["--root", self.daemon.root]
        job = self.client("db_list", "-S").stdout.strip()
        until(lambda: self.client("result", job).returncode == 0)
        for words in (
                ["settings", *root], ["openapi"], ["openapi", "--help"], ["--help"], ["--version"], ["help"], ["help", "serve"],
                ["job-file", job, *root]):
            for redirection in (">/dev/full", ">&-"):
                with self.subTest(words=words, redirection=redirection):
                    done = self.lost([PROGRAM, *words], redirection, self.daemon.variables())
                    self.assertEqual((done.returncode, done.stdout), (74, ""), done)
                    self.assertIn("standard output cannot be written", done.stderr)


class Places(Case):
    def test_names_that_others_use_lead_nowhere(self):
        stranger = {
            "CONFD_HOST": "localhost", "CONFD_PORT": "1", "CONFD_USER": "somebody", "CONFD_PASSWORD": "else", "CONFD_TOKEN": "x",
            "CONFD_CACERT": "/no/file", "CONFD_CREDENTIALS": "/no/file", "CONFD_INSECURE": "1", "CONFD_CERT": "/no/file",
            "CONFD_KEY": "/no/file"}
        expected = self.client("bucketfs_list")
        self.assertEqual(expected.returncode, 0)
        for chosen in [{name: value} for name, value in stranger.items()] + [stranger]:
            with self.subTest(sorted(chosen)):
                client = Client(self.daemon, **(self.client.environment | chosen))
                self.check(client("bucketfs_list"), "- bfsdefault\n")

    def test_the_clients_own_names_count(self):
        client = Client(
            self.daemon, CONFD_CLIENT_HOST="localhost", CONFD_CLIENT_PORT=str(self.daemon.port), CONFD_CLIENT_USER="admin",
            CONFD_CLIENT_PASSWORD=PASSWORD, CONFD_CLIENT_INSECURE="1")
        info = json.loads(client("info", "-j").stdout)
        self.assertEqual((info["user"], info["login"], info["address"]), ("admin", "password", f"localhost:{self.daemon.port}"))

    def test_without_a_socket_the_shared_names_count(self):
        client = Client(
            self.daemon, CONFD_SOCKET="/no/such.sock", CONFD_HOST="localhost", CONFD_PORT=str(self.daemon.port),
            CONFD_USER="admin", CONFD_PASSWORD=PASSWORD, CONFD_INSECURE="1")
        self.check(client("bucketfs_list"), "- bfsdefault\n")

    def test_the_daemon_starts_beside_variables_of_others(self):
        with Daemon(environment={"CONFD_HOST": "x", "CONFD_REGION": "eu", "CONFD_CLIENT_HOST": "y", "CONFD_X": "1"}) as daemon:
            lines = [line for line in daemon.log_text().splitlines() if "CONFD_REGION" in line]
            self.assertEqual(len(lines), 1, lines)
            self.assertIn("CONFD_X", lines[0])
            self.assertNotIn("CONFD_HOST", daemon.log_text())
            self.assertNotIn("CONFD_CLIENT_HOST", daemon.log_text())

    def test_hosts_and_ports_that_cannot_be_are_refused_before_anything_is_sent(self):
        for host in (
                "localhost:99999", "localhost:abc", "localhost:0", "localhost:", ":443", "n11,", "", "[::1", "[n11]:1", "a b", "n11/x",
                "http://n11", "user@n11", "localhost:-1", "localhost: 1", "[::1]:65536"):
            with self.subTest(host):
                done = self.client("db_list", "--host", host)
                self.fails(done, 2)
                self.assertNotIn("rror:", done.stderr)
        client = Client(self.daemon, CONFD_CLIENT_PORT="99999")
        self.fails(client("db_list", "--host", "localhost"), 2, "99999", "CONFD_CLIENT_PORT")

    def test_why_there_is_no_connection_is_told_in_plain_words(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            free = closed.getsockname()[1]
        for host, text in (
                (f"localhost:{free}", "nothing listens on that port"), (f"127.0.0.1:{free}", "nothing listens on that port"),
                (f"[::1]:{free}", f"[::1]:{free} cannot be reached"), ("no-such-host.invalid", "no address is known for that name")):
            with self.subTest(host):
                done = self.client("db_list", "--host", host)
                self.fails(done, 5, text)
                for inner in ("rrno", "Error", "Failure(", "IPv4"):
                    self.assertNotIn(inner, done.stderr)


class Certificates(unittest.TestCase):
    def test_a_certificate_is_a_login(self):
        with tempfile.TemporaryDirectory(prefix="confd-tls-") as folder, Daemon() as daemon:
            authority = Authority(folder)
            (daemon.root / "etc/ssl/ssl.ca").write_text(authority.certificate)
            certificate, key = authority.issue("admin", usage="clientAuth")
            both = pathlib.Path(folder) / "both.pem"
            both.write_text(certificate + key)
            edit(daemon, "CertVerify = none", "CertVerify = optional")
            daemon.rest().ok("group_create", groupid=4001, groupname="adopts")
            client = Client(
                daemon, CONFD_CLIENT_HOST=f"localhost:{daemon.port}", CONFD_CLIENT_CACERT=str(daemon.root / "etc/ssl/ssl.crt"))
            for words in (["--cert", f"{folder}/admin.crt", "--key", f"{folder}/admin.key"], [f"--cert={both}"]):
                info = client("info", "-j", *words)
                self.assertEqual((info.returncode, info.stderr), (0, ""))
                self.assertEqual(json.loads(info.stdout)["user"], "admin")
            for words, code in (
                    ([], 4), (["--key", str(both)], 2), (["--cert", "/no/file"], 2), (["--cert", f"{folder}/admin.crt"], 2),
                    (["--cert", f"{folder}/admin.key", "--key", f"{folder}/admin.key"], 2)):
                done = client("db_list", *words, start_new_session=True)
                self.assertEqual((done.returncode, done.stdout), (code, ""), done)


if __name__ == "__main__":
    unittest.main()
