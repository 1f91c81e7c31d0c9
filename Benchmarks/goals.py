"""The figures the daemon is to reach, each against what the same run measured."""

import statistics

GET, CALL, SUBMIT = "GET /jobs/{id}", "XML-RPC job_exec('db_list')", "POST /jobs db_list"
CHANGE = "POST /jobs general_settings, committed"


class Results:
    """The runs of all rounds by case and clients."""

    def __init__(self):
        self.runs = {}

    def add(self, name, clients, run):
        self.runs.setdefault((name, clients), []).append(run)

    def median(self, name, clients, figure="rate"):
        values = [getattr(run, figure) for run in self.runs[name, clients]]
        return None if None in values else statistics.median(values)

    def ratios(self, name, other, clients, figure="rate"):
        """One against the other in each round; the rounds that both were in."""
        pairs = zip(self.runs[name, clients], self.runs[other, clients])
        return [getattr(one, figure) / getattr(two, figure) for one, two in pairs]


class Goal:
    def __init__(self, what, value, goal, *, at_least=None, at_most=None, needs=()):
        self.what, self.value, self.text, self.needs = what, value, goal, needs
        self.at_least, self.at_most = at_least, at_most

    def verdict(self, results, facts):
        """What was measured, and whether it is enough; `None` for what this run has not measured."""
        if any(case not in results.runs for case in self.needs):
            return None
        value = self.value(results, facts)
        low, high = (limit(facts) if callable(limit) else limit for limit in (self.at_least, self.at_most))
        return value, (low is None or value >= low) and (high is None or value <= high)


def ratio(what, name, other, goal, at_least):
    """A rate with 64 clients against that of a peer, in runs that measured both."""
    return Goal(what, lambda results, _: statistics.median(results.ratios(name, other, 64)), goal, at_least=at_least,
                needs=[(name, 64), (other, 64)])


GOALS = [
    ratio("GET /jobs/{id}, 64 clients, of nginx", GET, "nginx, static file", "≥ 0.35", 0.35),
    ratio("the same over HTTP/2", f"{GET}, HTTP/2", "nginx, static file, HTTP/2", "≥ 0.2", 0.2),
    ratio("new TLS connections with one request, of nginx", f"{GET}, new connections",
          "nginx, static file, new connections", "≥ 1", 1),
    ratio("job_exec('db_list'), 64 clients, of SimpleXMLRPCServer", CALL, "Python SimpleXMLRPCServer, a constant",
          "≥ 3", 3),
    Goal("job_exec('db_list'), 64 clients, a second", lambda results, _: results.median(CALL, 64), "≥ 15,000",
         at_least=15_000, needs=[(CALL, 64)]),
    ratio("durable POST /jobs, 64 clients, of etcd's puts", SUBMIT, "etcd, put", "≥ 4", 4),
    Goal("changes committed, 64 clients, a second", lambda results, _: results.median(CHANGE, 64), "≥ 4,000",
         at_least=4000, needs=[(CHANGE, 64)]),
    Goal("a change alone, p50 in ms", lambda results, _: results.median(CHANGE, 1, "p50"), "≤ 1.5 + 3 flushes",
         at_most=lambda facts: 1.5 + 3 * facts["flush_ms"], needs=[(CHANGE, 1)]),
    Goal("a read job alone, p50 in ms", lambda results, _: results.median(SUBMIT, 1, "p50"), "≤ 0.4", at_most=0.4,
         needs=[(SUBMIT, 1)]),
    Goal("memory idle, MiB", lambda _, facts: facts["idle_mib"], "≤ 50", at_most=50),
    Goal("memory of an idle TLS connection, KiB", lambda _, facts: facts["connection_kib"], "≤ 20", at_most=20),
    Goal("memory after the load, MiB", lambda _, facts: facts["after_mib"], "≤ 70", at_most=70),
    Goal("start to ready, ms", lambda _, facts: facts["start_ms"], "≤ 100", at_most=100),
]

# Rows that need more than one node, millions of jobs or a package are no business of this script.
ELSEWHERE = ["three nodes", "loss of the master", "history of millions of jobs", "programs on disk"]


def judge(results, facts):
    """Prints a line for each goal; the rows as data."""
    rows = []
    print("\n| figure | measured | goal | |\n|---|---|---|---|")
    for goal in GOALS:
        found = goal.verdict(results, facts)
        value, enough = found or (None, None)
        word = "not measured" if found is None else "PASS" if enough else "short"
        print(f"| {goal.what} | {'–' if value is None else f'{value:,.2f}'} | {goal.text} | {word} |")
        rows.append({"figure": goal.what, "measured": value, "goal": goal.text, "verdict": word})
    print(f"\nNot measured here: {', '.join(ELSEWHERE)}.")
    return rows
