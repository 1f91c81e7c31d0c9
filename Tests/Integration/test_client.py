"""confd_client against a real daemon: what it prints, where, and how it ends."""

import http.server
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import ssl
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from daemon import PASSWORD, PROGRAM, REPOSITORY, Daemon, free_port, until
from database_host import DatabaseHost, lacking
from test_tls import Authority

CLIENT = pathlib.Path(os.environ.get("CONFD_CLIENT", PROGRAM.parent / "confd_client"))
TRANSCRIPTS = pathlib.Path(__file__).parent / "fixtures/client"
# Whether transcripts and recordings are written anew instead of compared.
WRITE = os.environ.get("CONFD_TRANSCRIPTS") == "write"
RENEW = "CONFD_TRANSCRIPTS=write python3 -B Tests/Integration/run.py client"
# What differs from run to run, and what stands for it in a transcript.
CHANGING = (
    (re.compile(r"\b11\.\d+\b(?!\.)"), "11.N"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"), "TIME"),
    (re.compile(r"^password: \w{20}$", re.MULTILINE), "password: SECRET"),
    (re.compile(r"(uuid\W+)[\w-]{22}\b"), r"\1UUID"),
    (re.compile(r"(used\W+)[\d.]+ MiB"), r"\1SIZE"),
    (re.compile(r"\b[A-Za-z0-9+/]{43}="), "SECRET"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "CHECKSUM"),
    (re.compile(r"((?:R|next_r)evision(?: =|:)) \d+"), r"\1 N"),
)


class Client:
    """The program with an environment of its own."""

    def __init__(self, daemon, **variables):
        self.daemon = daemon
        self.socket = daemon.root / "run/confd.sock"
        self.environment = {
            "PATH": f"{CLIENT.parent}:/usr/bin:/bin", "HOME": str(daemon.root), "CONFD_SOCKET": str(self.socket),
        } | variables

    def over_https(self, user="admin", password=PASSWORD, **variables):
        return Client(
            self.daemon, CONFD_CLIENT_HOST=f"localhost:{self.daemon.port}", CONFD_CLIENT_USER=user,
            CONFD_CLIENT_PASSWORD=password, CONFD_CLIENT_CACERT=str(self.daemon.root / "etc/ssl/ssl.crt"), **variables)

    def __call__(self, *words, input=None, **options):
        return subprocess.run(
            [CLIENT, *words], capture_output=True, text=True, env=self.environment, timeout=120,
            **({"input": input} if input is not None else {"stdin": subprocess.DEVNULL}), **options)

    def shell(self, text):
        return subprocess.run(
            ["sh", "-c", text], capture_output=True, text=True, env=self.environment, timeout=120, cwd=self.daemon.root,
            stdin=subprocess.DEVNULL)


def is_root():
    return os.geteuid() == 0


class Case(unittest.TestCase):
    ENVIRONMENT = None

    @classmethod
    def host(cls):
        return Daemon(environment=cls.ENVIRONMENT)

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.host().start()
        cls.client = Client(cls.daemon) if is_root() else Client(cls.daemon).over_https()
        until(lambda: (cls.daemon.root / "run/confd.sock").exists())

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def check(self, done, stdout="", stderr="", code=0):
        self.assertEqual((done.stdout, done.stderr, done.returncode), (stdout, stderr, code))

    def fails(self, done, code, *texts):
        """The run ends with this code, has nothing on standard output and says these things on standard error."""
        self.assertEqual((done.returncode, done.stdout), (code, ""), done)
        for text in texts:
            self.assertIn(text, done.stderr)
        self.assertNotIn(PASSWORD, done.stderr)


class Transcripts(Case):
    """Each file is a dialogue: `$ command`, what it prints, `! ` before lines of standard error, `= N` for its status."""

    FOLDER = TRANSCRIPTS

    def test_transcripts(self):
        files = sorted(self.FOLDER.glob("*.txt"))
        self.assertTrue(files)
        for file in files:
            for way, client in (("socket", self.client), ("https", Client(self.daemon).over_https())):
                with self.subTest(transcript=file.name, way=way):
                    expected = file.read_text()
                    found = self.replayed(client, expected)
                    if WRITE:
                        file.write_text(found)
                    else:
                        self.maxDiff = None
                        self.assertEqual(found, expected)

    def replayed(self, client, text):
        lines = []
        for line in text.splitlines():
            if line.startswith("#") or (not line and lines and lines[-1].startswith("#")):
                lines.append(line)
            if not line.startswith("$ "):
                continue
            done = client.shell(line[2:])
            lines.append(line)
            lines += done.stdout.splitlines()
            lines += ["! " + part for part in done.stderr.splitlines()]
            if done.returncode:
                lines.append(f"= {done.returncode}")
        found = "\n".join(lines) + "\n"
        for pattern, word in CHANGING:
            found = pattern.sub(word, found)
        return found


@unittest.skipIf(lacking(), lacking())
class DatabaseTranscripts(Transcripts):
    """The same, with an engine: `$PORT` is a free port for a database."""

    FOLDER = TRANSCRIPTS / "database"

    @classmethod
    def host(cls):
        return DatabaseHost()

    def replayed(self, client, text):
        port = str(free_port())
        client.environment["PORT"] = port
        return re.sub(rf"\b{port}\b", "PORT", super().replayed(client, text))


class Running(Case):
    def test_a_job_runs_over_the_socket_and_over_https_alike(self):
        for client in (self.client, Client(self.daemon).over_https()):
            self.check(client("bucketfs_list", "-j"), '["bfsdefault"]\n')
            self.check(client("bucketfs_list"), "- bfsdefault\n")

    def test_scripts_of_old_run_unchanged(self):
        info = self.client("-c", "bucketfs_info", "-a", "bucketfs_name: bfsdefault", "-j")
        self.assertEqual(info.returncode, 0, info)
        self.assertNotIn("probe", json.loads(info.stdout)["buckets"])
        bucket = {"bucket_name": "probe", "bucketfs_name": "bfsdefault", "public": True, "read_password": "read it",
                  "write_password": "write it"}
        added = self.client("-c", "bucket_add", "-A", json.dumps(bucket))
        self.assertEqual((added.returncode, added.stderr), (0, ""))
        changed = self.client(
            "bucket_modify", "bucketfs_name:", "bfsdefault", "bucket_name:", "probe", "public:", "false")
        self.assertEqual((changed.returncode, changed.stderr), (0, ""))
        again = self.client("-c", "bucket_add", "-A", json.dumps(bucket))
        self.fails(again, 1, "Given bucket probe already exists in bucketfs bfsdefault.")
        self.assertEqual(self.client("bucket_delete", "bucketfs_name:", "bfsdefault", "bucket_name:", "probe").returncode, 0)

    def test_a_file_and_standard_input_are_parameters(self):
        text = ("<license>\n  <company_name>ACME</company_name>\n"
                "  <max_db_mem_size_in_gb>64</max_db_mem_size_in_gb>\n</license>\n")
        path = self.daemon.root / "license.xml"
        path.write_text(text)
        for words, given in ((['"{< -}"'], text), ([f'"{{< {path}}}"'], None), ([f"{{< {path}}}"], None)):
            done = self.client("license_upload", "license:", *words, input=given)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.fails(self.client("license_upload", "license:", '"{< /no/file}"'), 2, "/no/file cannot be read")

    def test_started_jobs_are_asked_for_their_result(self):
        started = self.client("bucketfs_list", "-S")
        self.assertRegex(started.stdout, r"\A11\.\d+\n\Z")
        job = started.stdout.strip()
        until(lambda: self.client("result", job).returncode != 3)
        self.check(self.client("result", job), "- bfsdefault\n")
        self.check(self.client("-c", "result", "-a", job, "-j"), '["bfsdefault"]\n')
        self.fails(self.client("stop", job), 1, job)

    def test_an_open_job_is_status_3_and_can_be_stopped(self):
        self.daemon.rest().post("/queue/rules", {"action": "pause", "match": {"type": ["group_*"]}, "reason": "test"})
        job = self.client("group_create", "groupname:", "held", "groupid:", "4711", "-S").stdout.strip()
        self.fails(self.client("result", job), 3, f"Job {job} has not ended")
        self.check(self.client("stop", job), "OK\n")
        self.assertNotEqual(self.client("result", job).returncode, 0)
        for rule in self.daemon.rest().get("/queue/rules").json["items"]:
            self.daemon.rest().request("DELETE", f"/queue/rules/{rule['rule_id']}")

    def test_a_dry_run_changes_nothing_and_a_volatile_job_leaves_no_trace(self):
        plan = self.client("group_create", "groupname:", "dry", "groupid:", "4712", "-d", "-j")
        self.assertIn("[[dry]]", json.loads(plan.stdout)["diff"])
        self.assertNotIn("dry", self.daemon.configuration())
        self.assertEqual(self.client("bucketfs_list", "-J").stdout, "- bfsdefault\n")
        self.fails(self.client("group_create", "groupname:", "v", "groupid:", "1", "-J"), 2)

    def test_beyond_the_old_command_line(self):
        self.client("group_create", "groupname:", "later", "groupid:", "4713", "--reason", "INC-7")
        diff = self.client("diff")
        self.assertRegex(diff.stdout, r"(?m)^\+.*\[\[later\]\]")
        history = self.client("history", "-n", "5")
        self.assertTrue(history.stdout.startswith("TIME "), history)
        self.assertIn("group_create", history.stdout)
        number = json.loads(self.client("history", "kind:", "revision", "-n", "1", "-j").stdout)[0]["revision"]
        rolled = self.client("rollback", str(number - 1), "--reason", "not wanted")
        self.assertEqual((rolled.returncode, rolled.stderr), (0, ""))
        self.assertNotIn("later", self.daemon.configuration())

    def test_watching_a_job_ends_with_it(self):
        job = self.client("group_create", "groupname:", "seen", "groupid:", "4714", "-S").stdout.strip()
        seen = self.client("watch", job)
        self.assertEqual(seen.returncode, 0, seen)
        if seen.stdout:
            self.assertIn(f"job_id={job}", seen.stdout)
        logs = self.client("logs", "-f", job)
        self.assertEqual(logs.returncode, 0, logs)


class Errors(Case):
    def https(self, **variables):
        client = Client(self.daemon).over_https()
        for name, value in variables.items():
            client.environment.pop(name, None)
            if value is not None:
                client.environment[name] = value
        return client

    def test_every_way_to_fail_is_told_apart(self):
        wrong = self.daemon.root / "other.crt"
        wrong.write_text(Authority(tempfile.mkdtemp(dir=self.daemon.root)).certificate.split("\n\n")[0])
        with socket.create_server(("127.0.0.1", 0)) as closed:
            free = closed.getsockname()[1]
        rows = (
            ("no authority", self.https(CONFD_CLIENT_CACERT=None), 6, "is not trusted", "CONFD_CLIENT_CACERT"),
            ("another authority", self.https(CONFD_CLIENT_CACERT=str(wrong)), 6, "is not trusted", "CONFD_CLIENT_INSECURE=1"),
            ("nobody there", self.https(CONFD_CLIENT_HOST=f"localhost:{free}"), 5, "cannot be reached", "Check host and port"),
            ("wrong password", self.https(CONFD_CLIENT_PASSWORD="wrong"), 4, "login of 'admin' failed"),
            ("old token", self.https(CONFD_CLIENT_TOKEN="none"), 4, "token is not valid", "CONFD_CLIENT_TOKEN"),
            ("no user", self.https(CONFD_CLIENT_USER=None), 4, "who you are", "CONFD_CLIENT_USER"),
            ("no password", self.https(CONFD_CLIENT_PASSWORD=None), 4, "no password for 'admin'", "CONFD_CLIENT_PASSWORD"),
            ("no daemon", Client(self.daemon, CONFD_SOCKET="/no/such.sock"), 5, "No daemon listens at /no/such.sock"),
        )
        for name, client, code, *texts in rows:
            with self.subTest(name):
                self.fails(client("db_list", start_new_session=True), code, *texts)
        self.check(self.https(CONFD_CLIENT_CACERT=None, CONFD_CLIENT_INSECURE="1")("bucketfs_list"), "- bfsdefault\n")

    def test_a_wrong_port_is_told_and_gets_no_password(self):
        received = []
        with socket.create_server(("127.0.0.1", 0)) as other:
            def serve():
                connection, _ = other.accept()
                with connection:
                    received.append(connection.recv(4096))
                    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            thread = threading.Thread(target=serve)
            thread.start()
            done = self.https(CONFD_CLIENT_HOST=f"localhost:{other.getsockname()[1]}")("db_list")
            thread.join()
        self.fails(done, 6, "does not speak HTTPS", "XMLRPCPort")
        self.assertNotIn(b"Authorization", received[0])

    def test_another_https_server_gets_no_password(self):
        requests = []
        with Impostor(self.daemon, requests, lambda handler: handler.send_response(200)) as port:
            self.fails(self.https(CONFD_CLIENT_HOST=f"localhost:{port}")("db_list"), 6, "not ConfD")
        self.assertEqual([headers.get("Authorization") for _, headers in requests], [None])

    def test_the_master_is_found_and_nobody_else(self):
        def redirect(host, address="localhost"):
            def answer(handler):
                handler.send_response(302 if "is_master" not in handler.path else 503)
                handler.send_header("Confd-Node", "12")
                handler.send_header("Confd-Master", host)
                handler.send_header("Location", f"https://{host}{handler.path}")
                handler.body = json.dumps({"code": "not-master", "master": {"address": address, "node": 11}}).encode()
            return answer
        master = f"localhost:{self.daemon.port}"
        with Impostor(self.daemon, [], redirect(master)) as port:
            self.check(self.https(CONFD_CLIENT_HOST=f"localhost:{port}")("bucketfs_list"), "- bfsdefault\n")
        with Impostor(self.daemon, [], redirect(master, "192.0.2.1")) as port:
            self.fails(self.https(CONFD_CLIENT_HOST=f"localhost:{port}")("bucketfs_list"), 6, "not the cluster's master")

    def test_several_hosts_are_tried_in_turn(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            free = closed.getsockname()[1]
        client = self.https(CONFD_CLIENT_HOST=f"localhost:{free},localhost:{self.daemon.port}")
        self.check(client("bucketfs_list"), "- bfsdefault\n")

    def test_a_host_that_cannot_tell_now_is_passed_over(self):
        def refuse(handler):
            handler.send_response(503)
            handler.send_header("Confd-Node", "12")
            handler.body = json.dumps({"code": "no-quorum", "detail": "Too few nodes are there."}).encode()
        with Impostor(self.daemon, [], refuse) as port:
            several = self.https(CONFD_CLIENT_HOST=f"localhost:{port},localhost:{self.daemon.port}")
            self.check(several("bucketfs_list"), "- bfsdefault\n")
            alone = self.https(CONFD_CLIENT_HOST=f"localhost:{port}")
            self.fails(alone("bucketfs_list"), 1, "Too few nodes are there.")

    def test_a_host_that_names_a_master_which_is_gone_is_passed_over(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            gone = f"localhost:{closed.getsockname()[1]}"

        def redirect(handler):
            handler.send_response(302 if "is_master" not in handler.path else 503)
            for name, value in ("Confd-Node", "12"), ("Confd-Master", gone), ("Location", f"https://{gone}{handler.path}"):
                handler.send_header(name, value)
            handler.body = json.dumps({"code": "not-master", "master": {"address": "localhost", "node": 11}}).encode()
        with Impostor(self.daemon, [], redirect) as port:
            client = self.https(CONFD_CLIENT_HOST=f"localhost:{port},localhost:{self.daemon.port}")
            self.check(client("bucketfs_list"), "- bfsdefault\n")
            job = client("-S", "bucketfs_list").stdout.strip()
            self.assertIn("job.ended", client("watch", job).stdout)

    def test_faulty_commands_are_status_2(self):
        for words, text in (
                (["--frob"], "no option --frob"), (["db_info"], "db_name"), (["db_list", "a:", "[1"], "no YAML"),
                (["db_list", "nonsense:", "1"], "nonsense"), (["desc"], "needs a job"), (["-o", "xml"], "no output"),
                (["db_list", "-a"], "needs a value"), (["logs"], "needs a job id"), (["rollback", "x"], "no revision")):
            with self.subTest(words=words):
                self.fails(self.client(*words), 2, text)

    def test_credentials_come_from_a_file_but_not_from_one_that_others_can_read(self):
        path = self.daemon.root / "credentials"
        path.write_text(
            f"host: localhost:{self.daemon.port}\nuser: admin\npassword: {PASSWORD}\n"
            f"cacert: {self.daemon.root}/etc/ssl/ssl.crt\n")
        bare = Client(self.daemon)
        bare.environment.pop("CONFD_SOCKET")
        path.chmod(0o640)
        self.fails(bare("bucketfs_list", "--credentials", str(path)), 2, "Others may read", "chmod 600")
        path.chmod(0o600)
        self.check(bare("bucketfs_list", "--credentials", str(path)), "- bfsdefault\n")


class Impostor:
    """An HTTPS server with the daemon's own certificate that answers everything in one way."""

    def __init__(self, daemon, requests, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                requests.append((self.path, self.headers))
                self.body = b""
                answer(self)
                self.send_header("Content-Length", str(len(self.body)))
                self.end_headers()
                self.wfile.write(self.body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(daemon.root / "etc/ssl/ssl.crt", daemon.root / "etc/ssl/ssl.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_address[1]

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(is_root(), "only root can become somebody else")
class Socket(Case):
    """Who is who on the local socket."""

    ENVIRONMENT = {"CONFD_HTTP_SOCKET_GROUP": "daemon"}

    def as_account(self, name, *words, client=None):
        account = pwd.getpwnam(name)
        # The root of the daemon is open to nobody else by default.
        self.daemon.root.chmod(0o755)
        copy = self.daemon.root / "confd_client"
        if not copy.exists():
            shutil.copy(CLIENT, copy)
        return subprocess.run(
            [copy, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
            env=(client or self.client).environment | {"HOME": "/"}, user=account.pw_uid, group=account.pw_gid, extra_groups=[1])

    def entries(self, event):
        return self.daemon.rest().get(f"/audit?event={event}&limit=200").json["items"]

    def test_the_file_is_open_to_its_group_only(self):
        status = os.stat(self.client.socket)
        self.assertTrue(stat.S_ISSOCK(status.st_mode))
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_gid), (0o660, 1))

    def test_root_is_root_without_a_password_and_it_is_audited(self):
        info = json.loads(self.client("info", "-j").stdout)
        self.assertEqual((info["user"], info["login"], info["roles"]), ("root", "peer", ["root"]))
        logins = [entry for entry in self.entries("login") if entry.get("auth") == "peer"]
        self.assertIn(("root", "local", "0"), [(e["user"], e.get("client_addr"), e.get("peer_id")) for e in logins])

    def test_root_acts_as_another_user(self):
        info = json.loads(self.client("info", "-j", "-u", "admin").stdout)
        self.assertEqual((info["user"], info["login"]), ("admin", "peer"))
        self.fails(self.client("db_list", "-u", "nobody_we_know"), 4, "nobody_we_know")

    def test_other_accounts_are_themselves_or_refused(self):
        # 'games' is an account of the machine; the cluster has no group it is in.
        info = self.as_account("games", "info", "-j")
        self.assertEqual(info.returncode, 0, info)
        self.assertEqual((json.loads(info.stdout)["user"], json.loads(info.stdout)["roles"]), ("games", []))
        self.fails(self.as_account("games", "group_create", "groupname:", "x", "groupid:", "9"), 4)
        self.fails(self.as_account("games", "db_list", "-u", "root"), 4, "Only root")

    def test_an_account_that_shares_a_name_with_another_user_of_the_cluster_is_refused(self):
        job = self.daemon.rest().job(
            "user_create", username="news", userid=2001, group="exaadm", login_enabled=True, password="news word 1")
        self.assertEqual(job["outcome"], "ok", job)
        self.fails(self.as_account("news", "db_list"), 4, "No user of the cluster")
        refusals = [entry for entry in self.entries("refusal") if entry.get("auth") == "peer"]
        self.assertIn("news", [entry["user"] for entry in refusals])

    def test_the_field_for_another_user_means_nothing_on_the_network(self):
        answer = self.daemon.rest(user=None).get("/jobs", Confd_User="root")
        self.assertEqual(answer.status, 401, answer)

    def test_a_stale_socket_is_replaced_and_a_file_is_not(self):
        with Daemon() as daemon:
            daemon.stop()
            daemon.start()
            until(lambda: (daemon.root / "run/confd.sock").is_socket())
            until(lambda: Client(daemon)("bucketfs_list").returncode == 0)
        with Daemon(environment={"CONFD_HTTP_SOCKET": "none"}) as daemon:
            self.assertFalse((daemon.root / "run/confd.sock").exists())
            self.fails(Client(daemon)("bucketfs_list"), 5, "No daemon listens")


class Completion(Case):
    def candidates(self, *words):
        done = self.client("__complete", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split("\n")[:-1]

    def test_jobs_parameters_and_values(self):
        self.assertEqual(self.candidates("bucketfs_l"), ["bucketfs_list"])
        self.assertIn("rollback", self.candidates("r"))
        self.assertEqual(self.candidates("bucketfs_info", ""), ["bucketfs_name:"])
        self.assertEqual(self.candidates("bucketfs_info", "bucketfs_name:", ""), ["bfsdefault"])
        self.assertEqual(self.candidates("help", "bucketfs_li"), ["bucketfs_list"])
        self.assertEqual(self.candidates("bucket_modify", "public:", "t"), ["true"])
        self.assertEqual(self.candidates("-o", "j"), ["json", "jsonpath="])
        self.assertIn("--volatile", self.candidates("--"))

    def test_nothing_is_said_when_there_is_no_daemon(self):
        done = Client(self.daemon, CONFD_SOCKET="/no/such.sock")("__complete", "db_")
        self.check(done)

    def test_scripts_are_accepted_by_their_shells(self):
        for shell, words in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            script = self.client("--completion", shell)
            self.assertEqual(script.returncode, 0)
            if shutil.which(words[0]):
                checked = subprocess.run(words, input=script.stdout, capture_output=True, text=True)
                self.assertEqual((checked.returncode, checked.stderr), (0, ""), shell)
        self.fails(self.client("--completion", "tcsh"), 2, "tcsh")

    def test_bash_completes_on_a_line(self):
        script = self.daemon.root / "completion.bash"
        script.write_text(self.client("--completion", "bash").stdout)
        for line, expected in (("confd_client bucketfs_l", ["bucketfs_list"]),
                               ("confd_client bucketfs_info bucketfs_name: bf", ["bfsdefault"])):
            done = self.client.shell(
                f"exec bash -c 'source {script}; COMP_LINE=\"{line}\"; COMP_POINT=${{#COMP_LINE}}; "
                "_confd_client 2>/dev/null; printf \"%s\\n\" \"${COMPREPLY[@]}\"'")
            self.assertEqual(done.stdout.split(), expected, done)


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class OnATerminal(Case):
    """The client in a terminal of tmux, as somebody sees it.

    Each test records the screens it looked for, in .build/recordings, and fails when they are not those of docs/recordings.
    """

    def setUp(self):
        # A server that was told to end still answers for a moment, so each test has one of its own.
        self.place = f"{self.daemon.root}/{self.id().rsplit('.', 1)[1]}"
        self.tmux("new-session", "-d", "-x", "100", "-y", "20", "bash", "--norc", "--noprofile")
        self.addCleanup(self.tmux, "kill-server")
        self.shows(r"[$#]")
        self.type("PS1='> '; source <(confd_client --completion bash)", "Enter")

    def tmux(self, *words):
        return subprocess.run(
            ["tmux", "-S", self.place, "-f", "/dev/null", *words], capture_output=True, text=True, timeout=30,
            env=self.client.environment | {"TERM": "xterm", "LANG": "C.UTF-8"}).stdout

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def shows(self, pattern):
        def look():
            self.screen = self.tmux("capture-pane", "-p")
            self.found = re.search(pattern, self.screen)
            return self.found
        until(look, 30)

    def record(self, title):
        """Begins a recording, with an empty screen."""
        self.type("clear", "Enter")
        self.shows(r"\A> *\n\s*\Z")
        self.begin = time.monotonic()
        self.recording = f"{title}\nWhat tmux showed; made by {RENEW}\n"

    def sees(self, what, pattern):
        """Waits for a screen and adds it to the recording, under what was done."""
        self.shows(pattern)
        screen = "".join(f"    {line}\n" for line in self.screen.rstrip("\n").split("\n"))
        self.recording += f"\n{time.monotonic() - self.begin:.1f} s: {what}\n\n{screen}"

    def check_recording(self, name):
        """Holds the recording against the one in the documents."""
        file = REPOSITORY / "docs/recordings" / f"{name}.txt"
        here = REPOSITORY / ".build/recordings" / file.name
        for path in (here, file) if WRITE else (here,):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.recording)
        self.maxDiff = None
        changing = re.compile(r"\b[\d.]+(?= s\b)|(?<=11\.)\d+|(?<=drain r)\d+|(?<=localhost:)\d+")
        self.assertEqual(changing.sub("N", self.recording), changing.sub("N", file.read_text()))

    def test_progress_is_shown_and_cleared(self):
        rules = self.daemon.rest()
        rule = rules.post("/queue/rules", {"action": "pause", "match": {"type": ["group_*"]}, "reason": "test"}).json
        self.record("Progress of a job that has to wait")
        self.type("confd_client group_create groupname: slow groupid: 4720", "Enter")
        waits = r"group_create 11\.\d+: waiting for drain .*"
        self.sees("a command is entered; a rule of the queue holds its job", waits + r"\((\d+) s\)")
        self.sees("the line counts on", waits + rf"\((?!{self.found[1]} s)\d+ s\)")
        rules.request("DELETE", f"/queue/rules/{rule['rule_id']}")
        self.sees("the rule is taken away: the line goes, the result stays", r"groupid: 4720\nOK\n>")
        self.assertNotIn("waiting for", self.screen)
        self.check_recording("progress")

    def test_completion_by_tab(self):
        self.record("Completion by the Tab key")
        self.type("confd_client bucketfs_l", "Tab")
        self.sees("confd_client bucketfs_l, Tab: a job", r"confd_client bucketfs_list ?\n")
        self.type("C-u")
        self.type("confd_client bucketfs_info buck", "Tab")
        self.sees("confd_client bucketfs_info buck, Tab: a parameter", r"bucketfs_info bucketfs_name: ?\n")
        self.type("bf", "Tab")
        self.sees("bf, Tab: what there is", r"bucketfs_name: ?bfsdefault")
        self.check_recording("completion")

    def test_a_password_is_asked_for_and_not_shown(self):
        port, root = self.daemon.port, self.daemon.root
        self.type(
            f"unset CONFD_SOCKET; export CONFD_HOST=localhost:{port} CONFD_CACERT={root}/etc/ssl/ssl.crt", "Enter")
        self.record("A password is asked for and not shown")
        self.type("confd_client -u admin bucketfs_list", "Enter")
        self.sees("a command is entered; nothing says who we are", "Password of admin at localhost")
        self.type(PASSWORD, "Enter")
        self.sees("the password is typed", r"- bfsdefault\n>")
        self.assertNotIn(PASSWORD, self.recording)
        self.check_recording("password")


if __name__ == "__main__":
    unittest.main()
