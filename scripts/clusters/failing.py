"""How long a cluster takes no jobs when the node that decides is lost, and when it hands over."""

import http.client
import statistics
import time

from nodes import Failure, say

# What a loss may take beyond the lease, and what handing over may take.
BEYOND_LEASE = 3.0
HAND_OVER = 0.5
USUAL_LEASE = 10


def is_taken(node, timeout=2):
    """Whether a node takes a job itself now."""
    try:
        return node.ask("POST", "/jobs", {"type": "node_list"}, timeout).status in (200, 202)
    except (OSError, http.client.HTTPException):
        return False


def first_taken(nodes, began, seconds=60):
    """Seconds from a moment until one of the nodes takes a job."""
    while time.monotonic() - began < seconds:
        for node in nodes:
            if is_taken(node):
                return time.monotonic() - began
        time.sleep(0.01)
    raise Failure(f"nobody takes a job {seconds} s after")


def lose_master(cluster):
    """Seconds without anybody who takes jobs, after the node that decides was lost; it is back on return."""
    lost = cluster.node(cluster.await_calm())
    began = time.monotonic()
    lost.lose()
    took = first_taken([node for node in cluster.nodes if node is not lost], began)
    lost.await_ready(lost.start())
    return took


def hand_over(cluster):
    """Seconds from asking for another master until that one takes jobs."""
    master = cluster.await_calm()
    numbers = [node.number for node in cluster.nodes]
    heir = cluster.node(numbers[(numbers.index(master) + 1) % len(numbers)])
    began = time.monotonic()
    answer = cluster.node(master).ask("POST", "/jobs", {"type": "master_change", "params": {"nids": [heir.number]}})
    if answer.status not in (200, 202):
        raise Failure(f"master_change: {answer}")
    took = first_taken([heir], began)
    job = heir.ask("GET", f"/jobs/{answer.json['job_id']}?wait=30s").json
    if job.get("outcome") != "ok":
        raise Failure(f"master_change: {job}")
    return took


def measure(name, count, limit, once):
    """Does something so many times and prints how long it took; what falls short, None when nothing does."""
    times = []
    for number in range(count):
        times.append(once())
        say(f"{name} {number + 1} of {count}: {times[-1]:.2f} s")
    if not times:
        return None
    longest = max(times)
    say(f"{name}: p50 {statistics.median(times):.2f} s, maximum {longest:.2f} s ({count} times, at most {limit:g} s)")
    return f"{name} took {longest:.2f} s, not {limit:g} s" if longest > limit else None


def failover(cluster, times, changes, lease):
    """Whether all of it was quick enough; prints PASS or what falls short."""
    short = [
        measure("node lost", times, (lease or USUAL_LEASE) + BEYOND_LEASE, lambda: lose_master(cluster)),
        measure("master_change", changes, HAND_OVER, lambda: hand_over(cluster))]
    short = [text for text in short if text]
    say("cluster failover: " + "; ".join(short) if short else "PASS")
    return not short
