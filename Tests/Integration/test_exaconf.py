"""Changing the configuration over REST, against a real daemon."""

import json
import re
import threading
import time
import unittest

from daemon import Daemon, until

MERGE = "application/merge-patch+json"


def patch(client, change, tag, query="?wait=60s", **fields):
    headers = {"Content-Type": MERGE} | {name.replace("_", "-"): value for name, value in fields.items()}
    if tag:
        headers["If-Match"] = tag
    while True:
        answer = client.request("PATCH", f"/exaconf{query}", json.dumps(change).encode(), headers)
        if answer.status != 429:
            return answer
        time.sleep(float(answer.headers["retry-after"]))


def get(client, path, **fields):
    while True:
        answer = client.get(path, **fields)
        if answer.status != 429:
            return answer
        time.sleep(float(answer.headers["retry-after"]))


def unstamped(text):
    return re.sub(r"(?m)^( *(?:Revision|Checksum) = ).*$", r"\1", text)


class Changes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        token = re.search(r"AuthenticationToken = (\S+)", cls.daemon.configuration())[1]
        cls.root = cls.daemon.rest(user=None, token=token)
        # The first administrator is of the group root; this one is not.
        job = cls.daemon.rest().job(
            "user_create", username="ada", userid=2001, group="exaadm", login_enabled=True, password="adas word")
        assert job["outcome"] == "ok", job

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def setUp(self):
        self.client = self.ada()

    def ada(self):
        return self.daemon.rest("ada", "adas word")

    def tag(self):
        return get(self.client, "/exaconf").headers["etag"]

    def test_no_update_is_lost_when_two_clients_race(self):
        self.assertEqual(patch(self.client, {"Race": {"Count": "0"}}, self.tag()).status, 200)
        outcomes = []

        def race(rounds):
            client = self.ada()
            for _ in range(rounds):
                seen = get(client, "/exaconf")
                count = int(seen.json["Race"]["Count"])
                answer = patch(client, {"Race": {"Count": str(count + 1)}}, seen.headers["etag"])
                outcomes.append((answer, int(seen.headers["confd-revision"])))

        clients = [threading.Thread(target=race, args=(100,)) for _ in range(2)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

        self.assertEqual(len(outcomes), 200)
        winners = [answer for answer, _ in outcomes if answer.status == 200]
        for answer, seen in outcomes:
            if answer.status == 200:
                self.assertEqual((answer.json["outcome"], answer.json["revision"]), ("ok", seen + 1))
                continue
            self.assertEqual((answer.status, answer.json["code"]), (412, "revision-conflict"), answer)
            self.assertGreater(answer.json["current_revision"], seen)
            self.assertIn("Count = ", answer.json["diff"])
        self.assertTrue(winners)
        self.assertEqual(get(self.client, "/exaconf").json["Race"]["Count"], str(len(winners)))
        self.assertIn(f"Count = {len(winners)}\n", self.daemon.configuration())

    def test_a_rollback_restores_the_content_byte_for_byte(self):
        before = self.daemon.configuration()
        seen = get(self.root, "/exaconf", Accept="text/plain")
        self.assertEqual(seen.body.decode(), before)
        number = int(seen.headers["confd-revision"])
        changed = patch(
            self.root, {"Global": {"Timezone": "UTC", "AuthenticationToken": "bmV3"}, "Users": {"admin": None}},
            seen.headers["etag"])
        self.assertEqual(changed.json["outcome"], "ok", changed)
        client = self.daemon.rest(user=None, token="bmV3")
        done = client.post(
            "/exaconf/rollback?wait=60s", {"to": number, "reason": "INC-1"}, If_Match=changed.headers["etag"])
        self.assertEqual((done.status, done.json["outcome"], done.json["revision"]), (200, "ok", number + 2), done)
        after = self.daemon.configuration()
        self.assertEqual(unstamped(after), unstamped(before))
        self.assertIn(f"Revision = {number + 2}\n", after)
        self.assertEqual(get(self.root, f"/exaconf/revisions/{number + 2}").json["reason"], "INC-1")

    def test_a_file_that_was_edited_by_hand_stops_changes(self):
        tag = self.tag()
        good = self.daemon.configuration()
        path = self.daemon.root / "etc/EXAConf"
        path.write_text(good.replace("Timezone = ", "Timezone = Asia/"))
        answer = patch(self.client, {"Global": {"IssueTracker": "other"}}, tag)
        self.assertEqual((answer.status, answer.json["code"]), (409, "config-modified-outside"), answer)
        self.assertIn("COMMIT", answer.json["detail"])
        self.assertEqual(get(self.client, "/exaconf").status, 200)
        path.write_text(good)
        until(lambda: patch(self.client, {"Global": {"IssueTracker": "other"}}, tag).status == 200)

    def test_a_caller_below_root_can_send_back_what_he_was_shown(self):
        shown = get(self.client, "/exaconf").json
        for key in ("Revision", "Checksum", "ConfVersion"):
            refused = patch(self.client, {"Global": {key: shown["Global"].pop(key)}}, self.tag())
            self.assertEqual((refused.status, refused.json["errors"][0]["pointer"]), (400, f"/Global/{key}"))
        self.assertEqual(shown["Global"]["AuthenticationToken"], "***")
        before = self.daemon.configuration()
        answer = patch(self.client, shown, self.tag())
        self.assertEqual((answer.status, answer.json["outcome"]), (200, "ok"), answer)
        self.assertNotIn("revision", answer.json)
        self.assertEqual(self.daemon.configuration(), before)

    def test_a_file_of_several_megabytes_can_be_put_and_secrets_are_not_kept(self):
        seen = get(self.root, "/exaconf", Accept="text/plain")
        rows = "".join(f"    Key{number} = {'x' * 1000}\n" for number in range(2000))
        text = seen.body.decode() + "\n[Large]\n    ApiSecret = hidden-word\n" + rows
        headers = {"Content-Type": "text/plain", "If-Match": seen.headers["etag"]}
        done = self.root.request("PUT", "/exaconf?wait=60s", text.encode(), headers)
        self.assertEqual((done.status, done.json["outcome"]), (200, "ok"), done)
        self.assertNotIn(b"hidden-word", done.body)
        self.assertIn("ApiSecret = hidden-word\n", self.daemon.configuration())
        back = self.root.post(
            "/exaconf/rollback?wait=60s", {"to": int(seen.headers["confd-revision"])}, If_Match=done.headers["etag"])
        self.assertEqual(back.json["outcome"], "ok", back)

    def test_secrets_in_a_patch_are_not_kept_with_the_job(self):
        secret = {"Vault": {"ApiSecret": "hidden-word", "Name": "plain-word"}}
        answer = patch(self.root, secret, self.tag())
        self.assertEqual(answer.json["params"]["patch"]["Vault"], {"ApiSecret": "***", "Name": "plain-word"})
        self.assertNotIn(b"hidden-word", answer.body)
        self.assertEqual(get(self.client, "/exaconf").json["Vault"], {"ApiSecret": "***", "Name": "plain-word"})
        self.assertEqual(patch(self.client, {"Vault": None}, self.tag()).status, 200)

    def test_a_condition_holds_across_a_crash(self):
        client, tag = self.client, self.tag()
        first = patch(client, {"Global": {"IssueTracker": "first"}}, tag)
        self.assertEqual(first.status, 200)
        self.daemon.kill()
        self.daemon.start()
        late = patch(self.ada(), {"Global": {"IssueTracker": "late"}}, tag)
        self.assertEqual(late.status, 412, late)
        self.assertIn("IssueTracker = first\n", self.daemon.configuration())


if __name__ == "__main__":
    unittest.main()
