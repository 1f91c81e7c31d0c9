"""Whatever is sent: a clear refusal, no change, no crash."""

import hashlib
import http.client
import json
import socket
import ssl
import threading
import time
import unittest
import xmlrpc.client

from daemon import Daemon, unverified

# What only shows where a daemon tells of its own inside.
INSIDE = ("Fatal error", ".swift:", "stack dump", "Swift.", "NIOCore", "Optional(", "CodingKeys", "Thread 0")
MEMORY_LIMIT_KIB = 150 * 1024

# Three nodes' worth of trouble on one: node 12 carries the second volume.
SECOND_NODE = """
[Node : 12]
    PrivateNet = 10.10.10.12/24
    PublicNet =
    Name = n12
    UUID = 0123456789ABCDEF0123456789ABCDEF01234567
    DockerVolume = n12
    ExposedPorts = 8563:8575, 2581:2593
    [[Disk : disk1]]
        Component = exastorage
        Devices = dev.1
        Mapping = dev.1:/exa/data/storage

"""


class BadInput(unittest.TestCase):
    """One daemon for all: after each test it is as it was before."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        client = cls.daemon.rest()
        for kind, params in (
                ("group_create", {"groupid": 4000, "groupname": "taken"}),
                ("user_create", {"username": "nina", "userid": 4001, "group": "exausers", "login_enabled": True,
                                 "password": "ninas password"}),
                ("node_add", {"priv_net": "10.10.10.12/24", "nid": 12}),
                ("remote_volume_add", {"remote_volume_name": "away", "url": "ftp://h/x", "vol_type": "ftp",
                                       "owner": [0, 0]})):
            job = client.job(kind, **params)
            assert job["outcome"] == "ok", job
        cls.use_node(12)

    @classmethod
    def use_node(cls, node):
        """Gives a volume of the file a second node, by hand; the next change adopts it."""
        path = cls.daemon.root / "etc/EXAConf"
        lines, inside = [], False
        for line in path.read_text().splitlines():
            if line.startswith("    ["):
                inside = line.strip() == "[[ArchiveVolume1]]" or "EXAVolume : ArchiveVolume1" in line
            if line.strip().startswith("Checksum = "):
                line = "    Checksum = COMMIT"
            lines.append(line)
        cls.lines = lines
        path.write_text("\n".join(lines) + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()


if __name__ == "__main__":
    unittest.main()
