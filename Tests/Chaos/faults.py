"""Faults at random: processes are held still or killed, and cut off, for 1 to 20 seconds each; an etcd for longer when asked for."""

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
                cluster.network.cut(self.pair, "etcd", "member")
            case "cut-etcd":
                cluster.network.cut(self.pair, "etcd")

    def end(self, cluster):
        etcd, member = cluster.etcds[self.pair], cluster.members[self.pair]
        match self.kind:
            case "kill-member":
                member.start()
            case "kill-etcd":
                etcd.start()
            case "cut":
                cluster.network.join(self.pair, "etcd", "member")
            case "cut-etcd":
                cluster.network.join(self.pair, "etcd")
            case _:
                etcd.let_go()
                member.let_go()


def inflict(cluster, random, seconds, longest_cut, say):
    """Has faults come and go for so long, two at a time at most; then all is well again.

    An etcd is cut off for longest_cut seconds unless that is 0, and again when as much time has passed.
    Returns how many faults there were of each kind, and what ended by itself."""
    has_links = cluster.network.name == "namespaces"
    kinds = ["hold-member", "hold-etcd", "kill-member", "kill-etcd", *(["cut", "cut-etcd"] if has_links else ["hold-pair"])]
    counts = dict.fromkeys(kinds, 0)
    fallen = []
    present = []
    end = time.monotonic() + seconds
    # In a short run there has to be room for some.
    longest = min(20.0, max(2.0, seconds / 5))
    next_at = time.monotonic() + min(5.0, seconds / 10)
    cut_at = next_at if longest_cut else end

    def begin(kind, lasts):
        hurt = {fault.pair for fault in present}
        fault = Fault(kind, random.choice([pair for pair in PAIRS if pair not in hurt]), lasts)
        say(str(fault))
        fault.begin(cluster)
        present.append(fault)

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
            if len(present) < 2 and cut_at <= now <= end - longest_cut:
                begin("cut-etcd" if has_links else "hold-etcd", longest_cut)
                name = long_cut(longest_cut)
                counts[name] = counts.get(name, 0) + 1
                cut_at = now + 2 * longest_cut
            elif len(present) < 2 and now >= next_at:
                kind = random.choice(kinds)
                counts[kind] += 1
                # Most are short, so that there are many.
                begin(kind, 1 + (longest - 1) * random.random() ** 2)
                next_at = now + random.uniform(0.5, 6)
            time.sleep(0.05)
    finally:
        for fault in present:
            fault.end(cluster)
    return counts, fallen


def long_cut(seconds):
    """What an etcd that was cut off for so long is counted as."""
    return f"etcd cut off for {seconds:g} s"
