"""A cluster with one of everything, and requests that use every operation there is.

What is asked is compared with the document; `Everything.comparison` has what was found and how much was seen.
"""

import re

from daemon import PASSWORD, free_port, until
from described import Comparison
from test_backup import HOST_KEY, BackupHost
from test_events import Stream
from test_samples import LICENSE_TEXT

PROVIDER = "#!/bin/sh\ncat >/dev/null\necho '{\"done\": true}'\n"
HOLDER = "#!/bin/sh\nwhile [ ! -e {root}/go ]; do sleep 0.1; done\necho null\n"
ARCHIVE = {"backup_volume_name": "Vault", "level": 0}


def executable(path, text):
    path.write_text(text)
    path.chmod(0o755)
    return path


class Everything(BackupHost):
    """A daemon whose answers are compared; `ask` is the way to all of them."""

    def __init__(self):
        super().__init__()
        for setting in ("CONFD_PROVIDER_PATH", "CONFD_MONITORING_PATH"):
            self.environment[setting] = str(executable(self.root / setting.lower(), PROVIDER))
        folder = self.root / "jobs.d/hold_all"
        folder.mkdir(parents=True, mode=0o755)
        (folder / "job.yaml").write_text(
            "summary: Holds what others want.\nmode: read\n"
            "locks: [{key: 'db:BASE'}, {key: storage}, {key: conf}]\n")
        executable(folder / "run", HOLDER.format(root=self.root))

    def start(self, deadline=60):
        super().start(deadline)
        self.client = self.rest()
        self.comparison = Comparison(self.rest(None).get("/openapi.json").json)
        return self

    # Asking

    def ask(self, method, path, body=None, client=None, **headers):
        """An answer, compared."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = (client or self.client).request(method, path, body, headers)
        self.comparison.answer(method, path, answer)
        return answer

    def do(self, method, path, body=None, status=(200,), **headers):
        """An answer to a change that has to go well, with its job at the end."""
        if not path.startswith(("/tokens", "/sessions", "/queue", "/lockouts")):
            path += ("&" if "?" in path else "?") + "wait=120s"
        answer = self.ask(method, path, body, **headers)
        assert answer.status in status, (method, path, answer)
        if answer.body and "outcome" in answer.json:
            assert answer.json["outcome"] == "ok", (method, path, answer.json)
        return answer

    def run_job(self, name, /, **params):
        """The output of a job that has to go well."""
        return self.do("POST", f"/job-types/{name}/jobs", {"params": params}).json["result"].get("result_output")

    # One of everything

    def make(self):
        """The things; each is made by the operation that is there for it."""
        self.do("POST", "/groups", {"groupname": "team", "groupid": 3000})
        self.do("POST", "/users", self.user("ann", 3001))
        self.do("PATCH", "/users/ann", {"additional_groups": ["exausers"]})
        self.do("POST", "/users/ann/set-password", {"password": PASSWORD})
        self.do("POST", "/nodes", {"priv_net": "10.10.10.12/24", "nid": 12, "pub_net": "192.0.2.12/24"})
        volume = {"type": "data", "size": "1 GiB", "disk": "disk1", "nodes": [11], "redundancy": 1}
        self.do("POST", "/volumes", volume | {"name": "Heap"})
        self.do("POST", "/volumes", volume | {"name": "Vault", "type": "archive"})
        base = self.database("BASE", "Heap", free_port())
        made = self.do("POST", "/databases", base).json["result"]["result_output"]
        self.sql_port, self.password = base["port"], made["password"]
        self.do("POST", "/databases/BASE/start", {})
        self.do("POST", "/databases/BASE/backup-schedules", {"backup_name": "tide", "enabled": True, **ARCHIVE})
        self.do("PATCH", "/databases/BASE/backup-schedules/tide", {"enabled": False})
        self.do("POST", "/databases/BASE/backups", {"expire": "1w", **ARCHIVE})
        self.follow_backup()
        until(lambda: self.client.get("/backups?database=BASE").json["items"], 60)
        self.backup = self.client.get("/backups?database=BASE").json["items"][0]["id"]
        self.do("POST", "/remote-volumes", {
            "remote_volume_name": "pier", "url": f"ftp://127.0.0.1:{free_port()}/b", "vol_type": "ftp",
            "owner": [500, 500], "username": "u", "password": "p", "labels": ["wet"], "options": ["noverifypeer"]})
        self.do("POST", "/remote-volumes", {
            "remote_volume_name": "hull", "url": f"sftp://127.0.0.1:{free_port()}/b", "vol_type": "sftp",
            "owner": [500, 500], "username": "u", "password": "p", "host_key": HOST_KEY})
        self.do("PATCH", "/remote-volumes/hull", {"host_key": HOST_KEY})
        self.do("POST", "/object-volumes", {
            "name": "cloud", "vol_type": "s3", "bucket": "b", "region": "eu-central-1", "credentials": "IAM"})
        self.do("POST", "/bucketfs", {
            "bucketfs_name": "bfs2", "http_port": 0, "https_port": free_port(), "owner": [500, 500]})
        self.do("PATCH", "/bucketfs/bfs2", {"sync_period": "40000"})
        self.do("POST", "/bucketfs/bfs2/buckets", {
            "bucket_name": "models", "public": False, "read_password": "cHc=", "write_password": "cHc="})
        self.do("PATCH", "/bucketfs/bfs2/buckets/models", {"public": True, "additional_files": ["a:/exa/etc/*"]})
        self.do("PUT", "/license", {"license": LICENSE_TEXT})
        self.do("PATCH", "/settings", {"changes": {"Global": {"NameServers": "192.0.2.53"}}})
        self.do("PUT", "/certificate", self.pair())
        self.answered = self.do("POST", "/certificate/request", {"common_name": "n11.example"}).json["job_id"]
        self.do("POST", "/certificate/renew", {})
        (self.root / "plugins").mkdir()
        (self.root / "plugins/p1").write_text("content")
        self.run_job("plugin_add", plugin_name="p1")
        self.edit()
        self.sign_in()
        self.queue()
        self.keep_out()

    def user(self, name, number):
        return {"username": name, "userid": number, "group": "team", "login_enabled": True, "password": "another word",
                "authorized_keys": ["ssh-ed25519 AAAA ann"]}

    def pair(self):
        """The certificate there is, as a new one."""
        folder = self.root / "etc/ssl"
        return {"cert": (folder / "ssl.crt").read_text(), "key": (folder / "ssl.key").read_text()}

    def edit(self):
        """Revisions by every way there is, by hand among them."""
        seen = self.client.get("/exaconf", Accept="text/plain")
        text = seen.body.decode()
        self.ask("POST", "/exaconf/validate", {"Global": {"Timezone": "nowhere"}})
        self.ask("POST", "/exaconf/validate", b"[Global]\nKey", Content_Type="text/plain")
        self.do("PATCH", "/exaconf", {"Global": {"SearchDomains": "a.example"}}, Content_Type="application/merge-patch+json",
                If_Match=seen.headers["etag"])
        self.ask("PATCH", "/exaconf", {"Global": {"SearchDomains": "b.example"}},
                 Content_Type="application/merge-patch+json", If_Match=seen.headers["etag"])
        seen = self.client.get("/exaconf", Accept="text/plain")
        self.do("PUT", "/exaconf", text.encode(), Content_Type="text/plain", If_Match=seen.headers["etag"])
        tag = self.ask("GET", "/exaconf").headers["etag"]
        number = int(seen.headers["confd-revision"])
        self.do("POST", "/exaconf/rollback", {"to": number}, If_Match=tag)
        path = self.root / "etc/EXAConf"
        hand = re.sub(r"Checksum = \w+", "Checksum = COMMIT", path.read_text().replace("a.example", "c.example"))
        path.write_text(hand)
        until(lambda: b"c.example" in self.client.get("/exaconf").body)

    def sign_in(self):
        """Tokens and sessions."""
        self.token = self.do("POST", "/tokens", {"name": "backup", "roles": ["exaadm"], "expires_in_s": 3600}, (201,)).json
        self.rest(token=self.token["secret"]).get("/queue")
        short = self.do("POST", "/tokens", {"name": "short"}, (201,)).json["token_id"]
        self.do("DELETE", f"/tokens/{short}", status=(204,))
        self.session = self.do("POST", "/sessions", {"user": "admin", "password": PASSWORD}, (201,)).json
        login = self.rest(token=self.session["token"])
        self.ask("GET", "/sessions/current", client=login)
        other = self.do("POST", "/sessions", {}, (201,)).json
        self.ask("DELETE", "/sessions/current", client=self.rest(token=other["token"]))
        other = self.do("POST", "/sessions", {}, (201,)).json["session_id"]
        self.do("DELETE", f"/sessions/{other}", status=(204,))

    def queue(self):
        """Rules, and jobs that wait, are changed, cancelled, and done again."""
        rule = {"action": "pause", "match": {"type": ["affinity_*"]}, "owner": "ops", "reason": "a reason",
                "expires_at": "2099-01-01T00:00:00Z"}
        first = self.do("POST", "/queue/rules", rule, (201,)).json["rule_id"]
        self.do("POST", "/queue/rules", {"action": "limit", "limit": 2, "match": {"mode": "modify"}}, (201,))
        waiting = self.ask("POST", "/job-types/affinity_reset/jobs", {"reason": "a reason"}).json
        self.waiting = f"/jobs/{waiting['job_id']}"
        behind = self.ask("POST", "/jobs", {"type": "node_list", "depends_on": [waiting["job_id"]]}).json["job_id"]
        self.ask("PATCH", self.waiting, {"priority": "high", "timeout_s": 600.5})
        for path in ("/health/summary", "/health/findings?muted=true", "/health/backups", "/queue", "/queue/rules", "/jobs", self.waiting, f"{self.waiting}/result", f"/jobs/{behind}"):
            self.ask("GET", path)
        self.ask("POST", f"{self.waiting}/cancel", {"reason": "not now"})
        self.ask("GET", f"/jobs/{behind}?wait=30s")
        self.ask("POST", f"/jobs/{behind}/cancel", {})
        self.do("DELETE", f"/queue/rules/{first}", status=(204,))
        self.retried = self.do("POST", f"{self.waiting}/retry", {"reason": "now"}).json["job_id"]
        batch = [{"type": "user_list"}, {"type": "affinity_reset"}]
        self.ask("POST", "/jobs/batch", {"jobs": batch})
        self.ask("POST", "/jobs/dry-run", {"type": "db_stop", "params": {"db_name": "BASE"}})
        self.ask("POST", "/jobs/dry-run", {"type": "group_create", "params": {"groupname": "team", "groupid": 3000}})
        self.do("POST", "/jobs", {"type": "user_info", "params": {"username": "ann"}})
        self.do("POST", "/job-types/user_info/jobs", {"params": {"username": "ann"}, "volatile": True})

    def keep_out(self):
        """Requests that are refused, and a lock after failed logins."""
        self.ask("GET", "/jobs", client=self.rest(None))
        self.ask("GET", "/jobs?limit=0")
        self.ask("GET", "/jobs/11.999999")
        self.ask("GET", "/users/nobody")
        self.ask("POST", "/users", {"username": "x", "userid": "y", "nonsense": 1})
        self.ask("POST", "/users", self.user("ann", 3001))
        self.ask("DELETE", "/groups/team")
        ann = self.rest("ann", PASSWORD)
        self.ask("GET", "/nodes", client=ann)
        self.ask("POST", "/jobs", {"type": "node_list"}, client=ann)
        self.ask("POST", "/jobs", {"type": "node_list"}, Idempotency_Key="k")
        self.ask("POST", "/jobs", {"type": "user_list"}, Idempotency_Key="k")
        stranger = self.rest("ann", "a wrong word", source="127.0.0.9")
        for _ in range(6):
            self.ask("GET", "/jobs", client=stranger)

    # Every GET

    def paths(self):
        """A path for each that is described to be read, by its template; streams apart."""
        return {
            "/exaconf/revisions/{revision}": "/exaconf/revisions/3",
            "/exaconf/revisions/{revision}/diff": "/exaconf/revisions/3/diff",
            "/job-types/{name}": "/job-types/db_create", "/jobs/{job_id}": f"/jobs/{self.retried}",
            "/jobs/{job_id}/answers/{step}": f"/jobs/{self.answered}/answers/0",
            "/jobs/{job_id}/log": f"/jobs/{self.retried}/log",
            "/jobs/{job_id}/result": f"/jobs/{self.retried}/result", "/problems/{code}": "/problems/internal",
            "/sessions/{session_id}": f"/sessions/{self.session['session_id']}",
            "/tokens/{token_id}": f"/tokens/{self.token['token_id']}", "/nodes/{nid}": "/nodes/11",
            "/series/{series_id}": "/series/node:11:cpu_ratio",
            "/databases/{db_name}/backup-schedules/{backup_name}": "/databases/BASE/backup-schedules/tide",
            "/bucketfs/{bucketfs_name}/buckets/{bucket_name}": "/bucketfs/bfs2/buckets/models",
            "/settings/{section}": "/settings/Global", "/disks/{disk_id}": "/disks/11-disk1",
            "/schedules/{schedule_id}": "/schedules/BASE:backup:tide", "/backups/{backup_id}": f"/backups/{self.backup}",
        } | {"/events/page": "/events/page?after=oldest&limit=1000", "/history": "/history?limit=1000",
             "/audit": "/audit?limit=1000", "/jobs": "/jobs?limit=1000"}

    # What stands for a name in all other templates.
    NAMES = {
        "db_name": "BASE", "bucketfs_name": "bfs2", "groupname": "team", "remote_volume_name": "pier", "name": "cloud",
        "username": "ann", "vname": "Heap"}
    STREAMS = ("/events", "/jobs/{job_id}/events")

    def gets(self):
        """(operation id, path) of each operation that only reads, streams apart."""
        paths = self.paths()
        for (method, template), operation in self.comparison.operations().items():
            if method == "GET" and template not in self.STREAMS:
                path = paths.get(template) or re.sub(r"\{(\w+)\}", lambda found: self.NAMES[found[1]], template)
                yield operation["operationId"], path

    def read(self):
        """Every answer to every GET."""
        for name, path in self.gets():
            client = self.rest(token=self.session["token"]) if path == "/sessions/current" else None
            answer = self.ask("GET", path, client=client)
            assert answer.status == 200, (name, answer)
        for path in ("/volumes/Vault", "/volumes/DataVolume1", "/nodes/12", "/databases/DB1", "/readyz?verbose",
                     "/volumes?limit=1&count=true", "/disks?node=11", "/backups?usable=true", "/schedules?kind=backup"):
            self.ask("GET", path)
        self.ask("GET", f"/jobs/{self.retried}/events", Accept="text/event-stream")
        stream = Stream(self, "/events?last_event_id=oldest").begin()
        assert (stream.status, stream.headers["content-type"].split(";")[0]) == (200, "text/event-stream"), stream.headers
        self.comparison.served.add("streamEvents")
        stream.socket.close()

    # Every change, and every kind of job

    def use(self):
        """What can be done with the things, and what nobody needs any more is removed."""
        self.use_volumes()
        base = "/databases/BASE"
        backup = self.client.get(f"{base}/backups").json["items"][-1]["id"]
        self.do("POST", f"{base}/stop", {})
        self.do("POST", f"{base}/restore", {"backup_id": backup, "restore_type": "blocking"})
        self.do("POST", f"{base}/add-reserve-nodes", {"node_list": [12]})
        self.do("POST", f"{base}/remove-reserve-nodes", {"node_list": [12]})
        self.do("PATCH", base, {"params": "-work_mem=8MB"})
        self.do("POST", f"{base}/configure-kerberos", {"keytab": "a2V5dGFi"})
        self.do("POST", "/nodes/add-batch", {"nodes": [{"private_ip": "10.10.10.14", "nid": 14}]})
        for node in (12, 14):
            self.do("POST", f"/nodes/{node}/resume", {})
        self.do("POST", "/nodes/12/suspend", {})
        self.do("POST", "/nodes/reset-affinity", {})
        for lock in self.client.get("/lockouts").json["items"]:
            self.do("DELETE", f"/lockouts/{lock['lockout_id']}", status=(204,))

    def follow_backup(self):
        """A backup is followed, aborted, and what it left is swept away."""
        base = "/databases/BASE"
        self.fill(64)
        self.ask("POST", f"{base}/backups", ARCHIVE)
        until(lambda: self.ask("GET", f"{base}/backups/progress").json.get("Progress", 0) > 0, 60)
        self.do("POST", f"{base}/backups/abort", {})
        self.do("POST", f"{base}/backups/delete-unusable", {})

    def use_volumes(self):
        spare = {"type": "archive", "size": "64 MiB", "disk": "disk1", "nodes": [11], "redundancy": 1, "name": "Spare"}
        self.do("POST", "/volumes", spare)
        for word, body in {
                "enlarge": {"blocks_per_node": 64}, "lock": {}, "unlock": {}, "add-label": {"label": "wet"},
                "remove-label": {"label": "wet"}, "change-owner": {"vol_user": 500, "vol_grp": 500},
                "change-permissions": {"mode": "rwxrwxrwx"}, "set-io-status": {"app_io": True, "int_io": True},
                "set-ports": {"ftp_port": 23023}, "set-priority": {"prio": 1}, "set-shared": {"shared": True},
                "set-forced-redundancy-level": {"force_red_level": 1}, "clear-data": {"node_ids": [0], "num_bytes": 0},
        }.items():
            self.do("POST", f"/volumes/Spare/{word}", body)
        self.do("DELETE", "/volumes/Spare")

    def remove(self):
        base = "/databases/BASE"
        backups = [item["id"] for item in self.client.get(f"{base}/backups").json["items"]]
        self.do("POST", f"{base}/backups/delete", {"backup_list": backups})
        self.do("POST", f"{base}/reset", {})
        for path in (
                "/databases/BASE/backup-schedules/tide", "/databases/BASE", "/object-volumes/cloud", "/remote-volumes/pier",
                "/remote-volumes/hull", "/bucketfs/bfs2/buckets/models", "/bucketfs/bfs2", "/nodes/14?force=true", "/users/ann", "/groups/team"):
            self.do("DELETE", path)

    def run_jobs(self):
        """Jobs of every kind that answers something; they have to go well."""
        for name, calls in self.jobs().items():
            for params in calls:
                self.run_job(name, **params)

    def try_examples(self):
        """Jobs of all other kinds, as the document has them for an example, whatever becomes of them."""
        (self.root / "go").touch()
        for (_, path), operation in self.comparison.operations().items():
            if re.fullmatch(r"/job-types/\w+/jobs", path) and operation["operationId"] not in self.comparison.served:
                body = self.comparison.resolved(operation["requestBody"]["content"]["application/json"]["schema"])
                self.ask("POST", f"{path}?wait=60s", body["example"])

    def jobs(self):
        """Parameters by kind of job."""
        base, nothing = [{"db_name": "BASE"}], [{}]
        one = {"name": "Pair", "type": "data", "size": "64 MiB", "disk": "disk1", "nodes": [11], "redundancy": 1}
        return {
            "bucket_add": [{"bucketfs_name": "bfs2", "bucket_name": "more", "public": True}],
            "bucketfs_info": [{"bucketfs_name": "bfs2"}], "bucketfs_list": nothing, "cert_renew": nothing,
            "cert_request": [{"common_name": "n11.example"}], "cert_update": [self.pair()],
            "conn_get_remote_nid": nothing, "db_backup_drill": base, "db_backup_list": base,
            "db_backup_progress": base, "db_info": base, "db_list": nothing, 
            "db_snapshot_backup_list": base, "db_start": [{"db_name": "DB1"}], "db_state": base, "debug_collect": nothing,
            "group_info": [{"groupname": "team"}], "group_list": nothing, "license_download": nothing,
            "license_info": nothing, "license_run_check": nothing, "license_upload": [{"license": LICENSE_TEXT}],
            "log_collect": [{"services": ["ConfD", "DWAd"], "default_interval": "1h"}], "master_change": [{"nids": [11]}],
            "maintenance_start": [{"nid": 11, "reason": "disks", "duration": 1}], "maintenance_end": [{"nid": 11}],
            "node_add": [{"priv_net": "10.10.10.16/24", "nid": 16}],
            "node_add_batch": [{"nodes": [{"private_ip": "10.10.10.17", "nid": 17}]}],
            "node_clone_batch": [{"nid": 11, "num_nodes": 1}], "node_info": [{"nid": 11}, {"nid": 12}],
            "node_list": nothing, "node_state": nothing, "node_wait_offline": [{"nids": [12]}],
            "node_wait_ready": [{"nids": [11]}], "notification_list": nothing, "object_volume_info": [{"name": "cloud"}], "object_volume_list": nothing,
            "plugin_info": [{"plugin_name": "p1"}], "plugin_list": nothing, "remote_volume_add": [{
                "vol_type": "ftp", "url": f"ftp://127.0.0.1:{free_port()}/b", "owner": [500, 500]}],
            "remote_volume_info": [{"remote_volume_name": "pier"}], "remote_volume_list": nothing,
            "remote_volume_list_details": nothing, "remote_volume_set_host_key": [{
                "remote_volume_name": "hull", "host_key": HOST_KEY}], "remote_volume_state": [{"remote_volume_name": "pier"}],
            "settings_list": nothing, "st_device_info": [{"devname": "/exa/data/storage/dev.1", "node_id": 11}],
            "st_get_partition_id": nothing, "st_node_list": nothing,
            "st_volume_create": [one], "st_volume_info": [{"vname": "Heap"}, {"vid": "all_volumes"}],
            "st_volume_list": nothing, "user_info": [{"username": "root"}], "user_list": nothing}
