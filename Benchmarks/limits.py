"""Whether users are slowed: nobody by themselves, and nobody by somebody else's load."""

import contextlib
import statistics
import subprocess
import sys
import xmlrpc.client

from daemon import Daemon, basic
from load import H2load

# Lets everybody in at once, as if there were no limits.
OFF = {"CONFD_LIMITS_TURNS": "0", "CONFD_LIMITS_WAITS": "0"}
CALLS = 2000
SECOND = "ida", "the second user"


class User:
    """One user's calls of job_exec('db_list') on one daemon."""

    def __init__(self, daemon, login):
        self.daemon, self.login = daemon, login
        self.body = daemon.folder / "db_list.xml"
        self.body.write_bytes(xmlrpc.client.dumps(("db_list",), "job_exec").encode())

    def calls(self, clients, count=CALLS):
        return H2load(self.daemon, "/", clients, count=count, headers=[self.login, "Content-Type: text/xml"],
                      body=self.body, http1=True)

    @contextlib.contextmanager
    def load(self):
        """64 connections that send as fast as they are answered, until the block ends."""
        command = ["wrk", "-t", "1", "-c", "64", "-d", "60s", "--timeout", "30s", "-H", self.login]
        command += ["-H", "Content-Type: text/xml", "-s", "post.lua", self.daemon.url + "/", "--", str(self.body)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=sys.path[0]) as wrk:
            try:
                yield
            finally:
                wrk.terminate()


def measure(program, rounds):
    """Prints a table; the rows as data."""
    with Daemon(program) as limited, Daemon(program, OFF) as free:
        for daemon in (limited, free):
            daemon.run("user_create", username=SECOND[0], userid=2001, group="exaadm", login_enabled=True,
                       password=SECOND[1])
        print("| figure | measured | goal | rounds | |\n|---|---|---|---|---|")
        rows = [rate(limited, free, clients, rounds) for clients in (1, 64)]
        rows += [second_user(limited, rounds, "≤ 3")]
        rows += [second_user(free, rounds, "none: limits off")]
    return rows


def rate(limited, free, clients, rounds):
    ratios, refused = [], 0
    for number in range(rounds):
        runs = {}
        for daemon in (limited, free) if number % 2 else (free, limited):
            runs[daemon] = User(daemon, basic()).calls(clients)
        refused += sum(count for status, count in runs[limited].statuses.items() if status != "200")
        ratios.append(runs[limited].rate / runs[free].rate)
    ratio = statistics.median(ratios)
    enough = ratio >= 0.95 and refused == 0
    return row(f"{CALLS:,} job_exec over {clients} connections, rate of that with limits off", ratio,
               "≥ 0.95, none refused", f"{min(ratios):.2f} to {max(ratios):.2f}; {refused} refused", enough)


def second_user(daemon, rounds, goal):
    first, second = User(daemon, basic()), User(daemon, basic(*SECOND))
    ratios, alone, beside = [], [], []
    for _ in range(rounds):
        alone.append(second.calls(1, 400))
        with first.load():
            second.calls(1, 20)
            beside.append(second.calls(1, 400))
        ratios.append(beside[-1].p99 / alone[-1].p99)
    ratio = statistics.median(ratios)
    detail = f"{min(ratios):.1f} to {max(ratios):.1f}; ms alone {middle(alone)}, beside {middle(beside)}"
    return row("a second user's p99 beside 64 connections, of that alone", ratio, goal, detail,
               ratio <= 3 if goal.startswith("≤") else None)


def middle(runs):
    """Medians of p50 and p99 over rounds."""
    return " / ".join(f"{statistics.median(getattr(run, figure) for run in runs):.2f}" for figure in ("p50", "p99"))


def row(what, value, goal, detail, enough):
    word = {True: "PASS", False: "short", None: "for comparison"}[enough]
    print(f"| {what} | {value:.2f} | {goal} | {detail} | {word} |", flush=True)
    return {"figure": what, "measured": value, "goal": goal, "detail": detail, "verdict": word}
