"""The README, from `scripts/run` to its last command, typed as it stands there on the tree that `scripts/run` made.

Each checkout has a network of its own, so that the ports are those of the README.
"""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import tree
from daemon import PROGRAM, SOURCE_TREE, until
from database_host import lacking
from document import blocks

PROGRAMS = ("confd", "confd_client", "confd-engine-postgresql")
# By section of the README, words the output of its commands has to have, in their order.
SAID = {
    "Five minutes": [
        '"job_id":"11.', '"outcome":"ok"', "+    [[team]]", "700", "Create a group", "11.", "True OK", "[Job]",
        "group_create", "first steps", "id: 700", "OUTCOME", "group_create 11."],
    "The first hour": ["1 | first", "DROP TABLE", "1 | first", "# confd", "/exa/logs: "],
}
# The first lines of blocks that are typed in another terminal, or on other machines.
ELSEWHERE = {"scripts/run", "n11# confd init --node-address 10.10.10.11/24"}


class Checkout:
    """What `git clone` gives, with the programs built already, in a folder of its own; `with` removes it.

    - home: mode of the folder it lies in.
    - mask: of the person who cloned it and types.
    - user: who that is, an account of this machine; whoever runs this when left out.
    """

    def __init__(self, home=0o755, mask=0o022, user=None):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="confd-hour-"))
        self.folder = self.home / "confd"
        self.mask, self.user, self.server, self.offset = mask, user, None, 0
        self.log = self.home / "run.log"
        self.home.chmod(home)
        if user:
            os.chown(self.home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        self.log.touch()

    def __enter__(self):
        files = subprocess.run(
            ["git", "-c", f"safe.directory={SOURCE_TREE}", "ls-files", "-co", "--exclude-standard"], cwd=SOURCE_TREE,
            capture_output=True, text=True, check=True).stdout
        names = [name for name in files.splitlines() if (SOURCE_TREE / name).is_file()]
        (self.home / "list").write_text("\n".join(names))
        shelf = self.home / "programs"
        shelf.mkdir()
        for name in PROGRAMS:
            shutil.copy(PROGRAM.parent / name, shelf)
        for path in (shelf, *shelf.iterdir()):
            path.chmod(0o755)
        packed = self.home / "files.tar"
        subprocess.run(["tar", "-C", SOURCE_TREE, "-cf", packed, "-T", self.home / "list"], check=True)
        packed.chmod(0o644)
        done = self.shell(
            "mkdir -p confd/.build/debug && cd confd && tar --no-same-permissions --no-same-owner -xf ../files.tar && "
            f"install -m $(printf %o $((0777 & ~0{self.mask:o}))) ../programs/* .build/debug/", cwd=self.home)
        assert done.returncode == 0, done
        shutil.rmtree(shelf)
        packed.unlink()
        return self

    def __exit__(self, *_):
        self.end()
        with contextlib.suppress(OSError):
            # Only what scripts/run made for this checkout.
            place = os.path.realpath(self.folder / "exa")
            if place.startswith("/var/lib/confd-run/confd-"):
                shutil.rmtree(place)
                os.rmdir("/var/lib/confd-run")
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def root(self):
        return pathlib.Path(os.path.realpath(self.folder / "exa"))

    def variables(self):
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("CONFD_", "PG"))}
        return ours | {"HOME": str(self.home)}

    def account(self):
        if not self.user:
            return []
        entry = pwd.getpwnam(self.user)
        return ["setpriv", "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"]

    def shell(self, script, cwd=None, network=(), deadline=300):
        """Runs a script as the person would, and returns it with its output; a hang ends it."""
        command = [*network, *self.account(), "bash", "-e", "-o", "pipefail", "-c", f"umask {self.mask:03o}\n{script}"]
        with subprocess.Popen(
                command, cwd=cwd or self.folder, env=self.variables(), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as running:
            try:
                output, _ = running.communicate(timeout=deadline)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                raise
            return subprocess.CompletedProcess(command, running.returncode, output, "")

    def run(self, deadline=120):
        """Starts `scripts/run` in a network of its own, and returns when it serves."""
        started = [*self.account(), "bash", "-c", f"umask {self.mask:03o}; exec scripts/run"]
        self.offset = self.log.stat().st_size
        with open(self.log, "ab") as log:
            self.server = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *started], cwd=self.folder,
                env=self.variables(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # As on a terminal: where the tests run in the background, Ctrl-C is ignored.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        until(lambda: "first job" in self.said() or self.server.poll() is not None, deadline)
        assert self.server.poll() is None, self.said()

    def said(self):
        """What `scripts/run` and the daemon said since the last start."""
        with open(self.log, "rb") as log:
            log.seek(self.offset)
            return log.read().decode(errors="replace")

    def type(self, texts):
        """Types blocks in one shell, in the network of the daemon, and returns what each printed."""
        outputs = tempfile.mkdtemp(prefix="confd-typed-")
        os.chmod(outputs, 0o777)
        try:
            for number, text in enumerate(texts):
                pathlib.Path(outputs, f"block{number}").write_text(text)
                os.chmod(f"{outputs}/block{number}", 0o644)
            script = "\n".join(
                f". {outputs}/block{number} </dev/null >{outputs}/output{number} 2>&1" for number in range(len(texts)))
            done = self.shell(script, network=["nsenter", f"--net=/proc/{self.server.pid}/ns/net"])
            printed = []
            for number, text in enumerate(texts):
                path = pathlib.Path(outputs, f"output{number}")
                printed.append(path.read_text(errors="replace") if path.exists() else None)
                last = number + 1 == len(texts) or not pathlib.Path(outputs, f"output{number + 1}").exists()
                if done.returncode and last:
                    raise AssertionError(
                        f"status {done.returncode}\n{text}\n{printed[-1]}{done.stdout}\n--- daemon\n{self.said()[-4000:]}")
            return printed
        finally:
            shutil.rmtree(outputs)

    def stop(self):
        """Ctrl-C, and the status it ended with."""
        self.server.send_signal(signal.SIGINT)
        return self.server.wait(60)

    def end(self):
        """Ends what a failure left running: whatever is in the network of this checkout."""
        if not self.server:
            return
        with contextlib.suppress(OSError):
            network = os.stat(f"/proc/{self.server.pid}/ns/net").st_ino
            self.server.send_signal(signal.SIGTERM)
            time_left = time.monotonic() + 40
            while self.server.poll() is None and time.monotonic() < time_left:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.server.wait(1)
            for process in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError):
                    if os.stat(f"/proc/{process}/ns/net").st_ino == network:
                        os.kill(int(process), signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            self.server.kill()
        self.server.wait()


@unittest.skipIf(os.geteuid(), "not root: a network of its own needs it")
@unittest.skipIf(lacking() or not shutil.which("rclone"), lacking() or "no rclone (apt-get install rclone)")
class FirstHour(unittest.TestCase):
    def follow(self, checkout, is_reachable=True):
        """Types the README, and looks at what is said and at the tree."""
        typed = [block for block in blocks("README.md") if block.title not in ELSEWHERE]
        printed = {}
        for block, output in zip(typed, checkout.type([block.text for block in typed])):
            printed[block.section] = printed.get(block.section, "") + output
        self.assertEqual(set(printed), set(SAID))
        for section, words in SAID.items():
            place = 0
            for word in words:
                found = printed[section].find(word, place)
                self.assertGreaterEqual(
                    found, 0, f"no {word!r} behind character {place} of:\n{printed[section]}")
                place = found + len(word)
        self.assertEqual(tree.faults(checkout.root, is_reachable), [])

    def test_as_root_and_a_second_time(self):
        with Checkout() as checkout:
            checkout.run()
            self.follow(checkout)
            self.assertFalse((checkout.folder / "exa").is_symlink())
            self.assertEqual(checkout.stop(), 0)
            checkout.run()
            self.follow(checkout)
            self.assertEqual(checkout.stop(), 0)
            self.assertNotIn("modes set", checkout.said())

    def test_as_root_below_a_home_others_cannot_enter_with_a_mask_that_closes_everything(self):
        with Checkout(home=0o700, mask=0o077) as checkout:
            checkout.run()
            lines = [line for line in checkout.said().splitlines() if "is a link to" in line]
            self.assertEqual(lines, [
                f"exa is a link to {checkout.root}, since other accounts cannot enter {checkout.home}"])
            self.follow(checkout)
            self.assertEqual(checkout.stop(), 0)

    def test_as_a_user_below_his_closed_home_with_a_mask_that_closes_everything(self):
        with Checkout(home=0o700, mask=0o077, user="nobody") as checkout:
            checkout.run()
            self.follow(checkout, is_reachable=False)
            self.assertEqual(checkout.root.owner(), "nobody")
            self.assertEqual(checkout.stop(), 0)

    def test_a_tree_of_before_moves_to_where_others_get_and_keeps_its_cluster(self):
        with Checkout(home=0o700) as checkout:
            # As former versions of scripts/run left it.
            made = checkout.shell(
                "umask 077; mkdir exa; echo 'a password' >exa/admin.password; CONFD_ADMIN_PASSWORD='a password' "
                ".build/debug/confd init --root exa; find exa -mindepth 1 -type d ! -name jobs -exec chmod 755 {} +")
            self.assertEqual(made.returncode, 0, made)
            before = (checkout.folder / "exa/etc/node_uuid").read_text()
            checkout.run()
            self.assertTrue((checkout.folder / "exa").is_symlink())
            self.assertEqual((checkout.root / "etc/node_uuid").read_text(), before)
            self.assertIn("modes set", checkout.said())
            self.assertEqual(tree.faults(checkout.root), [])
            self.assertEqual(checkout.stop(), 0)

    def test_what_the_first_hour_needs_is_named_in_one_line_to_a_user(self):
        with Checkout(user="nobody") as checkout:
            (checkout.home / "none").mkdir()
            (checkout.home / "nothing").touch()
            # A machine without them, for these programs alone.
            absent = (
                f"mount --bind {checkout.home}/none /usr/lib/postgresql && "
                f"mount --bind {checkout.home}/nothing $(readlink -f $(command -v rclone)) && "
                f'mount --bind {checkout.home}/nothing /var/lib/dpkg/status && exec "$@"')
            done = checkout.shell("scripts/run", network=["unshare", "--mount", "sh", "-c", absent, "sh"])
            self.assertEqual(done.returncode, 69, done.stdout)
            self.assertRegex(done.stdout, r"^run: packages are missing; run: sudo apt-get install .*postgresql.*rclone")
            self.assertEqual(done.stdout.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
