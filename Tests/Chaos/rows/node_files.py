"""Files of a node that are broken or lost."""

import shutil
import sqlite3

from .base import Row, ShortFall, Tested
from .node_disk import Errors


class BrokenConfiguration(Tested):
    name = "node-broken-exaconf"
    happens = "EXAConf cannot be read, is a template, or was edited by hand, at a start and while the daemon runs."
    holds = (
        "Before the first revision the start ends with 65 and names each line at fault; later the revision in force goes on, changes "
        "are declined with `config-modified-outside` and what to do, and the file is left as it is.")
    seconds = 15
    tests = (
        "test_start.Start.test_a_broken_file_stops_the_start_names_line_and_cure_and_stays_as_it_is",
        "test_start.Start.test_the_text_of_a_broken_start",
        "test_start.Start.test_an_edit_by_hand_is_refused_unless_it_is_marked",
        "test_start.TakeOver.test_a_template_names_all_it_lacks_in_start_and_check",
        "test_start.TakeOver.test_a_broken_edit_names_all_it_lacks",
        "test_exaconf.Changes.test_a_file_that_was_edited_by_hand_stops_changes")


class LostConfiguration(Tested):
    name = "node-lost-exaconf"
    happens = "EXAConf is removed while the daemon is stopped."
    holds = "It is written again from the store, to the byte."
    seconds = 5
    tests = ("test_start.Start.test_a_lost_file_is_restored_from_the_history",)


class TornConfiguration(Row):
    name = "node-torn-exaconf"
    happens = "EXAConf of a node that has revisions is cut at any place, emptied, or full of zeroes when it starts."
    holds = (
        "It starts with the last good revision; the file is left, changes are declined with what to do. Once the file is moved away "
        "the revision in force is there, and changes are taken.")
    seconds = 20

    def run(self, say):
        import node
        from daemon import until
        with node.Node() as daemon:
            daemon.start()
            told = node.Told()
            for _ in told.mixture(node.client(daemon)):
                pass
            node.judge(daemon, told)
            path = daemon.root / "etc/EXAConf"
            whole = path.read_bytes()
            admin = lambda: daemon.rest(token=token)
            token = client_token(daemon)
            contents = [b"", bytes(len(whole)), *(whole[:len(whole) * part // 7] for part in range(1, 7)), whole + whole[:100]]
            say(f"{len(contents)} contents of EXAConf that are none")
            for number, content in enumerate(contents):
                daemon.kill()
                path.write_bytes(content)
                daemon.start()
                answer = admin().post("/jobs?wait=30s", {
                    "type": "group_create", "params": {"groupid": 4000 + number, "groupname": f"g{number}"}})
                code = answer.json.get("error_code") or answer.json.get("code")
                if answer.json.get("outcome") != "declined" or code != "config-modified-outside":
                    raise ShortFall(f"content {number}: a change is answered {answer}")
                if path.read_bytes() != content:
                    raise ShortFall(f"content {number}: the file was replaced")
                path.rename(path.with_name("EXAConf.mine"))
                until(path.exists)
                if path.read_bytes() != whole:
                    raise ShortFall(f"content {number}: what is written again is not the revision in force")
                Errors.hold(node, daemon, told, None, 0, f"content {number}")
            job = told.group(node.client(daemon))
            if not job or job["outcome"] != "ok":
                raise ShortFall(f"a change at the end is {job}")
        return f"{len(contents)} contents"


def client_token(daemon):
    from load import root_token
    return root_token(daemon)


class LostStore(Row):
    name = "node-lost-store"
    happens = "The job store of a node is removed, empty, cut, no database, or damaged in the middle."
    holds = (
        "Removed or empty: it starts with the EXAConf it finds, as a revision with that number, and an empty history. Otherwise it ends "
        "with 74 and a line that names file and cure, or starts and finds the damage; the cure works.")
    seconds = 20

    def run(self, say):
        import node
        with node.Node() as daemon:
            daemon.start()
            told = node.Told()
            for _ in range(2):
                for _ in told.mixture(node.client(daemon)):
                    pass
            node.judge(daemon, told)
            daemon.stop()
            store, kept = daemon.root / "spool/jobs", daemon.root / "kept"
            merged(store)
            shutil.copytree(store, kept)
            before = (daemon.root / "etc/EXAConf").read_bytes()
            newest = max(told.revisions)
            size = (store / "store.sqlite").stat().st_size
            content = (store / "store.sqlite").read_bytes()
            damages = {
                "cut in half": content[:size // 2], "no database": b"A" * size, "zeroes": bytes(size),
                "first page gone": bytes(4096) + content[4096:],
                "half of it overwritten": content[:size // 2] + b"Z" * (size - size // 2), "another page size": content[:1000]}
            for name, damage in damages.items():
                say(f"store: {name}")
                (store / "store.sqlite").write_bytes(damage)
                self.look(node, daemon, name, store)
                shutil.rmtree(store)
                shutil.copytree(kept, store)
                if (daemon.root / "etc/EXAConf").read_bytes() != before:
                    raise ShortFall(f"{name}: EXAConf was changed")
            daemon.start()
            Errors.hold(node, daemon, told, None, 0, "the store of before")
            for name in ("removed", "empty"):
                say(f"store: {name}")
                daemon.stop()
                shutil.rmtree(store)
                if name == "empty":
                    store.mkdir(mode=0o700)
                daemon.start()
                if (daemon.root / "etc/EXAConf").read_bytes() != before:
                    raise ShortFall(f"{name}: EXAConf was changed")
                fresh = node.Told()
                fresh.revisions[newest] = told.revisions[newest]
                fresh.numbers = iter(range(8000 + 10 * len(name), 9000))
                job = fresh.group(node.client(daemon))
                if not job or job["outcome"] != "ok" or job["revision"] != newest + 1:
                    raise ShortFall(f"{name}: the next change is {job}")
                Errors.hold(node, daemon, fresh, None, 0, f"the store is {name}")
                newest, before = job["revision"], (daemon.root / "etc/EXAConf").read_bytes()
                told.revisions[newest] = fresh.revisions[newest]
        return f"{len(damages)} damages, removed, empty"

    @staticmethod
    def look(node, daemon, name, store):
        daemon.launch()
        try:
            daemon.await_ready(30)
        except AssertionError:
            code = daemon.ended_with(1)
            last = daemon.last_line()
            if code != 74 or str(store) not in last or "move" not in last:
                raise ShortFall(f"{name}: it ends with {code}: {last}") from None
            return
        # Small tables are whole, and the start is quick: what is wrong with the rest is found behind it.
        answer = node.client(daemon).get("/jobs?limit=200")
        daemon.kill()
        if answer.status not in (200, 500, 503):
            raise ShortFall(f"{name}: it starts, and answers {answer}")
        if "damaged" not in daemon.log_text() and "malformed" not in daemon.log_text():
            raise ShortFall(f"{name}: it starts and says nothing of it; /jobs is answered {answer.status}")


def merged(store):
    """Has everything of the store in its one file."""
    with sqlite3.connect(store / "store.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class LostCertificate(Tested):
    name = "node-lost-certificate"
    happens = "Certificate or key of a node are lost, damaged or of another pair, at a start and while it runs."
    holds = (
        "The identity that was used last serves, which log, `/readyz?verbose` and `confd check` say; without any the start ends with 65 "
        "and names the file and the cure. A key that somebody put there is never replaced.")
    seconds = 20
    tests = (
        "test_certificates.AStartWithUnusableFiles.test_the_identity_that_was_used_last_serves_and_that_is_said",
        "test_certificates.AStartWithUnusableFiles.test_without_any_it_says_which_file_and_ends",
        "test_certificates.AStartWithUnusableFiles.test_a_key_somebody_put_there_is_never_replaced",
        "test_tls.Certificates.test_a_signal_reads_replaced_files_and_refuses_what_cannot_be_used")
