"""Asks a daemon that was built with the recipes of CONTRIBUTING.md for each thing they add."""

import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(FOLDER / "Integration"), str(FOLDER / "Browser")]

from daemon import PROGRAM
from visit import Visit, serve


def added(daemon):
    """Each thing a recipe adds, and whether it is there."""
    rest = daemon.rest()
    job = rest.job("group_members", groupname="exausers")
    listed = rest.get("/jobs?limit=1&sort=-submitted_at").json["items"][0]
    document = rest.get("/openapi.json").json
    yield "job: group_members", job["outcome"] == "ok"
    yield "command and its job: node_uptime", rest.job("node_uptime")["result"]["result_output"] > 0
    yield "resource: /roles", "exaadm" in rest.get("/roles").json["items"]
    yield "view: /plugins", rest.get("/plugins").json == {"items": []}
    yield "reconciler: cluster_name", "cluster_name" in rest.get("/readyz?verbose").body.decode()
    yield "setting: http.greeting", "http.greeting: Welcome" in daemon.run("settings").stdout
    yield "member in REST", "commands" in job.get("cost", {})
    yield "member in the list", "cost" in listed
    yield "member in OpenAPI", "cost" in document["components"]["schemas"]["Job"]["properties"]
    yield "member in XML-RPC", "cost" in daemon.rpc().job_info({"job_id": job["job_id"]})
    text = subprocess.run(
        [PROGRAM, "job-file", "--root", daemon.root, job["job_id"]], capture_output=True, text=True).stdout
    yield "member in the job file", "Cost" in text
    with Visit(daemon) as visit:
        visit.log_in()
        visit.go(f"#/jobs/{job['job_id']}", "group_members")
        visit.until_text("Cost", "aside")
        yield "member on the page", True


def main():
    daemon = serve()
    daemon.start()
    try:
        missing = [name for name, is_there in added(daemon) if not is_there]
    finally:
        daemon.__exit__()
    for name in missing:
        print(f"missing: {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
