"""A disk of a node of a cluster is full to its last byte: that of its etcd, or that of its store."""

import base64
import contextlib
import ctypes
import os
import pathlib
import subprocess
import tempfile
import time

from .base import NotRun, Row, ShortFall
from .cluster_links import deciders

CLONE_NEWNS = 0x20000


def enter_namespace():
    """What this process mounts from now on only it and its children see, and ends with them."""
    if os.geteuid():
        raise NotRun("only root makes a file system")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        raise NotRun(f"mount namespaces are not allowed here: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class SmallDisk:
    """A small file system in the place of a folder of a node, which does not run; with what was there."""

    def __init__(self, folder, size):
        self.root, status = pathlib.Path(folder), os.stat(folder)
        with tempfile.TemporaryDirectory() as kept:
            subprocess.run(["cp", "-a", f"{folder}/.", kept], check=True)
            options = f"size={size},mode={status.st_mode & 0o7777:o},uid={status.st_uid},gid={status.st_gid}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "small", folder], check=True)
            subprocess.run(["cp", "-a", f"{kept}/.", folder], check=True)

    def free(self):
        system = os.statvfs(self.root)
        return system.f_bavail * system.f_frsize

    @contextlib.contextmanager
    def filled(self):
        """It is full, and whatever becomes free is taken at once."""
        from . import scene
        from full_disk import Filler
        filler = Filler(self)
        filler.start()
        try:
            scene.until(filler.is_full, 60)
            yield
        finally:
            filler.make_room()


class OnSmallDisk(Row):
    """One node of three, which does not decide at first, has a folder on a small disk."""

    FOLDER, SIZE = "spool/jobs", "600m"
    seconds = 110

    def run(self, say):
        enter_namespace()
        from . import scene
        from cluster_host import Writer, end_etcd
        # Who is told that there is no room asks again, and elsewhere.
        Writer.AGAIN = (*Writer.AGAIN, 507)
        with scene.cluster(say) as made:
            master = made.await_calm()
            node = next(node for node in made.nodes if node is not master)
            scene.require(node.stop() == 0, "it did not stop in order")
            end_etcd(node.root)
            disk = SmallDisk(node.root / self.FOLDER, self.SIZE)
            node.start()
            made.await_calm()
            say(f"{self.FOLDER} of node {node.number} is on a disk of {self.SIZE}")
            return self.live(made, node, disk, say)


class MasterFull(OnSmallDisk):
    name = "disk-full-of-the-master"
    happens = "The disk with the store of the node that decides is full for 40 s, whatever it frees being taken at once."
    holds = (
        "Changes are 507 `out-of-space` or 503 until another node decides, or there is room: they are taken again by 60 s at "
        "the latest, and nothing that was acknowledged is lost. With room the node is as it was.")

    def live(self, made, node, disk, say):
        from . import scene
        from cluster_host import Writers
        made.master().rest().ok("master_change", nids=[node.number])
        scene.require(made.await_calm() is node, "it does not decide")
        with Writers(made) as writers:
            with disk.filled():
                began = time.monotonic()
                say(f"it is full, and node {node.number} decides")
                scene.until(lambda: time.monotonic() - began > 40, 50, pause=0.5)
                decides = deciders(made)
                meanwhile = len([at for _, at in writers.taken.values() if at > began + 1])
                say(f"after 40 s: {decides} decide, {meanwhile} changes taken; node {node.number}: {node.view()['sentence']}")
            say("there is room")
            made.await_calm(90)
            scene.go_on(writers)
            pause = scene.longest_pause(writers, began)
        scene.nothing_was_lost(made, writers)
        scene.within(pause, 60, "the longest time without changes")
        return f"changes paused for {pause:.1f} s, {meanwhile} were taken while it was full"


class FollowerFull(OnSmallDisk):
    name = "disk-full-of-a-follower"
    happens = "The disk with the store of a node that does not decide is full for 30 s, whatever it frees being taken at once."
    holds = (
        "Changes are taken all the time. The node is not ready and says why once it cannot apply what was decided; with room it "
        "catches up, and nothing that was acknowledged is lost.")

    def live(self, made, node, disk, say):
        from . import scene
        from cluster_host import Writers
        master = made.master()
        with Writers(made) as writers:
            with disk.filled():
                began = time.monotonic()
                say("it is full")
                scene.until(lambda: node.number not in scene.well(master.view()), 60, pause=0.2)
                took = time.monotonic() - began
                answer = node.local("GET", "/readyz?verbose")
                say(f"after {took:.1f} s it is not ready: {answer.body.decode()}")
                scene.until(lambda: time.monotonic() - began > 30, 40, pause=0.5)
            say("there is room")
            pause = scene.longest_pause(writers, began)
            made.await_calm(90)
            scene.go_on(writers)
        scene.nothing_was_lost(made, writers)
        scene.within(pause, 5, "the longest time without changes")
        return f"not ready after {took:.1f} s, changes paused for {pause:.1f} s"


class EtcdFull(OnSmallDisk):
    name = "disk-full-of-an-etcd"
    happens = "The disk with the etcd of a node with a vote is full while the log grows, until that etcd ends."
    holds = (
        "Two others go on. The node says that its etcd ended, as there is no room, and starts it again once there is.")
    FOLDER, SIZE = "etcd", "250m"

    def live(self, made, node, disk, say):
        from . import scene
        from cluster_host import Writers
        master = made.master()

        def ask(path, body):
            return scene.ask_etcd(made, master, path, body)

        def key(text):
            return base64.b64encode(text.encode()).decode()
        with Writers(made) as writers:
            with disk.filled():
                began, former = time.monotonic(), scene.etcd_of(node.root)
                say("it is full")
                for number in range(400):
                    if not former.is_there:
                        break
                    ask("/v3/kv/put", {"key": key(f"chaos/{number}"), "value": base64.b64encode(os.urandom(400_000)).decode()})
                if former.is_there:
                    raise ShortFall("its etcd does not end")
                say(f"its etcd has ended, behind {number} values of 400 kB")
                said = {}

                def is_said():
                    said["text"] = node.local("GET", "/readyz?verbose").body.decode()
                    return "no room" in said["text"]
                scene.until(is_said, 60)
                say(next(line for line in said["text"].splitlines() if "no room" in line))
                scene.go_on(writers)
            ask("/v3/kv/deleterange", {"key": key("chaos/"), "range_end": key("chaos0")})
            say("there is room")
            pause = scene.longest_pause(writers, began)
            made.await_calm(90)
            scene.go_on(writers)
        scene.nothing_was_lost(made, writers)
        scene.within(pause, 6, "the longest time without changes")
        return f"changes paused for {pause:.1f} s"
