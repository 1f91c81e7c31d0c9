"""Runs what the documents tell people to type, as it stands there, against one daemon.

Every block indented by four spaces is commands for a shell; it has no empty lines. A document's blocks are run in their
order by one shell, as somebody would who follows it, and each command has to end with status 0. A command is whole:
what has to be filled in, such as NAME in angle brackets, is refused. What a test cannot run stands in a fenced block of
the language `text`.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from daemon import PROGRAM, REPOSITORY, until
from test_database import DatabaseHost, free_port, lacking

PASSWORD = "Xv7-a_password-of_scripts-run"
PLACEHOLDER = re.compile(r"<[A-Za-z][A-Za-z _-]*>")

# By section, words the output of its commands has to have, in their order. No section with commands is left out.
EXPECTED = {
    "README.md": {
        "Five minutes": [
            '"job_id":"11.2"', '"outcome":"ok"', "+    [[team]]", "700", "Create a group", "11.", "True OK", "[Job]",
            "group_create", "first steps", "id: 700", "OUTCOME", "group_create 11.2 2"],
    },
    "docs/recipes.md": {
        "Recipes": [],
        "Add a user and let him log in": ["OK", "login: password", "user: jane", "OK"],
        "Give rights": ["AdditionalGroups = exadbadm", "OK", "- exadbadm", "OK"],
        "Find out what happened": [
            "user_modify", "login", "user_create", "jane", "login", "[Job]", "user_modify", "[Result]",
            "+        LoginEnabled = False", "OK", "+        LoginEnabled = True", '"items"', "user_modify", '"reason"',
            "runs the databases", "confd-history", '"kind"'],
        "Rotate the certificate": ["self-signed", "true"],
        "Make a volume and a database": ["vid:", "OK", "SELECT 1"],
        "Back it up": ["vid:", "OK", "usable: true", "OK", "OUTCOME"],
        "Restore it": ["DROP TABLE", "OK", "OK", "OK", "first"],
        "Write a job of your own": ["usable", "How many files", "files: "],
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
            "ready https://", "ok: EXAConf revision", "node_list", "bucketfs_list", "found on disk"],
        "Check": ["login: peer", "user: admin", "0 OK setup", "st_volume_list"],
    },
}


class Block:
    """Commands of a document: the section they stand in, the line they begin at, and their text."""

    def __init__(self, section, line):
        self.section, self.line, self.text = section, line, ""


def blocks(document):
    """The indented blocks of a document, outside fenced ones; indented lines right behind text continue that text."""
    found, section, fenced, previous = [], None, False, ""
    for number, line in enumerate((REPOSITORY / document).read_text().splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and (heading := re.match("#+ (.*)", line)):
            section = heading[1]
        elif not fenced and line.startswith("    ") and (not previous or previous.startswith("    ")):
            if not previous:
                found.append(Block(section, number))
            found[-1].text += line[4:] + "\n"
        previous = line
    return found


class Reader:
    """Somebody who follows documents in the folder of a checkout where `scripts/run` serves."""

    def __init__(self, daemon, folder):
        self.folder = pathlib.Path(folder)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("CONFD_", "PG"))}
        # What is another one here than in the documents.
        self.instead = {
            "20003": str(daemon.port),
            "20013": str(free_port()),
            "8564": str(free_port()),
            "systemctl reload confd":
                f"kill -HUP {daemon.process.pid}\n"
                "timeout 60 sh -c 'until confd_client list | grep -q log_count; do :; done'",
        }
        self.folder.chmod(0o711)
        programs = self.folder / ".build/debug"
        programs.mkdir(parents=True)
        for name in ("confd", "confd_client"):
            (programs / name).symlink_to(PROGRAM.parent / name)
        (programs / "confd-engine-postgresql").symlink_to(daemon.root / "engine")
        (self.folder / "exa").symlink_to(daemon.root)
        for name in ("docs", "scripts"):
            (self.folder / name).symlink_to(REPOSITORY / name)

    def follow(self, document, sections):
        """Types the blocks of some sections and returns what each section printed; fails at the first bad block."""
        typed = [block for block in blocks(document) if block.section in sections]
        theirs = re.compile("|".join(map(re.escape, self.instead)))
        for number, block in enumerate(typed):
            text = theirs.sub(lambda found: self.instead[found[0]], block.text)
            (self.folder / f"block{number}").write_text(text)
        script = "\n".join(f". ./block{number} </dev/null >output{number} 2>&1" for number in range(len(typed)))
        status = self.run(script)
        printed = {}
        for number, block in enumerate(typed):
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


@unittest.skipIf(os.geteuid(), "not root")
@unittest.skipIf(lacking() or not shutil.which("rclone"), lacking() or "no rclone (apt-get install rclone)")
class Documents(unittest.TestCase):
    def test_every_command_does_what_the_document_says(self):
        daemon = DatabaseHost()
        daemon.environment["CONFD_ADMIN_PASSWORD"] = PASSWORD
        (daemon.root / "admin.password").write_text(PASSWORD + "\n")
        with daemon, tempfile.TemporaryDirectory(prefix="confd-docs-") as folder:
            until(lambda: "job.id=11.1 job.type=db_state" in daemon.log_text())
            reader = Reader(daemon, folder)
            for document, sections in EXPECTED.items():
                for section, printed in reader.follow(document, sections).items():
                    with self.subTest(document=document, section=section):
                        self.check(printed, sections[section])

    def check(self, printed, words):
        place = 0
        for word in words:
            found = printed.find(word, place)
            self.assertGreaterEqual(found, 0, f"no {word!r} behind character {place} of:\n{printed}")
            place = found + len(word)


class Commands(unittest.TestCase):
    def test_every_section_with_commands_is_run_and_nothing_has_to_be_filled_in(self):
        for document, sections in EXPECTED.items():
            found = [block for block in blocks(document) if document != "README.md" or block.section in sections]
            self.assertEqual({block.section for block in found}, set(sections), document)
            for block in found:
                self.assertIsNone(PLACEHOLDER.search(block.text), f"{document}:{block.line}")
