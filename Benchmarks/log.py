"""Measures the log of a cluster over three etcds beside what the same etcds do by themselves. See scripts/benchmark-log."""

import argparse
import base64
import json
import os
import pathlib
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from peers import FOLDER, free_port

MEMBERS = 3


class Etcds:
    """Three etcds on loopback that show certificates, as those of a cluster do; wrk can show none."""

    def __init__(self, folder, program):
        self.certificates = folder / "certificates"
        self.certificates.mkdir()
        subprocess.run([program, "certificates", self.certificates, "127.0.0.1"], check=True)
        files = self.certificates / "etcd.pem", self.certificates / "etcd-key.pem"
        # A client side that names an authority asks for certificates.
        shown = ["--cert-file", files[0], "--key-file", files[1], "--peer-cert-file", files[0], "--peer-key-file", files[1],
                 "--peer-trusted-ca-file", self.certificates / "ca.pem"]
        self.clients = [free_port() for _ in range(MEMBERS)]
        peers = [f"https://127.0.0.1:{free_port()}" for _ in range(MEMBERS)]
        beginning = ",".join(f"e{place}={peer}" for place, peer in enumerate(peers))
        self.processes = []
        for place, (port, peer) in enumerate(zip(self.clients, peers)):
            url = f"https://127.0.0.1:{port}"
            with (folder / f"etcd-{place}.log").open("w") as log:
                self.processes.append(subprocess.Popen([
                    "etcd", "--name", f"e{place}", "--data-dir", folder / f"etcd-{place}", "--listen-client-urls", url,
                    "--advertise-client-urls", url, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                    "--initial-cluster", beginning, "--pre-vote", "--logger", "zap",
                    "--experimental-watch-progress-notify-interval", "2s", *shown],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()

    def puts(self, clients, seconds, body):
        """Puts a second of so many clients that wait for each answer, spread over all members."""
        share = [clients // MEMBERS + (place < clients % MEMBERS) for place in range(MEMBERS)]
        runs = [subprocess.Popen(
            ["wrk", "-t", "1", "-c", str(count), "-d", f"{seconds}s", "--timeout", "30s", "-s", FOLDER / "post.lua",
             "-H", "Content-Type: application/json", f"https://127.0.0.1:{port}/v3/kv/put", "--", body],
            stdout=subprocess.PIPE, text=True) for count, port in zip(share, self.clients)]
        texts = [run.communicate()[0] for run in runs]
        if faults := [text for text in texts if "Non-2xx" in text or "Socket errors" in text]:
            raise SystemExit(f"benchmark-log: etcd refused puts: {faults[0]}")
        return sum(float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)) for text in texts)

    def sizes(self, first):
        """How many bytes each entry has as etcd keeps it, from one on."""
        prefix = "/confd/measured/1/log/"
        body = {"key": encoded(f"{prefix}{first:016}"), "range_end": encoded(prefix[:-1] + "0")}
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.clients[0]}/v3/kv/range", json.dumps(body).encode(), {"Content-Type": "application/json"})
        trust = ssl.create_default_context(cafile=self.certificates / "ca.pem")
        with urllib.request.urlopen(request, context=trust) as answer:
            found = json.load(answer).get("kvs", [])
        return [len(base64.b64decode(key["value"])) for key in found]


def processor_time(processes):
    """Seconds of processor time that processes have used."""
    ticks = 0
    for process in processes:
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class Members:
    """Three members in one process that measures what it is told to."""

    def __init__(self, program, folder, etcds):
        self.process = subprocess.Popen(
            [program, "measure", folder, etcds.certificates, *(f"127.0.0.1:{port}" for port in etcds.clients)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.master = self._answer()["master"]

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("benchmark-log: the members ended")
        return json.loads(line)

    def measure(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def rounds(etcds, members, options, folder):
    """What was measured, each several times, in turns."""
    body = folder / "put.json"
    body.write_text(json.dumps({"key": encoded("/measured/load"), "value": base64.b64encode(os.urandom(1024)).decode()}))
    found = {name: [] for name in ("puts", "own_puts", "submissions", "commit", "bytes")}
    for number in range(options.rounds):
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
        found["puts"].append(etcds.puts(64, options.seconds, body))
        found["own_puts"].append(members.measure("put", 64, options.seconds)["rate"])
        groups = {"members": [members.process], "etcds": etcds.processes}
        before = {name: processor_time(group) for name, group in groups.items()}
        run = members.measure("write", 64, options.seconds)
        for name, group in groups.items():
            run[name] = (processor_time(group) - before[name]) * 1e6 / (run["rate"] * options.seconds)
        found["submissions"].append(run)
        commit = members.measure("commit", options.commits)
        found["commit"].append(commit)
        found["bytes"].append(sum(etcds.sizes(commit["first"])) / options.commits)
    found["watch"] = {count: members.measure("watch", count, 200) for count in options.watchers}
    return found


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def judge(found):
    """Prints what was measured; what falls short of the goals."""
    puts = statistics.median(found["puts"])
    writes = median(found["submissions"], "rate")
    ratio = statistics.median(run["rate"] / put for run, put in zip(found["submissions"], found["puts"]))
    commits = found["commit"]
    times = statistics.median(run["commit"] / run["put"] for run in commits)
    print("| what | measured |\n|---|---|")
    print(f"| etcd's own puts of 1 KiB, 64 clients, a second | {puts:,.0f} |")
    print(f"| the same by the members' own client | {statistics.median(found['own_puts']):,.0f} |")
    print(f"| durable submissions, 64 clients, a second | {writes:,.0f} |")
    print(f"| the same, p50 / p99 in ms | {median(found['submissions'], 'p50'):.1f} / {median(found['submissions'], 'p99'):.1f} |")
    print("| CPU µs of a submission: three members / three etcds "
          f"| {median(found['submissions'], 'members'):.0f} / {median(found['submissions'], 'etcds'):.0f} |")
    print(f"| of etcd's puts (goal ≥ 3) | {ratio:.1f} |")
    print(f"| one client: a put, p50 in ms | {median(commits, 'put'):.2f} |")
    print(f"| a submission, p50 in ms | {median(commits, 'submit'):.2f} |")
    print(f"| a change committed on three nodes, p50 / p99 in ms | {median(commits, 'commit'):.1f} / {median(commits, 'commit_p99'):.1f} |")
    print(f"| puts it takes as long as (goal ≤ 9) | {times:.1f} |")
    print(f"| entries, and bytes in etcd, of a change | {median(commits, 'entries'):.1f}, {statistics.median(found['bytes']):,.0f} |")
    short = []
    for count, seen in found["watch"].items():
        limit = {30: 20, 100: 35}.get(count)
        goal = f" (goal ≤ {limit})" if limit else ""
        print(f"| a submission told to {count} watches, p50 / p99 in ms{goal} | {seen['p50']:.1f} / {seen['p99']:.1f} |")
        if limit and seen["p50"] > limit:
            short.append(f"{count} watches take {seen['p50']:.1f} ms, above {limit}")
    if ratio < 3:
        short.append(f"submissions are {ratio:.1f} of etcd's puts, below 3")
    if times > 9:
        short.append(f"a change takes {times:.1f} puts, above 9")
    return short


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/benchmark-log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--watchers", type=int, nargs="*", default=[10, 30, 100])
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--commit", default="unknown", help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-benchmark-log-"))
    etcds = members = None
    try:
        program = os.environ["CONFD_PROGRAM"]
        etcds = Etcds(folder, program)
        members = Members(program, folder / "members", etcds)
        found = rounds(etcds, members, options, folder)
        short = judge(found)
    finally:
        if members:
            members.close()
        if etcds:
            etcds.close()
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"commit": options.commit, **found, "short": short}, indent=1) + "\n")
    print("PASS" if not short else "benchmark-log: " + "; ".join(short))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
