"""Refused logins as fast as they can be made, what they cost, and whether anybody else notices.

Usage: refused_logins.py [SECONDS [LOGINS]]      60 seconds and 60,000 logins unless said otherwise
"""

import base64
import pathlib
import selectors
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon import Daemon, unverified  # noqa: E402

# As they are without settings, but for remembered passwords: every login of ours is checked.
SETTINGS = {
    "CONFD_ACCESS_FAILURE_MILLISECONDS": "1000", "CONFD_LIMITS_ADDRESS_PER_SECOND": "10",
    "CONFD_ACCESS_CACHE_SECONDS": "0"}
MOST_BYTES = 1 << 20
MOST_SECONDS = 2


def kept(root):
    """Bytes of all files a stopped daemon leaves."""
    return sum(path.lstat().st_size for path in pathlib.Path(root).rglob("*") if path.is_file())


def refusal(number):
    """A request with a password nobody has, of one of many names."""
    pair = base64.b64encode(f"user{number % 997}:guess{number}".encode()).decode()
    return f"GET /jobs HTTP/1.1\r\nHost: confd\r\nAuthorization: Basic {pair}\r\n\r\n".encode()


class Crowd(threading.Thread):
    """Connections from some addresses, each of which sends the next wrong password when the last one was refused."""

    def __init__(self, port, addresses, seconds, logins, connections=4):
        super().__init__()
        self.port, self.addresses, self.logins = port, addresses, logins
        self.per_address = connections
        self.seconds = seconds
        self.statuses = {}
        self.sent = 0
        self.context = unverified()
        self.selector = selectors.DefaultSelector()
        self.is_up = threading.Event()
        self.pause = threading.Event()

    def connect(self, address):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(address, 0))
        stream = self.context.wrap_socket(plain)
        stream.setblocking(False)
        self.selector.register(stream, selectors.EVENT_READ, address)
        return stream

    def send(self, stream):
        stream.send(refusal(self.sent))
        self.sent += 1

    def run(self):
        with self.selector:
            streams = [self.connect(address) for address in self.addresses for _ in range(self.per_address)]
            self.is_up.set()
            begin = time.monotonic()
            for stream in streams:
                self.send(stream)
            while (passed := time.monotonic() - begin) < self.seconds:
                # Evenly over the time, so that the last login comes with the last second.
                if self.sent > self.logins * passed / self.seconds + len(streams):
                    self.pause.wait(0.001)
                for key, _ in self.selector.select(0.1):
                    self.read(key.fileobj, key.data)
            for key in list(self.selector.get_map().values()):
                key.fileobj.close()

    def read(self, stream, address):
        try:
            answer = stream.recv(16384)
        except ssl.SSLWantReadError:
            return
        except OSError:
            answer = b""
        if answer.startswith(b"HTTP/1.1 "):
            status = int(answer[9:12])
            self.statuses[status] = self.statuses.get(status, 0) + 1
        elif answer:
            return
        if not answer or b"connection: close" in answer.lower():
            self.selector.unregister(stream)
            stream.close()
            stream = self.connect(address)
        self.send(stream)


def measure(addresses, seconds, logins, connections, settings=SETTINGS, patience=MOST_SECONDS):
    """What falls short, and the figures in a line; `patience` is what the slowest right password may take, in seconds."""
    daemon = Daemon(environment=settings)
    with daemon:
        assert daemon.rest().get("/jobs").status == 200
        daemon.stop()
        before = kept(daemon.root)
        daemon.start()
        crowd = Crowd(daemon.port, addresses, seconds, logins, connections)
        crowd.start()
        crowd.is_up.wait()
        took, wrong, number = [], [], 0
        while crowd.is_alive():
            begin = time.monotonic()
            # From an address nobody came from before.
            source = f"127.200.{number // 250}.{number % 250 + 1}"
            status = daemon.rest(source=source).get("/jobs").status
            took.append(time.monotonic() - begin)
            if status != 200:
                wrong.append(status)
            number += 1
            crowd.join(0.2)
        code = daemon.stop()
        grown = kept(daemon.root) - before
        slowest = sorted(took)[max(0, -(-len(took) * 99 // 100) - 1)]
        refused = sum(crowd.statuses.values())
        figures = (
            f"{refused} refused from {len(addresses)} addresses in {seconds} s {dict(sorted(crowd.statuses.items()))}, "
            f"disk {grown / 1024:.0f} KiB, {len(took)} right ones, p99 {slowest:.2f} s")
        short = []
        if refused < logins * 0.95:
            short.append(f"only {refused} of {logins} were answered")
        if set(crowd.statuses) - {401, 429, 503}:
            short.append("wrong passwords were answered with something else")
        if grown > MOST_BYTES:
            short.append(f"the disk grew by {grown} bytes")
        if wrong:
            short.append(f"right passwords were answered with {sorted(set(wrong))}, {len(wrong)} times")
        if slowest > patience:
            short.append(f"p99 of right passwords is {slowest:.2f} s")
        if code:
            short.append(f"the daemon ended with {code}")
        return short, figures


def many(count=200):
    return [f"127.{100 + place // 200}.{place % 200 + 1}.1" for place in range(count)]


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    logins = int(sys.argv[2]) if len(sys.argv) > 2 else 1000 * seconds
    lacking = []
    for addresses, connections in ((["127.0.8.1"], 64), (many(), 1)):
        short, figures = measure(addresses, seconds, logins, connections)
        print(figures, flush=True)
        lacking += short
    print("\n".join(f"FAIL: {text}" for text in lacking) or "PASS")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
