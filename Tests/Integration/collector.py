"""Collectors of syslog messages, by UDP and TCP, that compute the chain of audit records from what they received."""

import hashlib
import re
import socket
import threading

MESSAGE = re.compile(
    rb'<(?P<priority>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) confd (?P<process>\d+) (?P<kind>\S+) '
    rb'\[confd@32473(?P<parameters>(?: [a-z_]+="(?:[^"\\\]]|\\["\\\]])*")*)\] (?P<text>.*)', re.DOTALL)
PARAMETER = re.compile(rb' ([a-z_]+)="((?:[^"\\\]]|\\.)*)"')


class Message:
    """One message, read by the rules of RFC 5424."""

    def __init__(self, line):
        found = MESSAGE.fullmatch(line)
        assert found, line
        self.priority, self.kind = int(found["priority"]), found["kind"].decode()
        self.text = found["text"]
        self.values = {name.decode(): re.sub(rb"\\(.)", rb"\1", value).decode()
                       for name, value in PARAMETER.findall(found["parameters"])}


class Collector:
    """Listens on a port of 127.0.0.1 until it is closed; `messages` are those that came."""

    def __init__(self, port=0):
        self.lines, self.lock = [], threading.Lock()
        self.socket = self.bound(port)
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.guarded, args=(self.serve,), daemon=True)
        self.thread.start()

    @staticmethod
    def guarded(work, *arguments):
        try:
            work(*arguments)
        except (OSError, ValueError):
            pass

    def take(self, line):
        with self.lock:
            self.lines.append(line)

    @property
    def messages(self):
        with self.lock:
            return [Message(line) for line in self.lines]

    def records(self):
        """The messages of records by their number; one that came twice has to be the same."""
        records = {}
        for message in self.messages:
            if "seq" in message.values:
                known = records.setdefault(int(message.values["seq"]), message)
                assert (known.values, known.text) == (message.values, message.text)
        return records

    def hashes(self):
        """The hash of each record, computed from its text and that of the one before; none may be missing in between."""
        records, hashes, previous = self.records(), {}, None
        for number in sorted(records):
            values = records[number].values
            assert previous is None or number - 1 in records, f"record {number - 1} did not come"
            assert previous in (None, values["prev_hash"]), number
            previous = hashlib.sha256(bytes.fromhex(values["prev_hash"]) + records[number].text).hexdigest()
            assert previous == values["hash"], number
            hashes[number] = previous
        return hashes


class DatagramCollector(Collector):
    scheme = "udp"

    def bound(self, port):
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("127.0.0.1", port))
        return receiver

    def serve(self):
        while line := self.socket.recv(65536):
            self.take(line)

    def close(self):
        # A socket that a thread reads from stays open until that has something to read.
        if self.thread.is_alive():
            self.socket.sendto(b"", ("127.0.0.1", self.port))
            self.thread.join()
        self.socket.close()


class StreamCollector(Collector):
    scheme = "tcp"

    def bound(self, port):
        self.connections = []
        return socket.create_server(("127.0.0.1", port))

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            with self.lock:
                self.connections.append(connection)
            threading.Thread(target=self.guarded, args=(self.read, connection), daemon=True).start()

    def read(self, connection):
        """Takes messages with their length in front, as RFC 6587 counts octets; half of one at the end is none."""
        with connection.makefile("rb") as stream:
            while True:
                digits = b""
                while (byte := stream.read(1)) not in (b" ", b""):
                    digits += byte
                line = stream.read(int(digits)) if byte else b""
                if not line or len(line) < int(digits):
                    return
                self.take(line)

    def close(self):
        if self.thread.is_alive():
            self.socket.shutdown(socket.SHUT_RDWR)
            self.thread.join()
        self.socket.close()
        with self.lock:
            for connection in self.connections:
                self.guarded(connection.shutdown, socket.SHUT_RDWR)
                connection.close()
