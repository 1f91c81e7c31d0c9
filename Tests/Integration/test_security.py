"""Nobody becomes root: what a role, a place or a program may not be used for, tried on daemons that run as root."""

import base64
import hashlib
import http.client
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import unittest

from daemon import PASSWORD, Daemon, free_port, until, unverified
from database_host import lacking
from role_host import Host
from test_backup import BackupHost
from test_tls import Authority

# Places that are the daemon's, and one of somebody else's, in every spelling a caller may think of.
FOREIGN = [
    "/exa", "/exa/", "/exa/etc", "/exa/etc/ssl", "/exa/etc/pam.d", "/exa/spool", "/exa/spool/jobs", "/exa/run", "/exa/jobs.d",
    "/exa/plugins", "/exa/logs", "/exa/data", "/exa/data/volumes", "/exa/data/volumes/0", "/exa/data/storage",
    "/exa/data/bucketfs/../../etc", "/exa/data/bucketfs//../spool", "/exa/data/./storage", "/etc", "/", "/root",
    "/exa/data/bucketfs/.hidden", "relative", "/exa/etc/EXAConf", "{root}/etc", "{root}/spool", "//exa/etc"]


def tree(folder):
    """Owner, mode and content of everything below a folder, but for what a daemon writes by itself."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if name.startswith(("spool/jobs", "daemon.log")) or path.name.startswith(("EXAConf", "bucketfs")):
            continue
        status = path.lstat()
        content = None
        if stat.S_ISREG(status.st_mode):
            # Devices are large and have holes.
            content = hashlib.sha256(path.read_bytes()).hexdigest() if status.st_size < 1 << 22 else status.st_size
        elif stat.S_ISLNK(status.st_mode):
            content = os.readlink(path)
        found[name] = (status.st_uid, status.st_gid, oct(status.st_mode), content)
    return found


def with_key(text, key, value):
    """The text of an EXAConf with another value for a key of a section at its top."""
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if line.split("=")[0].strip() == key]
    if places:
        lines[places[0]] = f"    {key} = {value}"
        return "\n".join(lines)
    return text.replace("[Global]", f"[Global]\n    {key} = {value}", 1)


class Declining(unittest.TestCase):
    def assert_declined(self, job, *words):
        self.assertNotEqual(job.get("outcome"), "ok", job)
        for word in words:
            self.assertIn(word, str(job))


class FileServices(Declining):
    def serve(self, host, name, path=None, bucket="b", owner=(500, 500), port=None):
        port = port or free_port()
        more = {} if path is None else {"path": path}
        rest = host.by("exabfsadm")
        rest.ok("bucketfs_add", bucketfs_name=name, http_port=port, https_port=0, owner=list(owner), **more)
        rest.ok("bucket_add", bucketfs_name=name, bucket_name=bucket, public=True, write_password="secret")
        return port

    def fetch(self, port, target, method="GET", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        login = {"Authorization": "Basic " + base64.b64encode(b"w:secret").decode()}
        try:
            connection.request(method, target, body, login)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return None, b""
        finally:
            connection.close()

    def test_a_service_is_given_no_folder_of_the_daemons(self):
        with Host() as host:
            rest, before = host.by("exabfsadm"), tree(host.root)
            for path in FOREIGN:
                job = rest.job(
                    "bucketfs_add", bucketfs_name="evil", http_port=free_port(), https_port=0, owner=[500, 500],
                    path=path.format(root=host.root))
                self.assert_declined(job, "/params/path")
            self.assertEqual(tree(host.root), before)
            self.assertNotIn("evil", host.configuration())

    def test_root_owns_no_service(self):
        with Host() as host:
            rest = host.by("exabfsadm")
            for owner in ([0, 0], [0, 500], [500, 0], ["root", "root"], [-1, 500], [4294967295, 500], [4294967296, 500]):
                job = rest.post("/jobs?wait=60s", {"type": "bucketfs_add", "params": {
                    "bucketfs_name": "evil", "http_port": 0, "https_port": 0, "owner": owner}}).json
                self.assert_declined(job)
            port = self.serve(host, "good")
            for owner in ([0, 0], ["root", "exausers"]):
                self.assert_declined(rest.job("bucketfs_modify", bucketfs_name="good", owner=owner))
            self.assertEqual(self.fetch(port, "/b/f", "PUT", b"x")[0] // 100, 2)
            self.assertEqual(os.stat(host.root / "data/bucketfs/good/b/f").st_uid, 500)

    def test_what_an_edited_file_names_is_not_served_and_is_a_finding(self):
        with Host() as host:
            port = self.serve(host, "one", bucket="ssl")
            before = tree(host.root / "etc")
            host.edit(lambda text: text.replace("[BucketFS : one]", "[BucketFS : one]\n    Path = /exa/etc"))
            until(lambda: self.fetch(port, "/ssl/ssl.key")[0] in (None, 404))
            host.stop()
            host.start()
            self.assertIn(self.fetch(port, "/ssl/ssl.key")[0], (None, 404))
            self.assertNotIn(b"PRIVATE KEY", self.fetch(port, "/ssl/ssl.key")[1])
            self.assertEqual(tree(host.root / "etc"), before)
            checked = host.run("check", check=False)
            self.assertRegex(checked.stdout, r"BucketFS : one\] Path: .*bucketfs\.roots: /exa/etc")
            self.assertEqual(host.log_text().count("part of EXAConf is not used"), 2)
            # It is no fault of anything else.
            host.rest().ok("user_modify", username="users", login_enabled=True)

    def test_a_patch_names_the_key_at_fault(self):
        with Host() as host:
            self.serve(host, "one")
            job = host.patch(host.by("exaadm"), {"BucketFS : one": {"Path": "/exa/spool"}})
            self.assert_declined(job, "/BucketFS : one/Path")
            job = host.patch(host.by("exaadm"), {"BucketFS : one": {"Owner": "0 : 0"}})
            self.assert_declined(job, "/BucketFS : one/Owner")

    def test_a_folder_that_holds_something_else_is_neither_given_away_nor_served_nor_emptied(self):
        with Host() as host:
            other = host.root / "data/bucketfs2/b"
            other.mkdir(parents=True, mode=0o700)
            (other / "canary").write_text("mine")
            before = tree(host.root / "data/bucketfs2")
            port = self.serve(host, "two", path="/exa/data/bucketfs2")
            self.assertNotEqual(self.fetch(port, "/b/canary")[0], 200)
            host.by("exabfsadm").ok("bucket_delete", bucketfs_name="two", bucket_name="b")
            host.by("exabfsadm").ok("bucketfs_delete", bucketfs_name="two")
            self.serve(host, "three")
            until(lambda: (host.root / "data/bucketfs/three/b").is_dir())
            self.assertEqual(tree(host.root / "data/bucketfs2"), before)

    def test_a_link_on_the_way_leads_nowhere(self):
        with Host() as host, tempfile.TemporaryDirectory() as outside:
            os.makedirs(f"{outside}/b", mode=0o700)
            pathlib.Path(outside, "b/canary").write_text("mine")
            before = tree(outside)
            (host.root / "data/bucketfs").mkdir(exist_ok=True)
            (host.root / "data/bucketfs/linked").symlink_to(outside)
            port = self.serve(host, "linked")
            self.serve(host, "plain")
            until(lambda: (host.root / "data/bucketfs/plain/b").is_dir())
            self.assertNotEqual(self.fetch(port, "/b/canary")[0], 200)
            self.assertIsNot(self.fetch(port, "/b/new", "PUT", b"x")[0], 200)
            host.by("exabfsadm").ok("bucketfs_delete", bucketfs_name="linked")
            self.serve(host, "later")
            until(lambda: (host.root / "data/bucketfs/later/b").is_dir())
            self.assertEqual(tree(outside), before)

    def test_folders_of_before_and_of_the_operator_go_on(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            with Host(environment={"CONFD_BUCKETFS_ROOTS": folder}) as host:
                for name, path in (("two", "/exa/data/bucketfs2"), ("far", f"{folder}/far")):
                    port = self.serve(host, name, path=path)
                    until(lambda: self.fetch(port, "/b/f", "PUT", b"x")[0] in (200, 201, 204))
                    self.assertEqual(self.fetch(port, "/b/f"), (200, b"x"))
                self.assertTrue((host.root / "data/bucketfs2/b/f").is_file())
                self.assertEqual(os.stat(f"{folder}/far/b/f").st_uid, 500)


class Plugins(Declining):
    def test_a_plugin_is_not_copied_through_a_link_of_the_buckets_owner(self):
        with Host() as host, tempfile.TemporaryDirectory() as outside:
            admin, port = host.rest(), free_port()
            admin.ok("bucketfs_add", bucketfs_name="s", http_port=port, https_port=0, owner=[2001, 500])
            admin.ok("bucket_add", bucketfs_name="s", bucket_name="b", public=False)
            bucket = host.root / "data/bucketfs/s/b"
            until(lambda: (bucket / ".bucketfs").is_dir())
            stock = host.root / "plugins"
            stock.mkdir()
            (stock / "P1").mkdir()
            (stock / "P1/run").write_text("x")
            (bucket / "plugins").symlink_to(outside)
            os.lchown(bucket / "plugins", 2001, 2001)
            job = admin.job("plugin_add", plugin_name="P1", bucketfs_name="s", bucket_name="b")
            self.assert_declined(job)
            self.assertEqual(os.listdir(outside), [])
            (bucket / "plugins").unlink()
            admin.ok("plugin_add", plugin_name="P1", bucketfs_name="s", bucket_name="b")
            self.assertEqual(os.stat(bucket / "plugins/P1/run").st_uid, 2001)
            # And not removed through one.
            (bucket / "plugins").rename(bucket / "real")
            pathlib.Path(outside, "P1").mkdir()
            pathlib.Path(outside, "P1/canary").write_text("mine")
            (bucket / "plugins").symlink_to(outside)
            self.assert_declined(admin.job("plugin_remove", plugin_name="P1"))
            self.assertTrue(pathlib.Path(outside, "P1/canary").is_file())

    def test_a_plugin_of_an_edited_file_goes_nowhere_else(self):
        with Host() as host:
            host.rest().ok("bucketfs_add", bucketfs_name="s", http_port=free_port(), https_port=0, owner=[500, 500])
            (host.root / "plugins").mkdir()
            (host.root / "plugins/P1").write_text("x")
            before = tree(host.root / "etc")
            host.edit(lambda text: text + "\n[Plugin : P1]\n    BucketFS = s\n    Bucket = ../../../etc\n    Dir = ssl\n")
            self.assert_declined(host.rest().job("plugin_remove", plugin_name="P1"))
            self.assertEqual(tree(host.root / "etc"), before)


class Files(Declining):
    PATHS = [
        "/exa/etc/EXAConf.0", "/exa/etc/EXAConf", "/exa/etc/pam.d/confd", "/exa/etc/confd.yaml", "/exa/etc/ssl/ssl.key",
        "/exa/etc/bucketfs.cfg", "/exa/etc/remote_volumes/root.0.conf", "/etc/shadow", "/exa/etc/../etc/EXAConf.0",
        "/exa/spool/jobs/store.sqlite", "/exa/etc/x/license.xml"]

    def test_the_license_is_a_file_of_its_own(self):
        with Host() as host:
            exaadm, before = host.by("exaadm"), tree(host.root)
            for path in self.PATHS:
                self.assert_declined(
                    host.patch(exaadm, {"Global": {"LicenseFile": path}}), "/Global/LicenseFile")
            self.assertEqual(tree(host.root), before)
            exaadm.ok("license_upload", license="company = Acme\n")
            self.assertIn("Acme", exaadm.ok("license_download"))
            self.assertIsInstance(host.patch(exaadm, {"Global": {"LicenseFile": "/exa/etc/license.xml"}}), dict)
            exaadm.ok("license_upload", license="company = Other\n")
            self.assertIn("Other", (host.root / "etc/license.xml").read_text())

    def test_a_license_an_edited_file_names_elsewhere_is_neither_read_nor_written(self):
        for path in ("/exa/etc/EXAConf.0", "/exa/etc/pam.d/confd", "/exa/etc/confd.yaml"):
            with self.subTest(path), Host() as host:
                before = tree(host.root / "etc")
                host.edit(lambda text: with_key(text, "LicenseFile", path))
                exaadm = host.by("exaadm")
                self.assert_declined(exaadm.job("license_download"))
                self.assert_declined(exaadm.job("license_upload", license="# comment = x\n"))
                self.assertEqual(tree(host.root / "etc"), before)
                self.assertIn("LicenseFile", host.run("check", check=False).stdout)

    def test_a_license_that_is_a_link_is_not_read(self):
        with Host() as host:
            (host.root / "etc/license.xml").symlink_to(host.root / "etc/EXAConf")
            host.patch(host.by("exaadm"), {"Global": {"LicenseFile": "/exa/etc/license.xml"}})
            job = host.by("exaadm").job("license_download")
            self.assert_declined(job)
            self.assertNotIn("AuthenticationToken", str(job))

    def test_certificates_stay_among_certificates(self):
        with Host() as host:
            exaadm, before = host.by("exaadm"), tree(host.root)
            for key in ("Cert", "CertKey", "CertAuth"):
                for path in ("/exa/etc/pam.d/confd", "/exa/etc/EXAConf.0", "/etc/passwd", "/exa/etc/ssl/../pam.d/confd"):
                    self.assert_declined(host.patch(exaadm, {"SSL": {key: path}}), f"/SSL/{key}")
            self.assertEqual(tree(host.root), before)

    def test_a_file_with_paths_of_everywhere_starts_serves_and_is_told(self):
        with tempfile.TemporaryDirectory() as outside, Host() as host:
            pathlib.Path(outside, "canary").write_text("mine")
            host.stop()
            path = host.root / "etc/EXAConf"
            text = path.read_text()
            for key, value in (
                    ("LicenseFile", "/opt/license"), ("Checksum", "COMMIT"), ("CertKey", "/exa/etc/EXAConf.0"),
                    ("Cert", "/exa/etc/ssl/../pam.d/confd"), ("CertAuth", f"{outside}/canary"),
                    ("Devices", f"dev.1, {outside}/canary, /exa/etc/node_uuid, ../../etc/bucketfs.cfg")):
                text = with_key(text, key, value)
            port = free_port()
            path.write_text(text + f"""
[BucketFS : old]
    Owner = 0 : 0
    HttpPort = 0
    HttpsPort = 0
    Path = {outside}
    [[Bucket : b]]
        Public = True
[BucketFS : ../../etc]
    Owner = 500 : 500
    HttpPort = 0
    HttpsPort = 0
    [[Bucket : ssl]]
        Public = True
[BucketFS : good]
    Owner = 500 : 500
    HttpPort = {port}
    HttpsPort = 0
    [[Bucket : ../../../../etc]]
        Public = True
    [[Bucket : b]]
        Public = True
[Plugin : P1]
    BucketFS = good
    Bucket = ../../../../etc
    Dir = ssl
[RemoteVolume : r0001]
    Type = file
    URL = file://{outside}
    Owner = 500 : 500
[RemoteVolume : r0002]
    Type = file
    URL = file:///exa/data/volumes/0
    Owner = 500 : 500
""")
            before, files = tree(outside), tree(host.root / "etc")
            host.start()
            rest = host.rest()
            self.assertEqual(rest.get("/exaconf").status, 200)
            told, log = host.run("check", check=False).stdout, (host.root / "daemon.log").read_text()
            for words in (
                    "[Global] LicenseFile: '/opt/license'", "[SSL] CertKey: '/exa/etc/EXAConf.0'",
                    "[SSL] Cert: '/exa/etc/ssl/../pam.d/confd'", f"[SSL] CertAuth: '{outside}/canary'",
                    f"[Node : 11 / Disk : disk1] Devices: '{outside}/canary'", "Devices: '/exa/etc/node_uuid'",
                    "Devices: '/exa/data/storage/../../etc/bucketfs.cfg'",
                    f"[BucketFS : old] Path: '{outside}'", "[BucketFS : old] Owner: ", "[BucketFS : ../../etc]: ",
                    "[BucketFS : good / Bucket : ../../../../etc]: ", "[Plugin : P1]: ",
                    f"[RemoteVolume : r0001] URL: '{outside}'", f"archives.roots: {outside}",
                    "[RemoteVolume : r0002] URL: '/exa/data/volumes/0'"):
                self.assertIn(words, told)
                self.assertIn(words.replace('"', '\\"'), log)
            # Everything else is as it should be: what is well is served, and changes are made.
            until(lambda: (host.root / "data/bucketfs/good/b").is_dir())
            answer = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            answer.request("GET", "/b/")
            self.assertEqual(answer.getresponse().status, 200)
            rest.ok("user_modify", username="users", login_enabled=True)
            self.assertTrue(rest.ok("st_volume_list"))
            self.assertNotIn("reconciler=storage", log)
            self.assert_declined(rest.job("plugin_remove", plugin_name="P1"))
            self.assert_declined(rest.job("license_download"))
            self.assertEqual(host.stop(), 0)
            self.assertEqual(tree(outside), before)
            # What was there is as it was; the files of remote volumes are new.
            self.assertLessEqual(files.items(), tree(host.root / "etc").items())

    def test_a_patch_names_nothing_elsewhere(self):
        with tempfile.TemporaryDirectory() as outside, Host() as host:
            before = host.configuration()
            for members in (
                    {"BucketFS : bfsdefault": {"Bucket : ../../../etc": {"Public": "True"}}},
                    {"BucketFS : ../../etc": {"HttpPort": "0", "HttpsPort": "0", "Owner": "500 : 500"}},
                    {"Plugin : P1": {"BucketFS": "bfsdefault", "Bucket": "../../../etc", "Dir": "ssl"}},
                    {"Node : 11": {"Disk : disk1": {"Devices": f"{outside}/device"}}},
                    {"RemoteVolume : r0099": {"Type": "file", "URL": f"file://{outside}", "Owner": "500 : 500"}}):
                with self.subTest(members):
                    self.assert_declined(host.patch(host.by("exaadm"), members), "parameter-invalid")
            self.assertEqual(host.configuration(), before)


class Archives(Declining):
    def test_an_archive_lies_in_a_folder_for_archives(self):
        with Host() as host:
            rest, number = host.by("exastoradm"), 0
            for path in FOREIGN:
                if path == "relative":
                    continue
                job = rest.job("remote_volume_add", vol_type="file", url=f"file://{path.format(root=host.root)}",
                               remote_volume_name="evil", owner=[500, 500])
                self.assert_declined(job)
            self.assertIn("archives.roots: /etc", str(rest.job(
                "remote_volume_add", vol_type="file", url="file:///etc", remote_volume_name="evil", owner=[500, 500])))
            rest.ok("remote_volume_add", vol_type="file", url="file:///exa/data/archives/nightly",
                    remote_volume_name="good", owner=[500, 500])

    @unittest.skipUnless(shutil.which("rclone"), "no rclone")
    def test_what_is_no_backup_of_ours_is_not_deleted(self):
        with Host() as host:
            folder = host.root / "data/volumes/9/BASE"
            names = ["x", "postgresql/base/1", "id_1/level_0/node_0/backup_202501010000/data", "id_2/y"]
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text("mine")
            for path in [folder.parent, *folder.parent.rglob("*")]:
                os.chown(path, *[__import__("pwd").getpwnam("postgres").pw_uid] * 2)
            os.chmod(host.root, 0o711)
            host.edit(lambda text: text + (
                f"\n[RemoteVolume : r0001]\n    Type = file\n    URL = file://{host.root}/data/volumes/9\n    Owner = 500 : 500\n"
                "\n[DB : BASE]\n    Version = 1\n    MemSize = 1 GiB\n    Port = 8563\n    Owner = 500 : 500\n    Nodes = 11\n"
                "    NumActiveNodes = 1\n    DataVolume = DataVolume1\n"))
            before = tree(folder)
            host.by("exadbadm").job("db_backup_delete_unusable", db_name="BASE")
            self.assertEqual(tree(folder), before)


@unittest.skipIf(lacking(), lacking())
class Backups(Declining):
    def test_archives_lie_among_archives_and_those_of_before_are_read(self):
        with BackupHost() as daemon, tempfile.TemporaryDirectory() as elsewhere:
            rest = daemon.rest()
            daemon.create(rest)
            daemon.ok(rest, "db_start", db_name="BASE")
            daemon.said("create table t as select i from generate_series(1, 100) i")
            daemon.ok(rest, "remote_volume_add", vol_type="file", url="file:///exa/data/archives/nightly",
                      remote_volume_name="Folder", owner=[500, 500])
            daemon.ok(rest, "db_backup_start", db_name="BASE", backup_volume_name="Folder", level=0)
            (whole,) = daemon.ok(rest, "db_backup_list", db_name="BASE")
            archive = daemon.root / "data/archives/nightly"
            (file,) = archive.rglob("metadata.json")
            # One that was cut off goes; what only looks like one stays.
            for name, is_ours in (("id_98", True), ("id_99", False)):
                part = file.parents[3].with_name(name)
                subprocess.run(["cp", "-a", file.parents[3], part], check=True)
                (part / file.relative_to(file.parents[3])).unlink()
                if not is_ours:
                    (part / file.parent.relative_to(file.parents[3]) / "confd-backup").unlink()
            gone = daemon.ok(rest, "db_backup_delete_unusable", db_name="BASE")
            self.assertEqual([name.split()[1].split("/")[1] for name in gone], ["id_98"])
            self.assertTrue(list(archive.glob("BASE/id_99/*/*/*/*")))
            # An archive of before, anywhere else.
            os.chmod(elsewhere, 0o755)
            subprocess.run(["cp", "-a", f"{archive}/.", f"{elsewhere}/."], check=True)
            path = daemon.root / "etc/EXAConf"
            text = with_key(path.read_text(), "Checksum", "COMMIT")
            path.write_text(text.replace("file:///exa/data/archives/nightly", f"file://{elsewhere}"))
            until(lambda: "Checksum = COMMIT" not in path.read_text())
            before = tree(elsewhere)
            self.assertEqual([b["id"] for b in daemon.ok(rest, "db_backup_list", db_name="BASE")], [whole["id"]])
            daemon.ok(rest, "db_stop", db_name="BASE")
            daemon.ok(rest, "db_restore", db_name="BASE", backup_id=whole["id"], restore_type="blocking")
            daemon.ok(rest, "db_start", db_name="BASE")
            self.assert_declined(
                rest.job("db_backup_start", db_name="BASE", backup_volume_name="Folder", level=0),
                f"archives.roots: {elsewhere}")
            self.assert_declined(rest.job("db_backups_delete", db_name="BASE", backup_list=[whole["id"]]))
            self.assertEqual(tree(elsewhere), before)


class Rights(Declining):
    def refused(self, job):
        self.assert_declined(job, "permission-denied", "access.exaadm_grants")

    def test_exaadm_makes_nobody_root(self):
        with Host() as host:
            exaadm, root = host.by("exaadm"), host.rest()
            root.ok("user_create", username="boss", userid=3001, group="root", login_enabled=True, password=PASSWORD)
            before = host.configuration()
            new = {"username": "new", "userid": 3002, "group": "exausers", "login_enabled": True, "password": PASSWORD}
            for job in (
                    ("user_modify", {"username": "adm", "additional_groups": ["root"]}),
                    ("user_modify", {"username": "adm", "group": "root"}),
                    ("user_modify", {"username": "adm", "group": 0}),
                    ("user_modify", {"username": "users", "additional_groups": ["exausers", "root"]}),
                    ("user_create", new | {"group": "root"}),
                    ("user_create", new | {"additional_groups": ["root"]}),
                    ("user_passwd", {"username": "root", "password": "another one"}),
                    ("user_passwd", {"username": "boss", "password": "another one"}),
                    ("user_passwd", {"username": "admin", "password": "another one"}),
                    ("user_modify", {"username": "boss", "login_enabled": False}),
                    ("user_modify", {"username": "boss", "authorized_keys": ["ssh-ed25519 AAAA x"]}),
                    ("user_modify", {"username": "boss", "group": "exausers", "additional_groups": []}),
                    ("user_delete", {"username": "boss"})):
                with self.subTest(job):
                    self.refused(exaadm.job(job[0], **job[1]))
            for members in (
                    {"Users": {"adm": {"AdditionalGroups": "root"}}}, {"Users": {"adm": {"Group": "root"}}},
                    {"Users": {"boss": None}}, {"Users": {"boss": {"Passwd": "$6$salt$x"}}},
                    {"Users": {"boss": {"LoginEnabled": "False"}}}, {"Users": {"root": {"Passwd": "$6$salt$x"}}},
                    {"Users": {"adm": {"ID": "0"}}},
                    {"Users": {"adm2": {"ID": "3003", "Group": "root", "LoginEnabled": "True", "Passwd": "$6$salt$x"}}}):
                with self.subTest(members):
                    self.assert_declined(host.patch(exaadm, members))
            self.assertEqual(host.configuration(), before)

    def test_what_exaadm_may_goes_on(self):
        with Host() as host:
            exaadm = host.by("exaadm")
            exaadm.ok("user_create", username="new", userid=3002, group="exaadm", login_enabled=True, password=PASSWORD,
                      additional_groups=["exadbadm", "exastoradm", "exabfsadm", "exausers"])
            exaadm.ok("user_passwd", username="new", password="another one")
            exaadm.ok("user_modify", username="new", group="exausers", additional_groups=[])
            exaadm.ok("user_delete", username="new")
            exaadm.ok("group_create", groupname="readers", groupid=3100)
            exaadm.ok("user_modify", username="users", additional_groups=["readers"])
            exaadm.ok("user_passwd", username="adm", password="another one")
            host.by("exausers").ok("user_passwd", username="users", password="another one")
            root = host.rest()
            root.ok("user_passwd", username="admin", password="another one")
            host.rest(password="another one").ok("user_modify", username="adm", additional_groups=["root"])

    def test_nothing_above_comes_back_by_an_older_revision(self):
        with Host() as host:
            root = host.rest()
            root.ok("user_modify", username="users", additional_groups=["root"])
            high = host.revision()
            root.ok("user_modify", username="users", additional_groups=[])
            host.patch(root, {"Global": {"AuthenticationToken": "new" * 20}})
            before = host.configuration()
            self.assert_declined(host.roll_back(host.by("exaadm"), high), "permission-denied")
            self.assertEqual(host.configuration(), before)
            self.assertEqual(host.roll_back(root, high)["outcome"], "ok")

    def test_the_operator_may_let_exaadm_give_everything(self):
        with Host(environment={"CONFD_ACCESS_EXAADM_GRANTS": "all"}) as host:
            host.by("exaadm").ok("user_modify", username="adm", additional_groups=["root"])

    def test_check_says_when_nobody_can_give_root(self):
        with Host() as host:
            words = "only root on this machine can give them"
            self.assertNotIn(words, host.run("check", check=False).stdout)
            host.rest().ok("user_modify", username="admin", additional_groups=[])
            self.assertIn(words, host.run("check", check=False).stdout)

    def test_who_a_client_is_is_roots_to_say(self):
        with Host() as host, tempfile.TemporaryDirectory() as folder:
            ours, theirs = Authority(folder, "Ours"), Authority(folder, "Theirs")
            (cert, key), (own, own_key) = ours.issue("server"), theirs.issue("other")
            root, dba, adm = host.rest(), host.by("exadbadm"), host.by("exaadm")
            root.ok("cert_update", cert=cert, key=key, ca=ours.certificate)
            host.patch(root, {"SSL": {"CertVerify": "optional"}})
            files = tree(host.root / "etc/ssl")
            job = dba.job("cert_update", cert=own, key=own_key, ca=theirs.certificate)
            self.assert_declined(job, "permission-denied", "/params/ca")
            for members in ({"CertVerify": "none"}, {"CertVerify": "required"}, {"CertAuth": "/exa/etc/ssl/other.ca"},
                            {"CertVerify": None}):
                with self.subTest(members):
                    self.assert_declined(host.patch(adm, {"SSL": members}), "permission-denied")
            for key in ("Cert", "CertKey"):
                self.assert_declined(host.patch(adm, {"SSL": {key: "/exa/etc/ssl/ssl.ca"}}), f"/SSL/{key}")
            self.assertEqual({n: v for n, v in tree(host.root / "etc/ssl").items() if "previous" not in n},
                             {n: v for n, v in files.items() if "previous" not in n})
            dba.ok("cert_update", cert=own, key=own_key)
            self.assertEqual((host.root / "etc/ssl/ssl.ca").read_text().strip(), ours.certificate.strip())

    def test_asking_clients_is_begun_by_root_alone(self):
        with Host() as host:
            self.assert_declined(
                host.patch(host.by("exaadm"), {"SSL": {"CertVerify": "optional"}}), "permission-denied")


class Programs(Declining):
    def provider(self, folder, mode=0o755, owner=0):
        program = pathlib.Path(folder, "provider")
        program.write_text("#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\necho '{}'\n")
        program.chmod(mode)
        os.chown(program, owner, owner)
        return program

    def test_a_program_others_can_change_is_not_run(self):
        for mode, owner, folder_mode, folder_owner in (
                (0o757, 0, 0o755, 0), (0o755, 2001, 0o755, 0), (0o755, 0, 0o777, 0), (0o755, 0, 0o755, 2001)):
            with self.subTest(f"{mode:o} {owner} {folder_mode:o} {folder_owner}"), tempfile.TemporaryDirectory() as top:
                os.chmod(top, 0o755)
                folder = pathlib.Path(top, "folder")
                folder.mkdir()
                program = self.provider(folder, mode, owner)
                os.chown(folder, folder_owner, folder_owner)
                folder.chmod(folder_mode)
                with Daemon(environment={"CONFD_PROVIDER_PATH": str(program)}) as daemon:
                    self.assert_declined(daemon.rest().job("infra_overview_get"), "can be changed by others")
                self.assertFalse((folder / "ran").exists())

    def test_settings_others_can_write_stop_the_start(self):
        with Host() as host:
            host.stop()
            settings = host.root / "etc/confd.yaml"
            settings.write_text("log:\n  level: info\n")
            settings.chmod(0o666)
            done = host.run("check", check=False)
            self.assertEqual(done.returncode, 78, done)
            self.assertIn("can be changed by others", done.stderr)
            settings.chmod(0o644)
            os.chown(settings, 2001, 2001)
            self.assertNotEqual(host.run("check", check=False).returncode, 0)
            os.chown(settings, 0, 0)
            host.start()

    def test_a_job_program_below_an_open_folder_is_not_served(self):
        with tempfile.TemporaryDirectory() as top:
            os.chmod(top, 0o755)
            with Host() as host:
                folder = host.root / "jobs.d/hello"
                folder.mkdir(parents=True)
                (folder / "job.yaml").write_text("summary: s\n")
                (folder / "run").write_text("#!/bin/sh\necho '{}'\n")
                (folder / "run").chmod(0o755)
                host.stop()
                host.start()
                self.assertEqual(host.rest().job("hello")["outcome"], "ok")
                (host.root / "jobs.d").chmod(0o777)
                self.assert_declined(host.rest().job("hello"), "can be changed by others")


class Requests(unittest.TestCase):
    """What strangers send that is no request."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()
        cls.addClassCleanup(cls.daemon.__exit__)

    def connect(self, protocol):
        context = unverified()
        context.set_alpn_protocols([protocol])
        plain = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=60)
        return context.wrap_socket(plain)

    def test_a_header_that_does_not_end_ends_the_connection_on_both_versions(self):
        settings, headers = b"\0\0\0\4\0\0\0\0\0", b"\0\0\1\1\0\0\0\0\1\x82"
        for protocol, begin in (
                ("http/1.1", b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: "),
                ("h2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + headers)):
            with self.subTest(protocol), self.connect(protocol) as connection:
                self.assertEqual(connection.selected_alpn_protocol(), protocol)
                connection.sendall(begin)
                started = time.monotonic()
                while True:
                    try:
                        if not connection.recv(65536):
                            break
                    except OSError:
                        break
                self.assertLess(time.monotonic() - started, 20)

    def test_a_length_nobody_can_tell_is_refused(self):
        mark = len(self.daemon.log_text())
        login = "Authorization: Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        for head, body in (
                ("Transfer-Encoding: xchunked", b"0\r\n\r\n"), ("Transfer-Encoding: chunked, identity", b"0\r\n\r\n"),
                ("Transfer-Encoding: chunked", b"f" * 40 + b"\r\n"), ("Transfer-Encoding: chunked", b"-1\r\n"),
                ("Content-Length: 99999999999999999999999", b""), ("Content-Length: -1", b""),
                ("Content-Length: 1\r\nContent-Length: 2", b"x"),
                ("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n")):
            with self.subTest(head, body=body), self.connect("http/1.1") as connection:
                connection.sendall(f"POST /jobs HTTP/1.1\r\nHost: x\r\n{login}\r\n{head}\r\n\r\n".encode() + body)
                answer = b""
                try:
                    while chunk := connection.recv(65536):
                        answer += chunk
                except OSError:
                    pass
                self.assertIn(answer[9:12], (b"400", b"413", b"501"), answer[:12])
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
        self.assertNotIn("failed unexpectedly", self.daemon.log_text()[mark:])


if __name__ == "__main__":
    unittest.main()
