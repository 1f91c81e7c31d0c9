"""Runs what the documents tell people to type, as it stands there, against one daemon.

What a block of commands is, document.py says. A document's blocks are run in their order by one shell, as somebody
would who follows it, and each command has to end with status 0. A command is whole: what has to be filled in, such as
NAME in angle brackets, is refused. Every block is run, or NOT_RUN says why it is not.
"""

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from daemon import PROGRAM, SOURCE_TREE, free_port, until
from database_host import DatabaseHost, lacking
from document import blocks
from test_first_hour import SAID

PASSWORD = "Xv7-a_password-of_scripts-run"
PLACEHOLDER = re.compile(r"<[A-Za-z][A-Za-z _-]*>")

# By section, words the output of its commands has to have, in their order. test_first_hour.py has those of the README.
CHECKOUT = {
    "docs/recipes.md": {
        "Recipes": [],
        "Add a user and let them log in": ["OK", "login: password", "user: jane", "OK"],
        "Give rights": ["AdditionalGroups = exadbadm", "OK", "- exadbadm", "OK"],
        "Find out what happened": [
            "user_modify", "login", "user_create", "jane", "login", "[Job]", "user_modify", "[Result]",
            "+        LoginEnabled = False", "OK", "+        LoginEnabled = True", '"items"', "user_modify", '"reason"',
            "runs the databases", "confd-history", '"kind"'],
        "Rotate the certificate": ["self-signed", "true"],
        "Make a volume and a database": ["vid:", "OK", "SELECT 1"],
        "Back it up": ["vid:", "OK", "usable: true", "OK", "OUTCOME"],
        "Restore it": ["DROP TABLE", "OK", "OK", "OK", "first"],
        "Write a job of your own": ["nothing keeps the daemon", "How many files", "files: "],
        "Write an engine": ['"abilities"', "PostgreSQL"],
        "Drain the queue for maintenance": ["new disks", '"kind":"drain"', '"result_name":"OK"'],
        "Look at lockouts": ['"user":"jane"', "lockout"],
    },
    "docs/migration.md": {
        "Coming from ConfD": [],
        "Your script, unchanged": [
            "['DataVolume1', 'SalesData', 'Vault']", "0 OK setup", "1 Exception JobError:", "- DB1", "setup", '"state"',
            "status 1", '"result_output":"setup"'],
        "Which jobs your scripts call": [
            "`db_info` | acts", "`db_state` | acts", "`group_info` | acts", "`st_volume_list` | acts", "dry_run: true"],
        "Take an EXAConf over": [
            "ready https://", "ok: nothing keeps", "node_list", "bucketfs_list", "found on disk"],
        "Check": ["login: peer", "user: admin", "0 OK setup", "st_volume_list"],
    },
}


# The same for what is typed on a node where confd is installed.
INSTALLED = {
    "docs/api.md": {
        "Typed resources": ['"size_bytes":'],
        "Changing the configuration": ['"outcome":"ok"'],
        "Events": ["retry: 2000"],
    },
    "docs/audit-collector.md": {"Compare": ["PASS: "]},
    "docs/backup.md": {"Backup of the node": ["files are in node.tar", "etc/EXAConf"]},
    "docs/certificates.md": {
        "Certificates": ["notAfter="], "The key stays on the node": ["BEGIN CERTIFICATE REQUEST"]},
    "docs/client.md": {"confd_client": ["user: sys", "running"], "Completion": []},
    "docs/install.md": {"From source": ["ok: nothing keeps"]},
    # Looks at the installation that was made above.
    "docs/first-hour.md": {
        "Install": ["login: peer", "ok: nothing keeps"],
        "Make a database": ["vid:", "OK", "SELECT 1", "db_start"],
        "Back it up": ["vid:", "OK"],
        "Lose it, and have it back": ["DROP TABLE", "OK", "OK", "OK", "1 | first"],
        "Take it away again": ["OK", "OK", "OK", "OK"],
    },
    "docs/json-rpc.md": {"JSON": ['"result_output":"running"']},
    "docs/lost-password.md": {"A lost password": ['"items"']},
    "docs/operations.md": {
        "Settings": ["http.port: "], "Backup": [], "Audit log and history": ["PASS: "], "Job history": ["[Job]", "[Result]"],
    },
    "docs/personal-data.md": {"Giving out what there is of a person": []},
    "docs/restore-drill.md": {"A database, beside itself": ["backup_id:", '"items"', "SALES"]},
    "docs/troubleshooting.md": {"Look first": ["[+] "]},
    "docs/upgrade.md": {"Before": ["files are in before-upgrade.tar"]},
    "docs/xml-rpc.md": {"XML-RPC": [], "Callbacks": ["job.ended 11."]},
}

SYSTEMD = "needs systemd; scripts/package-test runs it with a stand-in for that"
SERVES = "serves until it is stopped, as the daemon of every test does"
MACHINES = "is typed on several machines; test_cluster_joining.py and scripts/cluster run it"
OWN_ENGINE = "names a program of the reader's; test_engine.py runs it"

# By the first line of a block, why it is not run here.
NOT_RUN = {
    "README.md": {
        "scripts/run": "builds, and " + SERVES + "; the other blocks are typed where it would serve",
        "n11# confd init --node-address 10.10.10.11/24": "is typed on several machines; test_cluster_readme.py runs it",
    },
    "docs/benchmarks.md": {"scripts/benchmark": "builds for release and measures for minutes"},
    "docs/bindings.md": {
        "python3 -m venv tools": "needs Java, and fetches the generator; scripts/bindings does the same",
    },
    "docs/cluster.md": {
        "n11# confd cluster invite 10.10.10.12": MACHINES,
        "n11# confd cluster invite 10.10.30.9 --witness": "is typed on several machines; test_cluster_witness.py runs it",
        "node 13 is away since 14:02 UTC; one more and nothing can be changed": "is what is printed",
        "n13# systemctl stop confd": "is typed on several machines, one of which gets another address meanwhile",
        "n12# confd cluster backup /root/drill.tar": "needs another machine; test_cluster_recovery.py restores a backup",
        "n12# systemctl stop confd": "gives a cluster another etcd; test_cluster_recovery.py does",
        "level 1 is in force; level 2 waits: node 13 knows level 1": "is what is printed",
        "n11# systemctl stop confd": "needs a cluster that lost its votes; test_cluster_recovery.py runs it",
    },
    "docs/engines.md": {
        "scripts/engine-conformance ENGINE": OWN_ENGINE,
        "psql -h 192.0.2.11 -p 8563 -U sys DB1": "asks for a password; the recipes log in with one from a variable",
    },
    "docs/first-hour.md": {
        "apt-get install -y ./confd_*.deb postgresql rclone": "needs a package; scripts/package-test installs one",
    },
    "docs/install.md": {
        "scripts/package": "scripts/package-test makes packages and installs them in a root of their own",
        "systemctl stop confd": SYSTEMD,
        "systemctl mask etcd.service": SYSTEMD,
        "n11# confd cluster invite 10.10.10.12": MACHINES,
        "scripts/run": "builds, and " + SERVES,
        "apt-get install libssl-dev libpam0g-dev libsqlite3-dev libexpat1-dev zlib1g-dev libcrypt-dev":
            "installs on the machine; scripts/common.sh does, and has the same packages",
        "swift build -c release": "builds for release, and installs on the machine; scripts/package does both in a folder",
        "confd serve --root /exa": SERVES,
        "install -m 644 scripts/debian/confd.service scripts/debian/confd-databases.service /etc/systemd/system/":
            "needs systemd; scripts/package puts the same files in a package",
    },
    "docs/migration.md": {"systemctl stop confd": SYSTEMD},
    "docs/modules.md": {"confd": "is a drawing", "confd_client": "is a drawing"},
    "docs/operations.md": {
        "confd serve --root /exa": SERVES,
        "confd reset-password admin --root /exa": "gives the administrator of every test another password",
        "systemctl stop confd-databases": SYSTEMD,
        "import gzip, hashlib, json, sys": "needs an archive; test_audit.py verifies one with it",
        "confd_client remote_volume_set_host_key remote_volume_name: far host_key: SHA256:...,SHA256:...":
            "is about a store whose host has a new key; test_host_keys.py runs it",
        "confd_client notification_test target: ops": "needs a target; test_notifications.py runs both",
        "confd_client db_backup_drill db_name: exa_db": "needs a backup; test_backup_drill.py runs it",
    },
    "docs/personal-data.md": {
        "confd_client user_delete username: jane": "takes a user away; test_pseudonyms.py runs both",
        "find /exa/spool/jobs/archive -name '*.ndjson.gz' -exec zcat {} + | grep -F '\"jane\"' > archived.ndjson": "needs archives",
    },
    "docs/providers.md": {"#!/bin/sh": "is a program; a test of its own runs it"},
    "docs/security.md": {"nft add table inet confd": "changes the firewall of the machine"},
    "docs/upgrade.md": {"apt-get install ./confd_*.deb": "needs a package; scripts/package-test upgrades with one"},
    "docs/recipes.md": {"scripts/engine-conformance /usr/local/lib/my-engine": OWN_ENGINE},
}


def typed(document):
    """The blocks of a document that are run."""
    return [block for block in blocks(document) if block.title not in NOT_RUN.get(document, ())]


class Reader:
    """Somebody who follows documents in the folder of a checkout where `scripts/run` serves."""

    def __init__(self, daemon, folder):
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("CONFD_", "PG"))}
        # What is another one here than in the documents.
        self.instead = {
            "20003": str(daemon.port),
            "20013": str(free_port()),
            "8564": str(free_port()),
            "systemctl reload confd": "confd reload --root exa",
        }
        programs = self.folder / ".build/debug"
        programs.mkdir(parents=True)
        for name in ("confd", "confd_client", "confd-engine-postgresql"):
            (programs / name).symlink_to(PROGRAM.parent / name)
        (self.folder / "exa").symlink_to(daemon.root)
        for name in ("docs", "scripts"):
            (self.folder / name).symlink_to(SOURCE_TREE / name)

    def follow(self, document, sections):
        """Types the blocks of some sections and returns what each section printed; fails at the first bad block."""
        chosen = [block for block in typed(document) if block.section in sections]
        theirs = re.compile("|".join(map(re.escape, sorted(self.instead, key=len, reverse=True))))
        program = ""
        for number, block in enumerate(chosen):
            text = theirs.sub(lambda found: self.instead[found[0]], block.text)
            if block.language == "python":
                # A document's blocks of Python are one program, that is run up to each of them.
                program += text
                text = f"python3 - <<'END'\n{program}END\n"
            (self.folder / f"block{number}").write_text(text)
        script = "\n".join(f". ./block{number} </dev/null >output{number} 2>&1" for number in range(len(chosen)))
        status = self.run(script)
        printed = {}
        for number, block in enumerate(chosen):
            output = self.folder / f"output{number}"
            if not output.exists() or (status and not (self.folder / f"output{number + 1}").exists()):
                text = output.read_text(errors="replace") if output.exists() else ""
                raise AssertionError(f"{document}:{block.line}: status {status}\n{block.text}\n{text}")
            printed[block.section] = printed.get(block.section, "") + output.read_text(errors="replace")
            output.unlink()
        return printed

    def run(self, script):
        """Runs a script and ends what it left running behind a failure."""
        shell = subprocess.Popen(
            ["bash", "-e", "-o", "pipefail", "-c", script], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            return shell.wait(500)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()


class Administrator(Reader):
    """Somebody at a node where confd is installed, and whose machine trusts its certificate."""

    def __init__(self, daemon, folder):
        super().__init__(daemon, folder)
        node = f"localhost:{daemon.port}"
        known = daemon.rest("admin", PASSWORD).get("/jobs?limit=1").json["items"][0]["job_id"]
        self.instead |= {
            "node:20003": node, "--root /exa": f"--root {daemon.root}", "/exa/": f"{daemon.root}/", "11.89": known,
            "-u admin ": f"-u admin:{PASSWORD} ", "--user admin ": f"--user admin:{PASSWORD} ",
            "admin:PASSWORD": f"admin:{PASSWORD}",
            # A cluster is made beside the one that serves.
            "init --root /exa": f"init --root {self.folder}/node",
            "check --root /exa": f"check --root {self.folder}/node",
            # A stream and a server have no end of their own.
            "curl -N": f"{self.folder}/stream",
            "server.serve_forever()": "confd.job_exec('node_list')\nserver.handle_request()",
            "192.0.2.7": "127.0.0.1", "8080": str(free_port()),
        }
        (self.folder / "ssl.crt").symlink_to(daemon.root / "etc/ssl/ssl.crt")
        (self.folder / "stream").write_text('#!/bin/sh\ntimeout 2 curl -sN "$@"\n[ $? = 124 ]\n')
        (self.folder / "stream").chmod(0o755)
        (self.folder / ".curlrc").write_text(f"cacert = {self.folder}/ssl.crt\n")
        self.environment |= {
            "CONFD_SOCKET": str(daemon.root / "run/confd.sock"), "CURL_HOME": str(self.folder),
            "PATH": f"{self.folder}/.build/debug:{os.environ['PATH']}"}


@unittest.skipIf(os.geteuid(), "not root")
@unittest.skipIf(lacking() or not shutil.which("rclone"), lacking() or "no rclone (apt-get install rclone)")
class Documents(unittest.TestCase):
    def test_every_command_does_what_the_document_says(self):
        daemon = DatabaseHost()
        daemon.environment["CONFD_ADMIN_PASSWORD"] = PASSWORD
        (daemon.root / "admin.password").write_text(PASSWORD + "\n")
        with daemon:
            until(lambda: "job.id=11.1 job.type=db_state" in daemon.log_text())
            self.follow(Reader, daemon, CHECKOUT)
            daemon.rest("admin", PASSWORD).ok("db_configure", db_name="DB1", port=free_port())
            self.follow(Administrator, daemon, INSTALLED)

    def follow(self, reader, daemon, documents):
        # Where other accounts can pass, as they can to most checkouts.
        folder = pathlib.Path(tempfile.gettempdir(), f"confd-docs-{os.getpid()}-{reader.__name__}")
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        person = reader(daemon, folder)
        for document, sections in documents.items():
            for section, printed in person.follow(document, sections).items():
                with self.subTest(document=document, section=section):
                    self.check(printed, sections[section])

    def check(self, printed, words):
        place = 0
        for word in words:
            found = printed.find(word, place)
            self.assertGreaterEqual(found, 0, f"no {word!r} behind character {place} of:\n{printed}")
            place = found + len(word)


class Commands(unittest.TestCase):
    def test_every_block_is_run_or_has_a_reason_and_nothing_has_to_be_filled_in(self):
        documents = ["README.md", *(f"docs/{path.name}" for path in (SOURCE_TREE / "docs").glob("*.md"))]
        for document in documents:
            with self.subTest(document):
                sections = (CHECKOUT | INSTALLED | {"README.md": SAID}).get(document, {})
                self.assertEqual({block.section for block in typed(document)}, set(sections))
                self.assertLessEqual(set(NOT_RUN.get(document, ())), {block.title for block in blocks(document)})
                for block in typed(document):
                    self.assertIsNone(PLACEHOLDER.search(block.text), f"{document}:{block.line}")

    def test_what_contributing_adds_fits_into_the_sources(self):
        """Whether it builds and works, scripts/recipes finds out in a quarter of an hour."""
        loader = importlib.machinery.SourceFileLoader("recipes", str(SOURCE_TREE / "scripts/recipes"))
        recipes = importlib.util.module_from_spec(importlib.util.spec_from_loader("recipes", loader))
        loader.exec_module(recipes)
        with tempfile.TemporaryDirectory(prefix="confd-recipes-") as folder:
            copy = pathlib.Path(folder, "copy")
            shutil.copytree(SOURCE_TREE, copy, symlinks=True, ignore=shutil.ignore_patterns(".build*", ".git"))
            touched, suites = recipes.apply(copy)
        self.assertGreater(len(touched), 5)
        self.assertGreater(len(suites), 1)

    def test_what_the_build_needs_is_what_the_scripts_install(self):
        (named,) = (block.text.split()[2:] for block in blocks("docs/install.md") if "libssl-dev" in block.title)
        installed = re.search(r"need_packages (lib.*) \"\$@\"", (SOURCE_TREE / "scripts/common.sh").read_text())
        self.assertEqual(named, installed[1].split())

    def test_every_setting_has_its_line_in_the_table_with_its_default(self):
        text = (SOURCE_TREE / "docs/operations.md").read_text()
        with tempfile.TemporaryDirectory(prefix="confd-docs-") as root:
            bare = {k: v for k, v in os.environ.items() if not k.startswith("CONFD_")}
            told = subprocess.run([PROGRAM, "settings", "--root", root], capture_output=True, text=True, env=bare)
        settings = re.findall(r"^([a-z_.]+): (.*?) *# from default$", told.stdout, re.MULTILINE)
        self.assertGreater(len(settings), 20, told)
        for name, default in settings:
            with self.subTest(name):
                row = re.search(rf"^\| .*`{re.escape(name)}`.* \| `CONFD_.*$", text, re.MULTILINE)
                self.assertIsNotNone(row)
                if default:
                    self.assertIn(default, re.findall(r"[^\s,`]+", row[0].split(" | ")[2]))

    def test_the_provider_that_is_shown_works(self):
        (block,) = (block for block in blocks("docs/providers.md") if block.title == "#!/bin/sh")
        with tempfile.TemporaryDirectory(prefix="confd-docs-") as folder:
            for name, text in (("provider", block.text), ("cloud", "#!/bin/sh\necho \"$@\"\n")):
                path = pathlib.Path(folder, name)
                path.write_text(text)
                path.chmod(0o755)
            request = json.dumps({"parameters": {"nids": [11, 12]}})
            for verb, code, answer in (("infra_instances_start", 0, None), ("infra_db_start", 3, "unknown-verb")):
                done = subprocess.run(
                    [f"{folder}/provider", verb], input=request, capture_output=True, text=True,
                    env={"PATH": f"{folder}:{os.environ['PATH']}"})
                told = json.loads(done.stdout)
                self.assertEqual((done.returncode, told and told["error"]["code"]), (code, answer), done)
                if code == 0:
                    self.assertEqual(done.stderr, "machine start n11\nmachine start n12\n")


if __name__ == "__main__":
    unittest.main()
