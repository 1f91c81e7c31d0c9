"""Whether nodes answer as scripts expect, and have the same."""

import datetime
import http.client
import time
import xmlrpc.client

import legacy

BROKEN = (OSError, AssertionError, KeyError, ValueError, http.client.HTTPException, xmlrpc.client.Error)


class Verdict:
    """Prints a line for each thing that was looked at."""

    def __init__(self):
        self.failures = 0

    def line(self, holds, text, found=""):
        self.failures += not holds
        print(f"{'PASS' if holds else 'FAIL'}: {text}" + (f"; found {found}" if not holds else ""), flush=True)
        return holds

    def of(self, text, look):
        """The line of what `look` returns, a pair of a truth and what was found; what it raises fails."""
        try:
            holds, found = look()
        except BROKEN as error:
            return self.line(False, text, f"{type(error).__name__}: {error}")
        return self.line(holds, text, found)


def check(cluster):
    """Prints PASS and FAIL lines; whether there was none of the latter."""
    verdict = Verdict()
    views = [view_of(verdict, node) for node in cluster.nodes]
    masters = {view["master"]["node"] for view in views if view and "master" in view}
    if not verdict.line(len(masters) == 1, "all nodes name one master", masters):
        return False
    master = cluster.node(masters.pop())
    for node in cluster.nodes:
        ask_as_scripts_do(verdict, cluster, node, master)
    compare(verdict, cluster, master)
    return not verdict.failures


def view_of(verdict, node):
    """What a node says of the cluster."""
    view = {}

    def look():
        answer = node.ask("GET", "/cluster")
        view.update(answer.json)
        return answer.status == 200 and view["is_well"] and view["node"] == node.number, answer

    verdict.of(f"{node.name}: GET /cluster says that all is well", look)
    if view:
        print(f"      {node.name}: {view.get('sentence')}, revision {view.get('revision')}")
    return view


def ask_as_scripts_do(verdict, cluster, node, master):
    """By XML-RPC: following a redirect by hand, not following it, and asking /master first."""
    place = f"{node.address}:{node.place[1]}"
    wanted = f"{master.address}:{master.place[1]}"

    def by_hand():
        result, answered = legacy.followed(place, "admin", cluster.password, "job_exec", "node_list")
        return result["result_code"] == 0 and answered == wanted, (answered, result)

    def straight():
        location, result = legacy.redirect(place, "admin", cluster.password, "job_exec", "node_list")
        if node is master:
            return location is None and result["result_code"] == 0, location
        return location is not None and location.startswith(f"https://{wanted}/"), location

    def master_first():
        answer = node.ask("GET", "/master")
        return answer.body.decode() == master.address, answer

    def is_master():
        answer = node.ask("GET", "/is_master")
        return answer.body.decode() == ("true" if node is master else "false"), answer

    verdict.of(f"{node.name}: a script that follows redirects by hand runs its job on {master.name}", by_hand)
    what = "runs its job here" if node is master else f"is sent to {master.name} by 302"
    verdict.of(f"{node.name}: a script that does not follow {what}", straight)
    verdict.of(f"{node.name}: GET /master names {master.name}", master_first)
    verdict.of(f"{node.name}: GET /is_master knows", is_master)


def compare(verdict, cluster, master):
    """Makes a change where it is decided, and looks where it has come to."""
    made = {}

    def change():
        client = legacy.proxy(f"{master.address}:{master.place[1]}", "admin", cluster.password)
        value = 1000 + int(time.time()) % 100_000
        result = client.job_exec(
            "general_settings", {"params": {"changes": {"Global": {"StorageMaxConnections": value}}}})
        made["revision"] = result.get("result_revision")
        return result["result_code"] == 0 and made["revision"] is not None, result

    if not verdict.of(f"{master.name}: a change is committed", change):
        return
    revision, files = made["revision"], {}
    for node in cluster.nodes:
        files[node.name] = file_with(node, revision)
    verdict.line(
        all(files.values()), f"every EXAConf has revision {revision} within 30 s",
        [name for name, text in files.items() if not text])
    sizes = {name: len(text or b"") for name, text in files.items()}
    verdict.line(len(set(files.values())) == 1, f"the {len(files)} files EXAConf are equal, byte for byte", sizes)
    verdict.of(f"every node has acknowledged revision {revision}", lambda: acknowledged(cluster, master, revision))


def file_with(node, revision, seconds=30):
    """The bytes of a node's EXAConf once it has a revision; None when it does not get it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = (node.root / "etc/EXAConf").read_bytes()
        if f"Revision = {revision}\n".encode() in text:
            return text
        time.sleep(0.05)
    return None


def acknowledged(cluster, master, revision, seconds=30):
    """Whether all nodes have confirmed a revision; each is printed with how long it took."""
    end, names = time.monotonic() + seconds, {node.number for node in cluster.nodes}
    while True:
        answer = master.ask("GET", f"/exaconf/revisions/{revision}")
        words = {word["node"]: word for word in answer.json["acks"]}
        has_all = {number for number, word in words.items() if word["state"] == "acknowledged"} == names
        if has_all or time.monotonic() > end:
            break
        time.sleep(0.1)
    decided = moment(answer.json["time"])
    for number, word in sorted(words.items()):
        after = f", {(moment(word['acked_at']) - decided).total_seconds() * 1000:.0f} ms after it was decided" if (
            "acked_at" in word) else ""
        print(f"      n{number}: {word['state']} {word.get('acked_at', '')}{after}")
    return has_all, answer


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
