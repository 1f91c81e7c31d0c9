"""What is left of a login a second after its user was changed: every change beside everything a login can have begun.

Usage: test_revoked.py --table        prints what is expected beside what was found; run by a test, that is its message
"""

import concurrent.futures
import grp
import os
import pwd
import subprocess
import sys
import unittest

from daemon import Daemon
from revocation import ACCOUNT, Peer, Row
from test_accounts import Machine, lacking
from test_sessions import login

CHANGES = ("own password", "reset", "disabled", "removed", "made anew", "group lost", "group added")

# A login: all that exaadm may, what everybody may (own), or nothing. A stream or a callback: told of everybody's jobs, of its
# own, or of none. A wait for the job of somebody else, which the last change alone has for an own one: what it was told. A
# submission or a call of a remote method that waits for the end of its own job.
# A job: what became of it once the queue went on. The account of a machine is who it is whatever became of the user of its
# name: without one it has no role, and somebody else of the name and id is that account, too.
EXPECTED = {
    "session of the change": ("all", "ended", "ended", "ended", "ended", "own", "all"),
    "other session": ("ended", "ended", "ended", "ended", "ended", "own", "all"),
    "token": ("all", "ended", "ended", "ended", "ended", "own", "all"),
    "token for a role": ("all", "ended", "ended", "ended", "ended", "own", "own"),
    "password in the cache": ("ended", "ended", "ended", "ended", "ended", "own", "all"),
    "local socket": ("all", "all", "ended", "own", "all", "own", "all"),
    "stream by token": ("all", "ended", "ended", "ended", "ended", "own", "all"),
    "stream by password": ("ended", "ended", "ended", "ended", "ended", "own", "all"),
    "callback by token": ("all", "ended", "ended", "ended", "ended", "own", "all"),
    "callback by password": ("ended", "ended", "ended", "ended", "ended", "own", "all"),
    "wait by token": ("answered", "ended", "ended", "ended", "ended", "refused", "answered"),
    "wait by password": ("ended", "ended", "ended", "ended", "ended", "refused", "answered"),
    "submission by token": ("answered", "ended", "ended", "ended", "ended", "answered", "answered"),
    "call by token": ("answered", "ended", "ended", "ended", "ended", "answered", "answered"),
    "queued job": ("done", "done", "declined", "declined", "declined", "declined", "done"),
}


def socket_group():
    """Has the group of ACCOUNT reach the local socket."""
    return {"CONFD_HTTP_SOCKET_GROUP": grp.getgrgid(pwd.getpwnam(ACCOUNT).pw_gid).gr_name}


class Table:
    """What was found for every change."""

    def __init__(self):
        environment = socket_group() if os.geteuid() == 0 else {}
        self.found = {}
        with Daemon(environment=environment) as self.daemon:
            session = login(self.daemon).json["token"]
            self.admin = self.daemon.rest(token=session)
            # Only root becomes another account.
            self.peer = Peer(self.daemon) if os.geteuid() == 0 else None
            try:
                for number, change in enumerate(CHANGES):
                    self.found[change] = self.row(number, change)
            finally:
                if self.peer:
                    self.peer.close()

    def row(self, number, change):
        row = Row(self, number, change)
        try:
            row.act()
            found = row.settle({name: states[number] for name, states in EXPECTED.items()})
            row.go_on(found)
            return found
        finally:
            row.end()

    def cells(self):
        for name, states in EXPECTED.items():
            for change, expected in zip(CHANGES, states):
                if name in self.found[change]:
                    yield name, change, expected, self.found[change][name]

    def text(self):
        lines = [["", *CHANGES]]
        for name in EXPECTED:
            cells = {change: (expected, actual) for one, change, expected, actual in self.cells() if one == name}
            lines.append([name, *(
                "-" if change not in cells else cells[change][0] if len(set(cells[change])) == 1
                else "{} / {} !".format(*cells[change]) for change in CHANGES)])
        widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


class Revoked(unittest.TestCase):
    def test_a_second_after_a_change_of_a_user_every_login_is_what_it_may_be(self):
        table = Table()
        wrong = [f"{name}, {change}: expected {expected}, found {actual}"
                 for name, change, expected, actual in table.cells() if expected != actual]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong) + "\n" + table.text())


@unittest.skipIf(lacking(), lacking())
class Accounts(unittest.TestCase):
    """Accounts of the machine, in a copy of its files that the daemon alone sees."""

    NAME, PASSWORD = "sysadm", "a word"

    def setUp(self):
        self.machine = Machine(manages=False)
        self.addCleanup(self.machine.__exit__)
        # An account is looked up again after a minute; here, each time.
        self.machine.environment |= socket_group() | {"CONFD_ACCESS_CACHE_SECONDS": "0"}
        self.hash = subprocess.run(
            ["openssl", "passwd", "-6", self.PASSWORD], check=True, capture_output=True, text=True).stdout.strip()
        self.add("passwd", f"{self.NAME}:x:3501:3500::/home/{self.NAME}:/bin/sh")
        self.add("group", f"exaadm:x:3500:{self.NAME}")
        self.add("shadow", f"{self.NAME}:{self.hash}:20000:0:99999:7:::")
        self.machine.start()
        self.peer = Peer(self.machine)
        self.addCleanup(self.peer.close)

    def add(self, file, line):
        with open(self.machine.machine / "etc" / file, "a") as text:
            text.write(line + "\n")

    def set(self, name, file="shadow", **fields):
        """Gives an account other fields, by their places."""
        path = self.machine.machine / "etc" / file
        lines = [line.split(":") for line in path.read_text().splitlines()]
        for line in lines:
            if line[0] == name:
                for place, value in fields.items():
                    line[int(place[1:])] = value
        path.write_text("".join(":".join(line) + "\n" for line in lines))

    def statuses(self, *tokens):
        """What each is answered; side by side, since a refusal takes its time."""
        def status(token):
            return self.machine.rest(token=token).get("/exaconf").status
        with concurrent.futures.ThreadPoolExecutor(len(tokens)) as pool:
            return list(pool.map(status, tokens))

    def test_what_an_account_opened_is_refused_once_it_is_locked_or_has_ended(self):
        client = self.machine.rest(self.NAME, self.PASSWORD)
        token = client.post("/tokens", {"name": "t"}).json["secret"]
        for change, fields in (
                ("its password is locked", {"_1": f"!{self.hash}"}), ("it has ended", {"_7": "1"}),
                ("its password was not changed in time", {"_2": "19000", "_4": "30", "_6": "10"})):
            with self.subTest(change):
                session = login(self.machine, self.NAME, self.PASSWORD).json["token"]
                self.assertEqual(self.statuses(token, session), [200, 200])
                self.set(self.NAME, **fields)
                self.assertEqual(self.statuses(token, session), [401, 401])
                self.set(self.NAME, _1=self.hash, _2="20000", _4="99999", _6="", _7="")
                # Tokens are there as long as nobody takes them; a session that was refused once is not.
                self.assertEqual(self.statuses(token, session), [200, 401])

    def test_what_says_nothing_of_logins_ends_none(self):
        token = self.machine.rest(self.NAME, self.PASSWORD).post("/tokens", {"name": "t"}).json["secret"]
        self.set(self.NAME, file="passwd", _6="/usr/sbin/nologin")
        self.assertEqual(self.statuses(token), [200])
        # An account that never had a password is none that was locked.
        self.set(ACCOUNT, _1="!")
        self.assertEqual(self.peer.request("GET", "/jobs"), 200)
        self.set(ACCOUNT, _7="1")
        self.assertEqual(self.peer.request("GET", "/jobs"), 401)

    def test_a_user_of_the_cluster_has_a_password_of_their_own(self):
        self.machine.rest().ok(
            "user_create", username=self.NAME, userid=3501, group="exausers", additional_groups=["exaadm"],
            login_enabled=True, password="another word")
        token = self.machine.rest(self.NAME, "another word").post("/tokens", {"name": "t"}).json["secret"]
        self.set(self.NAME, _1=f"!{self.hash}")
        self.assertEqual(self.statuses(token), [200])
        self.set(self.NAME, _7="1")
        self.assertEqual(self.statuses(token), [401])


if __name__ == "__main__":
    if "--table" in sys.argv:
        print("expected, or expected / found !\n" + Table().text())
    else:
        unittest.main()
