"""Fills the store of a daemon that is stopped with many jobs, as they would stand there after months."""

import json
import random
import sqlite3
import time

TYPES = [("db_info", "read"), ("db_list", "read"), ("node_list", "read"), ("db_start", "read"), ("db_stop", "read"),
         ("st_volume_info", "read"), ("db_backup_start", "modify"), ("user_modify", "modify"), ("db_configure", "modify")]
REASONS = [None, None, "nightly", "ticket 4711", "capacity of the quarter"]


def fill(root, count, seed=7):
    """Adds `count` ended jobs, one every 20 s up to now; one in forty failed. Returns the id of a job that failed."""
    chance = random.Random(seed)
    store = sqlite3.connect(root / "spool/jobs/store.sqlite")
    node, first = 11, store.execute("SELECT coalesce(max(number), 0) + 1 FROM jobs").fetchone()[0]
    begin = int(time.time() * 1000) - count * 20_000
    failed = None
    with store:
        for number in range(first, first + count):
            row, text, is_failed = _job(chance, node, number, begin + (number - first) * 20_000)
            store.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            store.execute("INSERT INTO job_index VALUES (?, ?, ?)", (number, number, text))
            failed = f"{node}.{number}" if is_failed else failed
        store.execute("UPDATE counters SET value = max(value, ?) WHERE name = 'job'", (first + count,))
    store.close()
    return failed


def _job(chance, node, number, at):
    kind, mode = chance.choice(TYPES)
    is_failed = chance.random() < 0.025
    took = int(chance.lognormvariate(5, 1.6))
    user, reason = chance.choice(["admin", "jane", "backup", "scheduler"]), chance.choice(REASONS)
    params = {"db_name": f"DB{chance.randrange(1, 9)}"} if kind.startswith("db_") and kind != "db_list" else {}
    result = {"result_code": 0, "result_desc": "Success", "result_name": "OK"}
    if is_failed:
        result = {"result_code": 1, "result_desc": "JobError: ERROR::ConfD: node 12 does not answer.",
                  "result_name": "Exception"}
    outcome = "failed" if is_failed else "ok"
    record = {
        "job_id": f"{node}.{number}", "type": kind, "mode": mode, "params": params, "priority": "normal",
        "stage": "finished", "outcome": outcome, "ended_at": at + took + 2, "result": result,
        "requester": {"name": user, "user_id": 1000, "roles": [], "group_ids": []},
        "request": {"dialect": "rest", "address": "192.0.2.7", "method": "POST", "path": "/jobs", "request_id": "r",
                    "headers": {}, "body": None, "tls": "TLSv1.3"},
        "times": {"submitted": at, "scheduled": at + 1, "executed": at + 2, "finished": at + took + 2},
        "scheduling": {"volatile": False, "waits": False},
    }
    if is_failed:
        record["error_code"] = "job-failed"
    if reason:
        record["intent"] = reason
    row = (number, node, kind, mode, user, at, "finished", outcome, 1, None, None, None, json.dumps(record).encode())
    text = " ".join([f"{node}.{number}", kind, user, *filter(None, [reason]), *params.values()])
    return row, text, is_failed
