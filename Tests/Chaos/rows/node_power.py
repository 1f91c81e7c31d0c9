"""Power that is lost at any write of a node: the tree is built as the disk had it then, and a daemon is started on it."""

import json
import os
import pathlib
import random
import shutil
import tempfile

from .base import NotRun, ShortFall
from .repeated import Repeated


class LostPower(Repeated):
    name = "node-lost-power"
    happens = (
        "A node loses its power at any write, flush or rename from its first start on. What was not flushed is lost, torn in "
        "the middle, there in part, or there.")
    holds = (
        "It starts again, and has each job that was acknowledged, with the end that was told; each revision has the content it "
        "had; EXAConf is whole; no job is stuck; the audit log is whole; the next change has a new number.")
    seconds = 30
    is_short = True
    times = 20

    def run(self, say):
        import disk
        import node
        import power
        if reason := disk.lacking():
            raise NotRun(reason)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="confd-power-"))
        seed = int(os.environ.get("CONFD_TEST_SEED", random.randrange(1 << 32)))
        chance = random.Random(seed)
        with node.Node() as daemon:
            daemon.disk = disk.Disk(folder, has_trace=True)
            daemon.disk.trace.touch()
            daemon.start()
            rest, told = node.client(daemon), Marking(lambda text: power.mark(daemon.disk.trace, text))
            for _ in range(2):
                for _ in told.mixture(rest):
                    told.note_newest(rest)
            daemon.stop()
            root = daemon.root
            rights, taken = power.rights(root), power.steps(daemon.disk.trace, root)
        moments = self.moments(power, taken)
        chosen = sorted(chance.sample(moments, min(self.count, len(moments))))
        say(f"{len(told.jobs)} jobs of a node make {len(moments)} steps on its disk; seed {seed} (CONFD_TEST_SEED)")
        say(f"the power is lost behind {len(chosen)} of them")
        lost = {way: 0 for way in power.WAYS}
        tree, done, known = power.Tree(), 0, node.Told()
        for moment in chosen:
            while done <= moment:
                step = taken[done]
                if step.kind == "A":
                    take_mark(known, json.loads(step.data))
                else:
                    tree.apply(step)
                done += 1
            # Each way at a moment of its own where they are few.
            ways = power.WAYS if len(chosen) == len(moments) else [chance.choice(power.WAYS)]
            for way in ways:
                lost[way] += 1
                wrong = self.start_again(node, root, tree, way, chance, rights, known)
                if wrong:
                    raise ShortFall(
                        f"power lost behind step {moment} ({taken[moment].kind} {taken[moment].path}), {way} is left, seed {seed}: "
                        + "; ".join(wrong[:5]))
        shutil.rmtree(folder)
        return f"{sum(lost.values())} losses of power ({', '.join(f'{count} {way}' for way, count in lost.items())})"

    @staticmethod
    def moments(power, taken):
        """Behind which of the steps the power may be lost: all that lead to something that is kept."""
        return [number for number, step in enumerate(taken) if step.kind != "A" and not power.is_ignored(step.path)]

    @staticmethod
    def start_again(node, root, tree, way, chance, rights, known):
        with node.Node() as daemon:
            # What a job notes down for its undo names the place where it was.
            daemon.root.rename(root)
            daemon.root = root
            tree.leave(daemon.root, way, chance, rights)
            try:
                daemon.start()
            except AssertionError as error:
                return [f"it does not start: {error}"]
            told = node.Told()
            told.jobs, told.revisions = dict(known.jobs), dict(known.revisions)
            newest = max(told.revisions, default=0)
            wrong = node.judge(daemon, told)
            if not wrong:
                told.numbers = iter([9000])
                job = told.group(node.client(daemon))
                if not job or job["outcome"] != "ok" or job["revision"] <= newest:
                    wrong = [f"the next change is {job}"]
            return wrong


def marking():
    import node

    class MarkingTold(node.Told):
        """Writes down in the record of the steps what was told, when it was told."""

        def __init__(self, mark):
            super().__init__()
            self.mark = mark

        def note(self, record):
            super().note(record)
            if record.get("job_id"):
                self.mark(json.dumps({"job": record["job_id"], "end": node.ended(record)}))

        def note_newest(self, rest):
            newest = next(node.pages(rest, "/exaconf/revisions?limit=1"))["revision"]
            text = rest.get(f"/exaconf/revisions/{newest}", Accept="text/plain").body
            self.revisions[newest] = node.digest(text)
            self.mark(json.dumps({"revision": newest, "digest": self.revisions[newest]}))

    return MarkingTold


def Marking(mark):
    return marking()(mark)


def take_mark(known, said):
    if "job" in said:
        if said["end"] is not None or said["job"] not in known.jobs:
            known.jobs[said["job"]] = said["end"]
    else:
        known.revisions[said["revision"]] = said["digest"]
