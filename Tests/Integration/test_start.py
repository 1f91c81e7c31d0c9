"""Starting and stopping: a fresh root, a second start, a broken file, settings."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from daemon import PASSWORD, PROGRAM, Daemon, free_port


class Start(unittest.TestCase):
    def test_an_empty_root_becomes_a_serving_cluster_and_starts_again_fast(self):
        with Daemon() as daemon:
            self.assertEqual(daemon.rpc().job_exec("db_list")["result_output"], ["DB1"])
            self.assertEqual(oct(os.stat(daemon.root / "etc/EXAConf").st_mode & 0o777), "0o600")
            self.assertEqual(daemon.stop(), 0)
            begin = time.monotonic()
            daemon.start()
            self.assertLess(time.monotonic() - begin, 10)
            self.assertEqual(daemon.rpc().job_exec("db_list")["result_code"], 0)

    def test_a_broken_file_stops_the_start_names_line_and_cure_and_stays_as_it_is(self):
        broken = b"[Global]\n    Revision = 1\n    Checksum = NONE\n    this is no pair\n"
        daemon = Daemon(configuration=broken)
        with self.assertRaises(AssertionError):
            with daemon:
                pass
        self.assertEqual(daemon.process.returncode, 65)

    def test_the_text_of_a_broken_start(self):
        broken = b"[Global]\n    Revision = 1\n    Checksum = NONE\n    this is no pair\n"
        daemon = Daemon(configuration=broken)
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), 65)
        self.assertIn("line 4", daemon.log_text())
        self.assertEqual((daemon.root / "etc/EXAConf").read_bytes(), broken)
        daemon.__exit__()

    def test_an_unknown_setting_stops_the_start_and_is_named(self):
        daemon = Daemon()
        (daemon.root / "etc").mkdir()
        (daemon.root / "etc/confd.yaml").write_text("http:\n  prot: 1\n")
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), 78)
        self.assertIn("http.prot", daemon.log_text())
        daemon.__exit__()

    def test_a_port_in_use_is_told_as_such(self):
        with Daemon() as first:
            second = Daemon(arguments=["--port", str(first.port)])
            second.port = first.port
            second.arguments = []
            second.launch()
            self.assertEqual(second.process.wait(30), 69)
            self.assertIn("Is another daemon running?", second.log_text())
            second.__exit__()

    def test_a_second_daemon_on_the_same_root_is_refused(self):
        with Daemon() as first:
            second = Daemon()
            second.root, root = first.root, second.root
            second.launch()
            self.assertEqual(second.process.wait(30), 69)
            self.assertIn("runs on", first.log_text())
            os.rmdir(root)

    def test_a_lost_file_is_restored_from_the_history(self):
        with Daemon() as daemon:
            daemon.rest().job("group_create", groupid=4000, groupname="g")
            before, uuid = daemon.configuration(), (daemon.root / "etc/node_uuid").read_text()
            daemon.stop()
            (daemon.root / "etc/EXAConf").unlink()
            daemon.start()
            self.assertEqual(daemon.configuration(), before)
            self.assertEqual((daemon.root / "etc/node_uuid").read_text(), uuid)

    def test_check_finds_nothing_on_a_fresh_root_and_names_what_is_wrong(self):
        with Daemon() as daemon:
            self.assertIn("ok:", daemon.run("check").stdout)
            (daemon.root / "etc/ssl/ssl.key").write_text("nonsense")
            done = daemon.run("check", check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("TLS", done.stderr)

    def test_an_edit_by_hand_is_refused_unless_it_is_marked(self):
        with Daemon() as daemon:
            good = daemon.configuration()
            path = daemon.root / "etc/EXAConf"
            path.write_text(good.replace("Timezone = Europe/Berlin", "Timezone = UTC"))
            admin = daemon.rpc()
            refused = admin.job_exec("group_create", {"params": {"groupid": 4000, "groupname": "g"}})
            self.assertIn("Integrity check failed!", refused["result_desc"])
            self.assertEqual(admin.job_exec("db_list")["result_code"], 0)
            lines = ["    Checksum = COMMIT" if "Checksum = " in line else line for line in path.read_text().splitlines()]
            path.write_text("\n".join(lines) + "\n")
            done = admin.job_exec("group_create", {"params": {"groupid": 4000, "groupname": "g"}})
            self.assertEqual(done["result_code"], 0, done)
            self.assertIn("Timezone = UTC", daemon.configuration())
            revisions = daemon.rest().get("/exaconf/revisions").json["items"]
            self.assertIn("edited by hand, marked COMMIT", [r.get("reason") for r in revisions])


class Listening(unittest.TestCase):
    """Where nobody can listen, and where somebody does already: the address, the setting and the cure are named."""

    def ended(self, arguments=(), environment=None, port=0):
        """Exit code and log of a start that has to fail, and what `check` says with the same settings."""
        daemon = Daemon(environment=environment)
        daemon.run("init")
        process = subprocess.run(
            [PROGRAM, "serve", "--root", daemon.root, "--port", str(port), *arguments], capture_output=True, text=True,
            env=daemon.variables(), timeout=60)
        self.assertNotIn("ready", process.stdout)
        shutil.rmtree(daemon.root)
        return process.returncode, process.stderr

    def test_addresses_nobody_can_listen_on(self):
        for address, word in (
                ("[::1]", "without brackets"), ("127.0.0.1:8080", "http.port"), ("no.such.host.invalid", "name"),
                ("300.1.1.1", "name"), ("192.0.2.77", "does not have it"), ("::zz", "name")):
            code, said = self.ended(["--bind", address])
            self.assertEqual(code, 78, (address, said))
            for part in (f"'{address}'", "http.bind", word):
                self.assertIn(part, said, address)
            self.assertNotIn("SocketAddressError", said)

    def test_addresses_of_either_kind_are_listened_on(self):
        for address in ("::1", "localhost"):
            daemon = Daemon(arguments=["--bind", address])
            with daemon:
                self.assertTrue(daemon.url.startswith("https://"), daemon.url)

    def test_a_port_somebody_has_is_named_with_its_setting(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            code, said = self.ended(["--bind", "127.0.0.1"], port=port)
            self.assertEqual(code, 69, said)
            for part in ("127.0.0.1", str(port), "http.port", "http.bind", "Is another daemon running?"):
                self.assertIn(part, said)

    def test_local_sockets_that_cannot_be_and_that_somebody_has(self):
        with tempfile.TemporaryDirectory() as folder:
            code, said = self.ended(
                ["--bind", "127.0.0.1"], environment={"CONFD_HTTP_SOCKET": f"{folder}/missing/confd.sock"})
            self.assertEqual(code, 78, said)
            self.assertIn(f"{folder}/missing/confd.sock", said)
            self.assertIn("http.socket", said)
            with socket.socket(socket.AF_UNIX) as other:
                other.bind(f"{folder}/taken.sock")
                other.listen()
                code, said = self.ended(
                    ["--bind", "127.0.0.1"], environment={"CONFD_HTTP_SOCKET": f"{folder}/taken.sock"})
                self.assertEqual(code, 69, said)
                self.assertIn("http.socket", said)
            # One that a daemon left behind is nobody's.
            daemon = Daemon(environment={"CONFD_HTTP_SOCKET": f"{folder}/taken.sock"})
            with daemon:
                self.assertTrue(daemon.url)

    def test_check_says_the_same(self):
        daemon = Daemon()
        daemon.run("init")
        daemon.environment["CONFD_HTTP_BIND"] = "[::1]"
        done = daemon.run("check", check=False)
        self.assertEqual(done.returncode, 65)
        self.assertIn("'[::1]' (setting 'http.bind')", done.stderr)
        shutil.rmtree(daemon.root)

    def test_ready_is_said_when_the_ports_of_file_services_are_open(self):
        with Daemon() as daemon:
            port = free_port()
            daemon.rest().ok("bucketfs_modify", bucketfs_name="bfsdefault", https_port=port, http_port=0)
            for _ in range(3):
                daemon.stop()
                daemon.start()
                socket.create_connection(("127.0.0.1", port), 5).close()


class TakeOver(unittest.TestCase):
    """An EXAConf that comes from elsewhere: a template names all it lacks, one that is filled in is taken over."""

    def template(self):
        """The file of a fresh cluster with places in it that nobody filled in, and the lines they stand in."""
        daemon = Daemon()
        daemon.run("init")
        text = daemon.configuration()
        shutil.rmtree(daemon.root)
        for key, value in (("PrivateNet", "{{ private_network }}"), ("NameServers", "{{ name_servers }}"),
                           ("Networks", "public"), ("MemSize", "{{ mem_size }}")):
            text = re.sub(rf"(?m)^(\s*{key} =).*$", rf"\1 {value}", text, count=1)
        text = re.sub(r"(?m)^(\s*Checksum =).*$", r"\1 COMMIT", text, count=1)
        places = [
            (section, key, next(n for n, line in enumerate(text.split("\n"), 1) if line.strip().startswith(f"{key} =")))
            for section, key in (("Node : 11", "PrivateNet"), ("Global", "NameServers"), ("Global", "Networks"),
                                 ("DB : DB1", "MemSize"))]
        return text, places

    def test_a_template_names_all_it_lacks_in_start_and_check(self):
        text, places = self.template()
        daemon = Daemon(configuration=text)
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), 65)
        checked = daemon.run("check", check=False)
        self.assertEqual(checked.returncode, 65)
        for said in (daemon.log_text(), checked.stderr):
            for section, key, line in places:
                self.assertRegex(said, rf"\[{section}\]: [^\n]*{key}[^\n]* at line {line}\b")
        self.assertEqual(daemon.configuration(), text)
        daemon.__exit__()

    def test_lines_of_a_template_are_all_named(self):
        text, _ = self.template()
        text = "{% if a %}\n" + text + "{% endif %}\n"
        daemon = Daemon(configuration=text)
        daemon.launch()
        self.assertEqual(daemon.process.wait(30), 65)
        last = text.count("\n")
        for said in (daemon.log_text(), daemon.run("check", check=False).stderr):
            self.assertIn("line 1.", said)
            self.assertIn(f"line {last}.", said)
        daemon.__exit__()

    def test_a_broken_edit_names_all_it_lacks(self):
        text, places = self.template()
        with Daemon() as daemon:
            (daemon.root / "etc/EXAConf").write_text(text)
            job = daemon.rest().job("group_create", groupid=4000, groupname="g")
            self.assertEqual(job["outcome"], "declined", job)
            for _, key, line in places:
                self.assertRegex(job["result"]["result_desc"], rf"{key}[^.]* at line {line}\b")

    def test_what_a_start_makes_is_a_note_before_it(self):
        with Daemon() as other:
            text, port = other.configuration(), other.port
        daemon = Daemon(configuration=text)
        daemon.environment["CONFD_HTTP_PORT"] = str(port)
        done = daemon.run("check")
        self.assertIn("ok:", done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertIn("certificate of EXAConf is not there yet", done.stdout)
        self.assertIn("'confd serve' writes it", done.stdout)
        with daemon:
            self.assertEqual(daemon.rest().get("/nodes").status, 200)
            done = daemon.run("check")
            self.assertNotIn("not there yet", done.stdout)


if __name__ == "__main__":
    unittest.main()
