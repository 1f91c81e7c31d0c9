"""Requests to a node: over HTTPS as the administrator, or over its local socket as the account that runs this."""

import base64
import http.client
import json
import socket
import ssl

UNCHECKED = ssl._create_unverified_context()


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300].decode(errors='replace')}"


class LocalConnection(http.client.HTTPConnection):
    """Speaks HTTP over a socket of this machine."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(connection, method, path, body=None, headers=None):
    """One request on a connection, which is closed; redirects are not followed.

    Raises OSError or http.client.HTTPException when there is no answer.
    """
    headers = dict(headers or {})
    if body is not None:
        body = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, path, body, headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def ask_locally(path, method, target, body=None, timeout=60):
    return ask(LocalConnection(path, timeout), method, target, body)


def ask_securely(place, password, method, target, body=None, timeout=60):
    """`place` is address and port."""
    login = base64.b64encode(f"admin:{password}".encode()).decode()
    connection = http.client.HTTPSConnection(*place, context=UNCHECKED, timeout=timeout)
    return ask(connection, method, target, body, {"Authorization": f"Basic {login}"})
