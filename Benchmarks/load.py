"""Load generators, and what one run of them found out."""

import re
import statistics
import subprocess
import sys

from peers import FOLDER


class Measured:
    """What a service used a request while a load ran; a load adds `count` and its times."""

    rate = p50 = p99 = None
    refused = 0

    def measure(self, service, run):
        before = service.used()
        run()
        after = service.used()
        each = [(late - early) / max(self.count, 1) for early, late in zip(before, after)]
        self.cpu = each[0] * 1e6
        self.voluntary, self.involuntary = each[1:]


class Wrk(Measured):
    """Clients that send as fast as they are answered, for a number of seconds; HTTP/1.1."""

    def __init__(self, service, path, clients, seconds, headers=(), script=None, argument=None):
        self.command = ["wrk", "-t", str(min(2, clients)), "-c", str(clients), "-d", f"{seconds}s", "--latency"]
        self.command += ["--timeout", "30s"]
        for header in headers:
            self.command += ["-H", header]
        if script:
            self.command += ["-s", str(FOLDER / script)]
        self.command += [service.url + path] + (["--", str(argument)] if argument else [])
        self.measure(service, self.run)

    def run(self):
        text = subprocess.run(self.command, capture_output=True, text=True, check=True).stdout
        self.count = int(re.search(r"(\d+) requests in", text).group(1))
        # Where each connection is closed, wrk takes some answers, cut off at its end, for refusals; the daemon counts none.
        faults = re.search(r"Non-2xx or 3xx responses: (\d+)|timeout ([1-9]\d*)", text)
        if faults:
            self.refused = int(faults[1] or faults[2])
            print(f"{self.command[-1]}: {self.refused} of {self.count} requests: {faults[0]}", file=sys.stderr)
            if self.refused * 100 > self.count:
                raise SystemExit("more than one request of 100 was refused")
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.p50, self.p99 = (self.milliseconds(text, name) for name in ("50%", "99%"))

    @staticmethod
    def milliseconds(text, name):
        number, unit = re.search(rf"{name}\s+([\d.]+)(us|ms|s|m)\b", text).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


class H2load(Measured):
    """A number of requests, or as many as there are in some seconds, with the time and status of each."""

    def __init__(self, service, path, clients, count=None, seconds=None, headers=(), body=None, http1=False):
        self.log = service.folder / "h2load.log"
        self.command = ["h2load", "-t", str(min(2, clients)), "-c", str(clients), f"--log-file={self.log}"]
        self.command += ["-n", str(count)] if count else ["-D", str(seconds)]
        self.command += ["--h1"] if http1 else ["-m", "1"]
        for header in headers:
            self.command += ["-H", header]
        self.command += (["-d", str(body)] if body else []) + [service.url + path]
        self.seconds = seconds
        self.measure(service, self.run)

    def run(self):
        self.log.unlink(missing_ok=True)
        text = subprocess.run(self.command, capture_output=True, text=True, check=True).stdout
        requests = [line.split("\t") for line in self.log.read_text().splitlines()]
        self.statuses = {}
        for _, status, _ in requests:
            self.statuses[status] = self.statuses.get(status, 0) + 1
        times = sorted(int(time) / 1000 for _, _, time in requests)
        if len(times) < 2:
            raise SystemExit(f"{self.command[-1]}: nothing was answered:\n{text}")
        self.count = len(times)
        self.p50, self.p99 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
        self.rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", text).group(1))
