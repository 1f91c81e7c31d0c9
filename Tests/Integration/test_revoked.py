"""What is left of a login a second after its user was changed: every change beside everything a login can have begun.

Usage: test_revoked.py --table        prints what is expected beside what was found; run by a test, that is its message
"""

import grp
import os
import pwd
import sys
import unittest

from daemon import Daemon
from revocation import ACCOUNT, Peer, Row
from test_sessions import login

CHANGES = ("own password", "reset", "disabled", "removed", "made anew", "group lost", "group added")

# A login: all that exaadm may, what everybody may (own), or nothing. A stream or a callback: told of everybody's jobs, of its
# own, or of none. A wait for the job of somebody else, which the last change alone has for an own one: what it was told.
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
    "queued job": ("done", "done", "declined", "declined", "declined", "declined", "done"),
}

class Table:
    """What was found for every change."""

    def __init__(self):
        environment = {}
        if os.geteuid() == 0:
            environment["CONFD_HTTP_SOCKET_GROUP"] = grp.getgrgid(pwd.getpwnam(ACCOUNT).pw_gid).gr_name
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


if __name__ == "__main__":
    if "--table" in sys.argv:
        print("expected, or expected / found !\n" + Table().text())
    else:
        unittest.main()
