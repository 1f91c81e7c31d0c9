"""The log of a cluster as its etcd has it, read by the certificate of a node."""

import base64
import hashlib
import http.client
import json
import ssl
import zlib

ETCD_PORT = 20379
PLAIN, DEFLATED = 0, 1
# So many entries are read at once.
PAGE = 100


class EtcdClient:
    """Speaks to the etcd of a node over its JSON gateway, on one connection, as the node itself would.

    Raises OSError or http.client.HTTPException when there is no answer.
    """

    def __init__(self, node, timeout=10):
        own = node.root / "etc/cluster"
        # Who answers is told by the address: nobody else on this machine has the key.
        context = ssl._create_unverified_context()
        context.load_cert_chain(own / "node.pem", own / "node.key")
        self.connection = http.client.HTTPSConnection(node.address, ETCD_PORT, context=context, timeout=timeout)

    def ask(self, path, body):
        self.connection.request("POST", f"/v3/{path}", json.dumps(body), {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise OSError(f"etcd answered {response.status}: {text[:200].decode(errors='replace')}")
        return json.loads(text)

    def close(self):
        self.connection.close()

    def put(self, key, value):
        self.ask("kv/put", {"key": encoded(key), "value": encoded(value)})

    def delete(self, key):
        self.ask("kv/deleterange", {"key": encoded(key)})

    def range(self, first, end, limit):
        """Pairs of key and stored value."""
        answer = self.ask("kv/range", {
            "key": encoded(first), "range_end": encoded(end), "limit": str(limit), "sort_target": "KEY", "sort_order": "ASCEND"})
        return [(base64.b64decode(pair["key"]).decode(), base64.b64decode(pair.get("value", ""))) for pair in answer.get("kvs", ())]

    def log(self):
        """What the keys of all entries begin with, and the generation of the log."""
        ((key, _),) = self.range("/confd/", "/confd0", 1)
        _, _, cluster, generation, *_ = key.split("/")
        return f"/confd/{cluster}/{generation}/log/", int(generation)

    def newest(self):
        """The index of the newest entry."""
        prefix, _ = self.log()
        answer = self.ask("kv/range", {
            "key": encoded(prefix), "range_end": encoded(prefix[:-1] + "0"), "limit": "1", "sort_target": "KEY",
            "sort_order": "DESCEND", "keys_only": True})
        (pair,) = answer["kvs"]
        return int(base64.b64decode(pair["key"]).decode().rsplit("/", 1)[1])

    def entries(self, first):
        """All entries from an index on, in their order."""
        prefix, _ = self.log()
        while True:
            found = self.range(f"{prefix}{first:016}", prefix[:-1] + "0", PAGE)
            for key, stored in found:
                yield Entry(int(key.rsplit("/", 1)[1]), stored)
                first = int(key.rsplit("/", 1)[1]) + 1
            if len(found) < PAGE:
                return


def encoded(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


class Entry:
    """One entry: its header, its payload, and what its bytes come to."""

    def __init__(self, index, stored):
        self.index, self.size = index, len(stored)
        plain = zlib.decompress(stored[1:], -zlib.MAX_WBITS) if stored[0] == DEFLATED else stored[1:]
        line, _, self.payload = plain.partition(b"\n")
        self.header = json.loads(line)
        self.content = hashlib.sha256(plain).hexdigest()

    @property
    def has_more(self):
        return self.header["more"]


def records(payload):
    """The records of a batch: a line each, and behind that of a job the bytes it names."""
    place = 0
    while place < len(payload):
        end = payload.index(b"\n", place)
        record = json.loads(payload[place:end])
        place = end + 1
        if record["kind"] == "job":
            place += record["bytes"] + 1
        yield record
