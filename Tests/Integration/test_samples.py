"""Configurations of several generations: every read job's shape, every change's lines, and the numbers afterwards."""

import collections
import difflib
import hashlib
import ipaddress
import json
import pathlib
import re
import ssl
import subprocess
import tempfile
import unittest

from daemon import Daemon, pam_matrix, shared_folder
from shapes import LICENSE, NODE_STATES, READS, REMOTE_VOLUME, Every, differences

FIXTURE = pathlib.Path(__file__).parent / "fixtures/two-nodes.conf"
PASSWORD = "harbour master"
# What a caller puts in place of the placeholders some files have.
PLACEHOLDERS = {
    "db_version": "7.1.0", "image_version": "6.2.4-d1", "private_network": "172.17.0.2/16", "name_servers": "8.8.8.8",
    "disk_size": "10 GiB", "mem_size": "4 GiB"}
LICENSE_TEXT = json.dumps({
    "Contract": {
        "comment": "", "company_name": "Pier and Sons", "distributor": "", "distributor_id": "",
        "expiration_date": "Unlimited", "license_id": "7"},
    "Exasol_DB_license": {"schema_version": 1},
    "Limits": {
        "max_db_mem_size_in_gb": 64, "max_db_raw_data_size_in_gb": "Unlimited", "max_nodes_per_cluster": "Unlimited",
        "max_num_clusters": "Unlimited"}})
AFFINITY_COMMENT = (
    "    # Affinity decides how this node is used in the cluster. i.e, the possibility to become master")


def filled(text, **values):
    values = PLACEHOLDERS | values
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: values[found[1]], text)


def key(text, name):
    """The first value of a key in the text of a configuration."""
    return re.search(rf"^\s*{name} = (.*)$", text, re.MULTILINE)[1]


def checksum(text):
    """The MD5 of a canonical text, made without the program."""
    for name in ("Revision", "Checksum"):
        text = re.sub(rf"(?m)^(    {name} = ).*$", r"\1PLACEHOLDER", text, count=1)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def changed_lines(before, after):
    """The lines that differ, without those of revision and checksum."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in list(lines)[2:] if not re.match(r"@@|[-+]    (Revision|Checksum) = ", line)]


class Certificate:
    """A chain of one certificate with its key, made with openssl."""

    def __init__(self, name):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                 "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout",
                 folder / "key", "-out", folder / "cert"], check=True, capture_output=True)
            self.key, self.text = (folder / "key").read_text(), (folder / "cert").read_text()


# Changes: a job, its parameters, and the lines that have to differ afterwards. None for a job that makes no
# revision, an answer for one that reads.

def lines(text, sign="+"):
    return [sign + line for line in text.split("\n")]


def replaced(*pairs):
    return [sign + line for pair in pairs for sign, line in zip("-+", pair) if line is not None]


def masked(found):
    """Lines without what is made by chance, in no order: a section may be shown shifted by the lines it begins with."""
    rules = (
        (r"(Passwd = )\$6\$.{80,}", r"\1HASH"), (r"(UUID = )(?!7EAA8DEF)[0-9A-F]{40}", r"\1UUID"),
        (r"= [A-Za-z0-9+/]{42,43}=$", "= RANDOM"))
    masked_lines = []
    for line in found:
        for pattern, replacement in rules:
            line = re.sub(pattern, replacement, line)
        masked_lines.append(line)
    return collections.Counter(masked_lines)


class Reading(dict):
    """What a read job between changes has to answer, beside what is not named here."""


class Network:
    """Where new nodes fit in, and how the file describes a node."""

    def __init__(self, text):
        node = re.search(r"(?ms)^\[Node : 11\]\n(.*?)\n\n", text)[1]
        self.network = ipaddress.ip_interface(key(node, "PrivateNet")).network
        self.disks = node[node.index("    [[Disk"):]
        self.inside = [pair.split(":")[0] for pair in key(node, "ExposedPorts").split(", ")]

    def address(self, number, mask=True):
        address = self.network.network_address + number
        return f"{address}/{self.network.prefixlen}" if mask else str(address)

    def section(self, number, public="", uuid="UUID", state="suspended"):
        ports = ", ".join(f"{port}:{int(port) + number}" for port in self.inside)
        state = f"    State = {state}\n" if state else ""
        return (
            f"\n[Node : {number}]\n    PrivateNet = {self.address(number)}\n    PublicNet = {public}\n"
            f"    Name = n{number}\n{AFFINITY_COMMENT}\n    Affinity = {number}\n    UUID = {uuid}\n{state}"
            f"    DockerVolume = n{number}\n    # Ports to be exposed (container : host)\n"
            f"    ExposedPorts = {ports}\n{self.disks}")


def node_changes(text):
    net = Network(text)
    uuids = {number: f"7EAA8DEF9DF7483CABAD93774A4F130EBF2CE7{number}" for number in (31, 32)}
    yield "node_add", {"priv_net": net.address(21), "nid": 21, "name": "n21"}, lines(net.section(21))
    limits = replaced(
        ("    BgRecLimit = ", "    BgRecLimit = 50"),
        (f"    SpaceWarnThreshold = {key(text, 'SpaceWarnThreshold')}", "    SpaceWarnThreshold = 80")
    ) if "BgRecLimit" in text else lines(
        "    # Max. throughput for background recovery / data restoration (in MiB/s)\n    BgRecLimit = 50\n"
        "    # Space usage threshold (in percent, per node) for sending a warning\n    SpaceWarnThreshold = 80")
    public = "198.51.100.22/24"
    yield ("node_add", {
        "priv_net": net.address(22), "pub_net": public, "nid": 22, "name": "n22", "offline": True, "bg_rec_limit": 50,
        "space_warn_threshold": 80}, lines(net.section(22, public, state=None)) + limits)
    yield "node_add_batch", {"nodes": [
        {"name": f"n{number}", "nid": number, "private_ip": net.address(number, mask=False), "uuid": uuid}
        for number, uuid in uuids.items()]}, [
            line for number, uuid in uuids.items() for line in lines(net.section(number, uuid=uuid))]
    suspended, deactivated = "    State = suspended", "    State = deactivated"
    yield "node_state", {}, Reading({"11": "online", "21": "suspended", "22": "offline", "31": "suspended"})
    yield "node_suspend", {"nid": 22}, None
    yield "node_state", {}, Reading({"22": "suspended"})
    yield "node_resume", {"nid": 22}, None
    yield "node_suspend", {"nid": [31, 32], "disable": True}, replaced(*[(suspended, deactivated)] * 2)
    yield "node_state", {}, Reading({"22": "offline", "31": "deactivated", "32": "deactivated"})
    yield "node_resume", {"nid": [31, 32], "enable": True}, replaced(*[(deactivated, None)] * 2)
    yield "node_resume", {"nid": 21}, replaced((suspended, None))
    yield "node_state", {}, Reading({"21": "offline", "22": "offline", "31": "offline", "32": "offline"})
    yield "node_info", {"nid": 22}, Reading({
        "id": "22", "name": "n22", "private_ip": net.address(22, mask=False), "state": "offline", "affinity": "22"})
    yield "node_remove", {"nid": [32, 31]}, [
        line for number, uuid in uuids.items() for line in lines(net.section(number, uuid=uuid, state=None), "-")]
    yield "node_remove", {"nid": 21}, lines(net.section(21, state=None), "-")
    nodes = re.findall(r"(?ms)^\[Node : (\d+)\]\n(.*?)\n\n", text)
    moved = [(number, key(node, "Affinity")) for number, node in nodes if "Affinity = " in node]
    moved = [(number, affinity) for number, affinity in moved if affinity != number]
    yield "affinity_reset", {}, replaced(
        *[(f"    Affinity = {affinity}", f"    Affinity = {number}") for number, affinity in moved]) if moved else None


def user_changes(_):
    yield "group_create", {"groupid": 3100, "groupname": "dockers"}, lines("    [[dockers]]\n        ID = 3100")
    yield "user_create", {
        "username": "jetty", "userid": 3101, "group": "dockers", "login_enabled": True, "password": "secret one",
        "additional_groups": ["exausers", "exaadm"],
        "authorized_keys": ["ssh-ed25519 AAAAC3NzaC1 jetty@harbour"]}, lines(
            "    [[jetty]]\n        ID = 3101\n        Group = dockers\n        LoginEnabled = True\n"
            "        Passwd = HASH\n        AdditionalGroups = exausers, exaadm\n"
            "        AuthorizedKeys = ssh-ed25519 AAAAC3NzaC1 jetty@harbour,")
    yield "user_info", {"userid": 3101}, Reading({
        "name": "jetty", "id": 3101, "group": "dockers", "login_enabled": True,
        "additional_groups": ["exausers", "exaadm"], "authorized_keys": ["ssh-ed25519 AAAAC3NzaC1 jetty@harbour"]})
    yield "group_info", {"groupname": "dockers"}, Reading({"id": 3100})
    yield "user_modify", {"username": "jetty", "login_enabled": False, "additional_groups": ["exausers"]}, replaced(
        ("        LoginEnabled = True", "        LoginEnabled = False"),
        ("        AdditionalGroups = exausers, exaadm", "        AdditionalGroups = exausers,"))
    yield "user_passwd", {"username": "jetty", "password": "secret two"}, replaced(
        ("        Passwd = HASH", "        Passwd = HASH"))
    yield "user_passwd", {"username": "jetty", "password": "$6$saltsalt$abc", "encode_passwd": False}, replaced(
        ("        Passwd = HASH", "        Passwd = $6$saltsalt$abc"))
    yield "user_delete", {"username": "jetty"}, lines(
        "    [[jetty]]\n        ID = 3101\n        Group = dockers\n        LoginEnabled = False\n"
        "        Passwd = $6$saltsalt$abc\n        AdditionalGroups = exausers,\n"
        "        AuthorizedKeys = ssh-ed25519 AAAAC3NzaC1 jetty@harbour,", "-")
    yield "group_delete", {"groupname": "dockers"}, lines("    [[dockers]]\n        ID = 3100", "-")


def bucket_changes(_):
    service = (
        "\n# A Bucket filesystem\n[BucketFS : shed]\n    Owner = 500 : 500\n    # HTTP port number (0 = disabled)\n"
        "    HttpPort = {}\n    # HTTPS port number (0 = disabled)\n    HttpsPort = {}\n    SyncKey = RANDOM\n"
        "    SyncPeriod = {}\n    mode = rsync\n    bucketvolume = None")
    crates = (
        "    [[Bucket : crates]]\n        ReadPasswd = b3Blbg==\n        WritePasswd = {}\n        Public = {}\n"
        "        AdditionalFiles = pictures:/exa/data/pictures/*")
    barrels = (
        "    [[Bucket : barrels]]\n        ReadPasswd = RANDOM\n        WritePasswd = RANDOM\n        Public = True")
    where = {"bucketfs_name": "shed", "bucket_name": "crates"}
    yield "bucketfs_add", {"bucketfs_name": "shed", "http_port": 0, "https_port": 2681, "owner": [500, 500]}, lines(
        service.format(0, 2681, 30000))
    yield "bucket_add", where | {
        "public": False, "read_password": "open", "write_password": "close",
        "additional_files": ["pictures:/exa/data/pictures/*"]}, lines(crates.format("Y2xvc2U=", "False"))
    yield "bucket_add", {"bucketfs_name": "shed", "bucket_name": "barrels", "public": True}, lines(barrels)
    yield "bucket_modify", where | {"public": True, "write_password": "shut"}, replaced(
        ("        WritePasswd = Y2xvc2U=", "        WritePasswd = c2h1dA=="),
        ("        Public = False", "        Public = True"))
    yield "bucketfs_modify", {
        "bucketfs_name": "shed", "http_port": 2680, "https_port": "2682", "sync_period": "20000"}, replaced(
            ("    HttpPort = 0", "    HttpPort = 2680"), ("    HttpsPort = 2681", "    HttpsPort = 2682"),
            ("    SyncPeriod = 30000", "    SyncPeriod = 20000"))
    yield "bucketfs_info", {"bucketfs_name": "shed"}, Reading({
        "_sec_name": "BucketFS : shed", "owner": [500, 500], "http_port": 2680, "https_port": 2682, "mode": "rsync",
        "sync_period": "20000", "bucketvolume": "None"})
    yield "bucket_delete", where, lines(crates.format("c2h1dA==", "True"), "-")
    yield "bucketfs_delete", {"bucketfs_name": "shed"}, lines(
        service.format(2680, 2682, 20000) + "\n" + barrels, "-")


def volume_changes(_):
    pier = (
        "\n# An EXAStorage remote volume\n[RemoteVolume : pier]\n    Type = s3\n    ID = 10077\n"
        "    URL = https://pier.example.org/b\n    Owner = 500 : 500\n    Username = u\n    Passwd = cA==\n"
        "    Labels = wet, cold\n    Options = nocompression,noverifypeer")
    nameless = (
        "\n# An EXAStorage remote volume\n[RemoteVolume : r0078]\n    Type = ftp\n    ID = 10078\n"
        "    URL = ftp://192.0.2.9:2121/b/\n    Owner = 0 : 0")
    ocean = (
        "\n# An EXAStorage object volume\n[ObjectVolume : ocean]\n    Type = s3\n    Region = eu-central-1\n"
        "    Bucket = tank\n    Prefix = salt\n    Credentials = IAM\n    Owner = 500 : 500\n    Permissions = rwx\n"
        "    Shared = True\n    Priority = 10")
    tide = (
        "    [[Backup : tide]]\n        Enabled = {}\n        Volume = pier\n        Level = 0\n        Minute = 5\n"
        "        Hour = {}\n        Day = *\n        Month = *\n        Weekday = Sunday\n        Expire = {}")
    ebb = (
        "    [[Backup : ebb]]\n        Enabled = True\n        Volume = pier\n        Level = 1\n        Minute = 0\n"
        "        Hour = *\n        Day = *\n        Month = *\n        Weekday = *")
    yield "remote_volume_add", {
        "vol_type": "s3", "url": "https://pier.example.org/b", "username": "u", "password": "p", "owner": [500, 500],
        "remote_volume_name": "pier", "remote_volume_id": 10077, "options": ["nocompression", "noverifypeer"],
        "labels": ["wet", "cold"]}, lines(pier)
    yield "remote_volume_add", {"vol_type": "ftp", "url": "ftp://192.0.2.9:2121/b/"}, lines(nameless)
    yield "db_backup_add_schedule", {
        "db_name": "DB1", "backup_name": "tide", "backup_volume_name": "pier", "level": 0, "minute": 5, "hour": "4",
        "weekday": "Sunday", "expire": "1w 3d", "enabled": True}, lines(tide.format("True", 4, "1w 3d"))
    yield "db_backup_add_schedule", {
        "db_name": "DB1", "backup_name": "ebb", "backup_volume_id": 10077, "level": 1}, lines(ebb)
    yield "db_backup_modify_schedule", {
        "db_name": "DB1", "backup_name": "tide", "enabled": False, "hour": 6, "expire": "2d"}, replaced(
            ("        Enabled = True", "        Enabled = False"), ("        Hour = 4", "        Hour = 6"),
            ("        Expire = 1w 3d", "        Expire = 2d"))
    yield "remote_volume_info", {"remote_volume_id": "10077"}, Reading({
        "name": "pier", "vid": "10077", "type": "s3", "url": "https://pier.example.org/b", "owner": [500, 500],
        "username": "u", "labels": ["wet", "cold"], "options": "nocompression,noverifypeer"})
    for name, section in (("tide", tide.format("False", 6, "2d")), ("ebb", ebb)):
        yield "db_backup_remove_schedule", {"db_name": "DB1", "backup_name": name}, lines(section, "-")
    yield "remote_volume_remove", {"remote_volume_name": "pier"}, lines(pier, "-")
    yield "remote_volume_remove", {"remote_volume_id": 10078}, lines(nameless, "-")
    yield "object_volume_add", {
        "name": "ocean", "vol_type": "s3", "bucket": "tank", "region": "eu-central-1", "prefix": "salt",
        "credentials": "IAM", "owner": [500, 500]}, lines(ocean)
    yield "object_volume_info", {"name": "ocean"}, Reading({
        "name": "ocean", "type": "s3", "bucket": "tank", "region": "eu-central-1", "prefix": "salt",
        "credentials": "IAM", "owner": [500, 500], "shared": True})
    yield "object_volume_remove", {"name": "ocean"}, lines(ocean, "-")


def setting_changes(text):
    yield "general_settings", {"changes": {"Global": {"NameServers": "192.0.2.54, 192.0.2.55", "SSHPort": 2222}}}, (
        replaced(
            (f"    NameServers = {key(text, 'NameServers')}", "    NameServers = 192.0.2.54, 192.0.2.55"),
            (f"    SSHPort = {key(text, 'SSHPort')}", "    SSHPort = 2222")))
    rotation = "    LogRotationTypes = "
    yield "general_settings", {"changes": {"Logging": {"LogRotationTypes": "local, remote"}}}, (
        replaced((rotation + "local,", rotation + "local, remote")) if "[Logging]" in text
        else lines(f"\n# RemoteLogging : None/None\n[Logging]\n{rotation}local, remote"))
    yield "license_upload", {"license": LICENSE_TEXT}, []
    yield "settings_list", {"sections": {"Global": ["SSHPort"], "Logging": ["LogRotationTypes"]}}, Reading({
        "Global": {"SSHPort": "2222"}, "Logging": {"LogRotationTypes": "local, remote"}})
    yield "license_download", {}, LICENSE_TEXT


CHANGES = (node_changes, user_changes, bucket_changes, volume_changes, setting_changes)
# After these the text is the one from before, except for revision and checksum.
UNDONE = (user_changes, bucket_changes, volume_changes)
# What a change answers; the others answer nothing.
OUTPUTS = {
    "node_add": int, "node_add_batch": [int], "bucket_add": [str], "remote_volume_add": [[str]],
    "license_upload": LICENSE}


class Cluster:
    """The tests on one configuration; a class with the text to start from makes them run."""

    text = None

    def setUp(self):
        if pam_matrix() is None:
            self.skipTest("libpam-wrapper is not installed")
        self.daemon = Daemon(configuration=self.text, users={"root": PASSWORD})
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.server = self.daemon.rpc("root", PASSWORD)

    def run_job(self, job, params):
        result = self.server.job_exec(job, {"params": params} if params else {})
        self.assertEqual(
            (result["result_code"], result["result_name"], result["result_desc"]), (0, "OK", "Success"), (job, result))
        return result

    def assert_shape(self, value, shape):
        self.assertEqual(differences(value, shape), [])

    def test_read_jobs_answer_what_is_documented_and_change_nothing(self):
        before = self.daemon.configuration()
        for job, params, shape in READS:
            with self.subTest(job, params=params):
                result = self.run_job(job, params)
                self.assertNotIn("result_revision", result)
                self.assert_shape(result["result_output"], shape)
        states = self.run_job("node_state", {})["result_output"]
        self.assert_shape(states.pop("booted"), Every(str))
        self.assert_shape(states, Every(NODE_STATES))
        self.assertEqual(sorted(states), sorted(self.run_job("node_list", {})["result_output"]))
        for name in self.run_job("remote_volume_list", {})["result_output"]:
            info = self.run_job("remote_volume_info", {"remote_volume_name": name})["result_output"]
            self.assert_shape(info, REMOTE_VOLUME)
        self.assertEqual(self.daemon.configuration(), before)

    def test_the_file_is_loaded_as_a_revision_of_its_own_or_left_as_it_is(self):
        now = self.daemon.configuration()
        self.assertEqual(key(now, "Checksum"), checksum(now))
        stored = key(self.text, "Checksum")
        if re.fullmatch("[0-9a-f]{32}", stored):
            self.assertEqual(now, self.text)
            self.assertEqual(self.revisions(), [int(key(self.text, "Revision"))])
        else:
            self.assertGreater(int(key(now, "Revision")), int(key(self.text, "Revision")))

    def test_every_change_makes_one_revision_with_exactly_its_lines(self):
        first = int(key(self.daemon.configuration(), "Revision"))
        for changes in CHANGES:
            begin = self.daemon.configuration()
            for job, params, expected in changes(begin):
                with self.subTest(job, params=str(params)[:120]):
                    self.change(job, params, expected)
            if changes in UNDONE:
                self.assertEqual(changed_lines(begin, self.daemon.configuration()), [])
        self.update_certificate()
        self.assertIn("ok:", self.daemon.run("check").stdout)
        last = int(key(self.daemon.configuration(), "Revision"))
        self.assertGreater(last, first + 20)
        self.restart(last)

    def change(self, job, params, expected):
        before = self.daemon.configuration()
        result = self.run_job(job, params)
        after = self.daemon.configuration()
        if isinstance(expected, (Reading, str)):
            output = result["result_output"]
            found = {name: output.get(name) for name in expected} if isinstance(expected, Reading) else output
            self.assertEqual(found, expected)
            expected = None
        elif job in OUTPUTS:
            self.assert_shape(result["result_output"], OUTPUTS[job])
        else:
            self.assertNotIn("result_output", result)
        if expected is None:
            self.assertNotIn("result_revision", result)
            self.assertEqual(after, before)
            return
        self.assertEqual(result["result_revision"], int(key(before, "Revision")) + 1)
        self.assertEqual(int(key(after, "Revision")), result["result_revision"])
        self.assertEqual(key(after, "Checksum"), checksum(after))
        found = changed_lines(before, after)
        expected, masked_lines = masked(expected), masked(found)
        self.assertEqual(
            masked_lines, expected, "\n".join(
                [f"{job} changed:", *found, "missing:", *(expected - masked_lines), "too much:",
                 *(masked_lines - expected)]))

    def update_certificate(self):
        certificate = Certificate("harbour.example.org")
        before = self.daemon.configuration()
        result = self.run_job("cert_update", {"cert": certificate.text, "key": certificate.key})
        self.assertEqual(result["result_revision"], int(key(before, "Revision")) + 1)
        self.assertEqual(changed_lines(before, self.daemon.configuration()), [])
        served = ssl.get_server_certificate(("127.0.0.1", self.daemon.port))
        self.assertEqual(ssl.PEM_cert_to_DER_cert(served), ssl.PEM_cert_to_DER_cert(certificate.text))
        self.server = self.daemon.rpc("root", PASSWORD)

    def restart(self, last):
        before = self.daemon.configuration()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.assertEqual(self.daemon.configuration(), before)
        self.server = self.daemon.rpc("root", PASSWORD)
        self.assertEqual(self.run_job("db_list", {})["result_output"], ["DB1"])
        self.assert_shape(self.run_job("license_info", {})["result_output"], LICENSE)
        numbers = self.revisions()
        self.assertEqual(numbers, list(range(last, numbers[-1] - 1, -1)))
        self.assertGreater(len(numbers), 20)

    def revisions(self):
        numbers, cursor = [], ""
        while cursor is not None:
            page = self.daemon.rest("root", PASSWORD).get("/exaconf/revisions?limit=7" + cursor).json
            numbers += [item["revision"] for item in page["items"]]
            cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
        return numbers


class TwoNodes(Cluster, unittest.TestCase):
    text = FIXTURE.read_text()


def sample(name, **values):
    """Tests on a public sample, where the folder with them is there."""
    folder = shared_folder()
    if folder is None:
        return unittest.skip("the public samples are not here")(type(name, (unittest.TestCase,), {
            "test_on_this_sample": lambda self: None}))
    text = (folder / "reference/exaconf-samples" / f"{name}.conf").read_text()
    return type(name, (Cluster, unittest.TestCase), {"text": filled(text, **values), "__module__": __name__})


Version60 = sample("exaconf-6.0.12-single")
Version62 = sample("exaconf-6.2.4-placeholders", db_version="6.2.4")
Version71 = sample("exaconf-7.1.0-placeholders")
Version820 = sample("exaconf-8.20.0-three-nodes")
Version829 = sample("exaconf-8.29.6-single")


if __name__ == "__main__":
    unittest.main()
