"""The status page of a node that is not the master, or stops being it: what the daemon answers is played by a server here."""

import http.server
import json
import pathlib
import re
import threading
import unittest

from browser import Browser

PUBLIC = pathlib.Path(__file__).parents[2] / "Public"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'")
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
MASTER = "https://10.0.0.11:20011"


def member(node, **facts):
    return {
        "node": node, "name": f"n{node}", "address": f"10.0.0.{node}", "role": "follower", "vote": True, "present": True,
        "ready": True, "suspended": False, "laggard": False, "version": "0.3", "revision": 41, "applied": 100, "lag": 0, "note": "",
    } | facts


CLUSTER = {
    "sentence": "node 13 is away since 14:02 UTC; one more and nothing can be changed", "is_well": False, "node": 12,
    "revision": 41, "term": 18201, "data_age_ms": 0, "quorum": {"is_there": True, "votes": 3, "votes_present": 2, "votes_needed": 2},
    "one_more_away": {"sentence": "one more and nothing can be changed", "nodes_needed": [11, 12]},
    "members": [
        member(11, role="master"), member(12, laggard=True, revision=40, note="has revision 40, the newest is 41"),
        member(13, present=False, ready=False, away_since="2026-01-02T14:02:10.000Z", note="away since 14:02 UTC")],
}


class Node(http.server.ThreadingHTTPServer):
    """Node 12: it decides as long as `decides`, and else names `master` as the place of who does; it `knows` the session."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.decides, self.knows, self.master = False, False, MASTER

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="text/plain", **headers):
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Security-Policy": POLICY, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path = self.path.split("?")[0]
        file = PUBLIC / ("index.html" if path == "/" else path[1:])
        if file.is_file():
            text = file.read_text()
            return self.answer(200, re.sub(r"\{\{\w+\}\}", "", text) if path == "/" else text, TYPES[file.suffix])
        node = self.server
        if path == "/master":
            return self.answer(200, {"url": node.master, "name": "n11"}.get(self.path.split("=")[-1], "10.0.0.11"))
        if path == "/is_master":
            return self.answer(200 if node.decides else 503, "true" if node.decides else "false")
        if path in ("/readyz", "/livez"):
            return self.answer(200, "ok\n[+] configuration: revision 41 (0 s ago)\n")
        if path == "/cluster":
            body, kind = (CLUSTER, "json") if node.decides or node.knows else ({"code": "authentication-failed"}, "problem+json")
            return self.answer(200 if body is CLUSTER else 401, json.dumps(body), f"application/{kind}")
        if node.knows and "consistency=local" in self.path:
            return self.answer(200, json.dumps({"items": []}), "application/json")
        if not node.decides:
            return self.answer(302, "", Location=MASTER + self.path)
        if path == "/sessions/current":
            return self.answer(200, json.dumps({"user": "admin", "csrf_token": "x"}), "application/json")
        return self.answer(404, json.dumps({"code": "path-not-found", "detail": "No."}), "application/problem+json")


class Follower(unittest.TestCase):
    def setUp(self):
        self.node = Node()
        threading.Thread(target=self.node.serve_forever, daemon=True).start()
        self.addCleanup(self.node.server_close)
        self.addCleanup(self.node.shutdown)
        self.browser = Browser()
        self.browser.__enter__()
        self.addCleanup(self.browser.__exit__)

    def target(self):
        return self.browser.script("return document.querySelector('.login a.button')?.href")

    def test_it_leads_to_the_master_and_to_the_view_that_was_asked_for(self):
        self.browser.open(self.node.url + "/#/history?object=db%3ADB1")
        self.browser.until_text("Log in at the master")
        self.assertEqual(self.target(), MASTER + "/#/history?object=db%3ADB1")
        self.assertFalse(self.browser.all("[name=password]"))

    def test_it_leads_where_the_node_says_and_to_nothing_that_is_no_node(self):
        for place in ("javascript:alert(1)", "http://10.0.0.11:20011", "https://admin@10.0.0.11", "https://10.0.0.11/x", "n11"):
            self.node.master = place
            self.browser.open(f"{self.node.url}/?{hash(place)}#//example.com/")
            self.browser.until(lambda: self.browser.script("return document.querySelector('#fact-master').textContent"))
            self.browser.script_async("fetch('/master').then(() => setTimeout(arguments[0], 300))")
            self.assertIsNone(self.target(), place)

    def test_when_it_becomes_the_master_it_goes_on_by_itself(self):
        self.browser.open(self.node.url + "/#/cluster")
        self.browser.until_text("Log in at the master")
        self.node.decides = True
        self.browser.until_text("Cluster", "h1", deadline=30)

    def test_the_cluster_is_shown_and_what_matters_of_it_stands_above_every_view(self):
        self.node.decides = True
        self.browser.open(self.node.url + "/#/cluster")
        self.browser.until_text("Cluster", "h1")
        self.assertEqual(self.browser.text("main .first"), CLUSTER["sentence"])
        rows = self.browser.script("return [...document.querySelectorAll('#main tbody tr')].map(row => row.textContent)")
        self.assertEqual(len(rows), 3)
        self.assertIn("behind", rows[1])
        self.assertIn("has revision 40", rows[1])
        self.assertIn("away since", rows[2])
        self.browser.until_text("node 13 is away", "#fact-cluster")

    def test_who_is_logged_in_goes_on_with_what_the_node_knows_and_is_led_to_the_next_master(self):
        self.node.decides = self.node.knows = True
        self.browser.open(self.node.url + "/#/cluster")
        self.browser.until_text("Cluster", "h1")
        self.node.decides = False
        self.browser.script("location.hash = '#/jobs'")
        self.browser.until_text("n11 decides, not this node.", "#lead", deadline=30)
        self.browser.until_text("Jobs", "h1")
        way = self.browser.script("const way = document.querySelector('#lead-way'); way.onfocus(); return way.href")
        self.assertEqual(way, MASTER + "/#/jobs")
        self.assertFalse(self.browser.all("[name=password]"))

    def test_a_node_that_names_no_page_of_another_one_leads_nowhere(self):
        self.node.decides = self.node.knows = True
        self.browser.open(self.node.url + "/#/cluster")
        self.browser.until_text("Cluster", "h1")
        self.node.decides, self.node.master = False, "javascript:alert(1)"
        self.browser.script("location.hash = '#/jobs'")
        self.browser.until_text("Jobs", "h1")
        self.browser.until_text("is not the master", "#fact-role", deadline=30)
        self.assertEqual(self.browser.script("return document.querySelector('#lead').checkVisibility()"), False)


if __name__ == "__main__":
    unittest.main()
