"""Faults at random: processes are held still or killed, and pairs are cut off, for 1 to 20 seconds each."""

import time

from processes import PAIRS


class Fault:
    def __init__(self, kind, pair, seconds):
        self.kind, self.pair, self.seconds = kind, pair, seconds
        self.ends = 0.0

    def __str__(self):
        return f"{self.kind} {self.pair} for {self.seconds:.1f} s"

    def begin(self, cluster):
        self.ends = time.monotonic() + self.seconds
        etcd, member = cluster.etcds[self.pair], cluster.members[self.pair]
        match self.kind:
            case "hold-member":
                member.hold()
            case "hold-etcd":
                etcd.hold()
            case "hold-pair":
                etcd.hold()
                member.hold()
            case "kill-member":
                member.kill()
            case "kill-etcd":
                etcd.kill()
            case "cut":
                cluster.network.cut(self.pair)

    def end(self, cluster):
        etcd, member = cluster.etcds[self.pair], cluster.members[self.pair]
        match self.kind:
            case "kill-member":
                member.start()
            case "kill-etcd":
                etcd.start()
            case "cut":
                cluster.network.join(self.pair)
            case _:
                etcd.let_go()
                member.let_go()


def inflict(cluster, random, seconds, say):
    """Has faults come and go for so long, two at a time at most; then all is well again.

    Returns how many there were of each kind, and what ended by itself."""
    kinds = ["hold-member", "hold-etcd", "kill-member", "kill-etcd"]
    kinds.append("cut" if cluster.network.name == "namespaces" else "hold-pair")
    counts = dict.fromkeys(kinds, 0)
    fallen = []
    present = []
    end = time.monotonic() + seconds
    # In a short run there has to be room for some.
    longest = min(20.0, max(2.0, seconds / 5))
    next_at = time.monotonic() + min(5.0, seconds / 10)
    try:
        while (now := time.monotonic()) < end:
            for fault in [fault for fault in present if fault.ends <= now]:
                present.remove(fault)
                fault.end(cluster)
            killed = {(fault.kind.removeprefix("kill-"), fault.pair) for fault in present if fault.kind.startswith("kill")}
            for kind, group in (("etcd", cluster.etcds), ("member", cluster.members)):
                for pair, process in group.items():
                    if not process.is_running and (kind, pair) not in killed:
                        fallen.append(f"{process.name} ended by itself with {process.process.returncode}")
                        process.start()
            if now >= next_at and len(present) < 2:
                hurt = {fault.pair for fault in present}
                pair = random.choice([pair for pair in PAIRS if pair not in hurt])
                # Most are short, so that there are many.
                fault = Fault(random.choice(kinds), pair, 1 + (longest - 1) * random.random() ** 2)
                say(str(fault))
                counts[fault.kind] += 1
                fault.begin(cluster)
                present.append(fault)
                next_at = now + random.uniform(0.5, 6)
            time.sleep(0.05)
    finally:
        for fault in present:
            fault.end(cluster)
    return counts, fallen
