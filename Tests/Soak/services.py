"""Clients of what runs beside jobs: files of a bucket, rows of a database, and what the daemon asks for by itself."""

import base64
import hashlib
import http.client

from clients import Client
from daemon import free_port, unverified
from database_host import DatabaseHost
from database_host import lacking as lacking_of_databases

SERVICE, BUCKET, READ, WRITE = "soak", "default", "read secret", "write secret"
DATABASE = "SOAK"
# Objects are written again and again, so that what is kept does not grow.
OBJECTS = 40
SIZE = 64 << 10


def login(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def make_bucket(cluster, port):
    """A file service on all nodes, at this port, with a bucket."""
    rest = cluster.master().rest()
    rest.ok("bucketfs_add", bucketfs_name=SERVICE, http_port=0, https_port=port, owner=[500, 500])
    rest.ok("bucket_add", bucketfs_name=SERVICE, bucket_name=BUCKET, public=False, read_password=READ, write_password=WRITE)


def make_database(cluster, is_short):
    """A database that runs, with a backup each quarter of an hour; how it is reached, None without PostgreSQL."""
    rest, minute = cluster.master().rest(), "*" if is_short else "*/15"
    if lacking_of_databases():
        # What is asked for is declined then, and is asked for all the same.
        tag = rest.get("/exaconf").headers["etag"]
        schedule = {"Enabled": "True", "Volume": "SoakVault", "Level": "0", "Minute": "*", "Hour": "*"}
        answer = rest.request("PATCH", "/exaconf?wait=60s", {f"DB : {DATABASE}": {
            "Port": "8563", "Nodes": "11", "AutoStart": "False", "Backup : soak": schedule}}, {"If-Match": tag})
        assert answer.status == 200 and answer.json["outcome"] == "ok", answer
        return None
    node = cluster.node(11)
    rest.ok("st_volume_create", name="SoakVault", type="archive", size="20 GiB", disk="disk1", nodes=[11], redundancy=1)
    DatabaseHost.create_volume(node, rest, "SoakHeap")
    port = free_port()
    made = rest.ok("db_create", **DatabaseHost.database(node, DATABASE, "SoakHeap", port))
    rest.ok("db_start", db_name=DATABASE)
    rest.ok("db_backup_add_schedule", db_name=DATABASE, backup_name="soak", backup_volume_name="SoakVault", level=0,
            minute=minute, hour="*", expire="1d")
    return port, made["password"]


class Objects(Client):
    """Puts objects on each node in turn; another one reads what was put."""

    kind, pace = "upload", 1

    def __init__(self, cluster, notes, port):
        super().__init__(cluster, notes)
        self.port, self.number = port, 0

    def ask(self):
        self.number += 1
        path = f"object{self.number % OBJECTS}"
        body = hashlib.sha256(f"{self.number}".encode()).digest() * (SIZE // 32)
        answer = self.timed(lambda: request(next(self.nodes), self.port, "PUT", path, body))
        assert answer[0] == 200, (path, answer)
        self.notes.acknowledged.object(path, body)
        answer = self.timed(lambda: request(next(self.nodes), self.port, "GET", path), "download")
        assert answer == (200, body), (path, answer[0], len(answer[1]))


def request(node, port, method, path, body=None):
    """Status and body of an answer of the file service of a node."""
    connection = http.client.HTTPSConnection(node.address, port, context=unverified(), timeout=60)
    headers = login("w", WRITE) if body is not None else login("r", READ)
    try:
        connection.request(method, f"/{BUCKET}/{path}", body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class Rows(Client):
    """Writes a row and reads how many there are."""

    kind, pace = "sql", 5

    def __init__(self, cluster, notes, place):
        super().__init__(cluster, notes)
        self.place, self.rows = place, 0

    def said(self, text):
        answer = DatabaseHost.sql(self.cluster.node(11), *self.place, text, database=DATABASE)
        assert not answer.startswith("failed"), answer
        return answer

    def ask(self):
        if not self.rows:
            self.said("create table soak (number bigint)")
        self.timed(lambda: self.said(f"insert into soak values ({self.rows})"))
        self.rows += 1
        self.notes.acknowledged.rows = self.rows
        assert self.said("select count(*) from soak") == str(self.rows), self.rows


class Schedule(Client):
    """Looks whether the daemon has asked for a backup by itself."""

    kind, pace = "schedule", 5

    def ask(self):
        found = self.to(self.cluster.decider).get("/jobs?user=confd:schedule&type=db_backup_start&limit=1")
        if found.status == 200 and found.json["items"]:
            self.notes.seen.add(self.kind)
