"""Volumes and devices of a real daemon: files that are really there, over XML-RPC and REST, also after kill -9."""

import json
import threading
import time
import unittest
import xmlrpc.client

from daemon import Daemon, shared_folder, until
from shapes import Every, differences

SEGMENT = {
    "end_block": str, "index": str, "nid": int, "partitions": list, "phys_nid": int, "sid": str, "start_block": str,
    "state": ("ONLINE", "OFFLINE"), "type": ("MASTER", "REDUNDANCY"), "vid": str}
VOLUME = {
    "app_io_enabled": bool, "block_distribution": "vertical", "block_size": int, "bytes_per_block": int, "group": int,
    "hdd_type": str, "hdds_per_node": int, "id": str, "int_io_enabled": bool, "labels": [str], "name": str,
    "nodes_list": [{"id": int, "unrecovered_segments": int}], "num_master_nodes": int, "owner": int,
    "permissions": str, "priority": int, "redundancy": int, "segments": [SEGMENT], "shared": bool, "size": str,
    "snapshots": list, "state": ("ONLINE", "DEGRADED", "RECOVERING", "LOCKED"), "stripe_size": int, "type": str,
    "unlock_conditions": list, "use_crc": bool, "users": list, "volume_nodes": [int]}
NODE = {
    "hdd_free_space": Every(str), "hdds": [{"name": str, "type": str}], "name": str, "id": int, "state": str,
    "hdd_total_space": Every(str), "bg_recovery_enabled": bool, "bg_recovery_limit": int,
    "space_warn_threshold": int, "space_warning": bool}
MIB = 1 << 20
NEW = {"name": "vault", "type": "data", "size": "64 MiB", "disk": "disk1", "nodes": [11], "redundancy": 1}


class Storage(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()

    @property
    def data(self):
        return self.daemon.root / "data"

    def job(self, name, /, **params):
        """Runs a job over XML-RPC and returns its whole result."""
        return self.daemon.rpc().job_exec(name, {"params": params} if params else {})

    def ok(self, name, /, **params):
        result = self.job(name, **params)
        self.assertEqual((result["result_code"], result["result_name"]), (0, "OK"), (name, result))
        return result.get("result_output")

    def refused(self, name, words, /, **params):
        """The job does not succeed, and says why; over XML-RPC this may be a fault."""
        try:
            result = self.job(name, **params)
            self.assertNotEqual(result["result_code"], 0, (name, result))
            text = result["result_desc"]
        except xmlrpc.client.Fault as fault:
            text = fault.faultString
        self.assertIn(words, text)

    def volume(self, name):
        return self.ok("st_volume_info", vname=name)

    def ledger(self):
        path = self.data / "storage/.ledger.json"
        return json.loads(path.read_text()) if path.exists() else {"volumes": {}}

    def segment(self, number):
        return self.data / f"volumes/{number}/segment.0"

    def test_a_fresh_installation_has_its_volume_and_its_device(self):
        volume, = self.ok("st_volume_list")
        self.assertEqual(differences(volume, VOLUME), [])
        self.assertEqual((volume["id"], volume["name"], volume["state"]), ("0", "DataVolume1", "ONLINE"))
        self.assertEqual(volume["labels"], ["#Name#DataVolume1", "pub:DB1_persistent"])
        self.assertEqual(self.segment(0).stat().st_size, 4096 * MIB)
        self.assertLess(self.segment(0).stat().st_blocks * 512, MIB)
        self.assertGreaterEqual((self.data / "storage/dev.1").stat().st_size, 4096 * MIB)
        nodes = self.ok("st_node_list")
        self.assertEqual(differences(nodes, Every(NODE)), [])
        self.assertEqual(nodes["0"]["hdds"], [{"name": "/exa/data/storage/dev.1", "type": "disk1"}])
        info = self.ok("st_volume_info", vid=0)
        self.assertEqual((info["block_size"], info["stripe_size"]), ("4 KiB", "256 KiB"))
        self.assertEqual(differences(info, VOLUME | {"block_size": str, "stripe_size": str}), [])

    @unittest.skipIf(shared_folder() is None, "the documented catalogue is not here")
    def test_the_members_are_those_of_the_documented_example(self):
        text = (shared_folder() / "reference/confd-jobs.yaml").read_text()
        for job, params in (("st_volume_list", {}), ("st_volume_info", {"vid": 0})):
            entry = text[text.index(f"- name: {job}\n"):]
            example = entry[entry.index("example:"):entry.index("example_params")]
            output = self.ok(job, **params)
            for place in (output[0] if isinstance(output, list) else output), VOLUME["segments"][0]:
                for name in place:
                    self.assertRegex(example, rf"\b{name}: ", (job, name))

    def test_the_life_of_a_volume(self):
        before = self.daemon.configuration()
        self.assertEqual(self.ok("st_volume_create", **NEW), {"vid": 1})
        self.assertIn("[EXAVolume : vault]", self.daemon.configuration())
        self.assertEqual(self.segment(1).stat().st_size, 64 * MIB)
        self.assertEqual(self.volume("vault")["segments"][0]["end_block"], str(64 * MIB // 4096 - 1))
        self.ok("st_volume_enlarge", vid=1, blocks_per_node=100)
        self.assertEqual(self.segment(1).stat().st_size, 64 * MIB + 128 * 4096)
        self.ok("st_volume_shrink", vname="vault", blocks_per_node=128)
        self.assertEqual(self.segment(1).stat().st_size, 64 * MIB)
        self.assertEqual(self.volume("vault")["size"], "64 MiB")
        with open(self.segment(1), "r+b") as file:
            file.write(b"x" * MIB)
        self.ok("st_volume_clear_data", vname="vault", node_ids=[], num_bytes=0)
        with open(self.segment(1), "rb") as file:
            self.assertEqual(file.read(MIB).strip(b"\0"), b"")
        self.assertEqual(self.segment(1).stat().st_size, 64 * MIB)
        self.ok("st_volume_delete", vname="vault")
        self.assertFalse((self.data / "volumes/1").exists())
        self.assertEqual(list(self.ledger()["volumes"]), ["DataVolume1"])
        after = self.daemon.configuration()
        self.assertEqual(
            [line for line in after.splitlines() if "Revision" not in line and "Checksum" not in line],
            [line for line in before.splitlines() if "Revision" not in line and "Checksum" not in line])

    def test_what_is_switched_on_a_volume_is_shown_and_outlives_the_daemon(self):
        self.ok("st_volume_create", **NEW)
        self.ok("st_volume_lock", vid=1)
        self.ok("st_volume_set_io_status", vid=1, app_io=False, int_io=True)
        self.ok("st_volume_add_label", vid=1, label="spring tide")
        self.ok("st_volume_set_priority", vid=1, prio=3)
        self.ok("st_volume_set_shared", vid=1, shared=False)
        self.ok("st_volume_change_permissions", vid=1, mode="rwxr-x---")
        self.ok("st_volume_change_owner", vid=1, vol_user=0, vol_grp=0)
        self.refused("st_volume_enlarge", "locked", vid=1, blocks_per_node=1)
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        volume = self.volume("vault")
        self.assertEqual(volume["state"], "LOCKED")
        self.assertEqual((volume["app_io_enabled"], volume["int_io_enabled"]), (False, True))
        self.assertEqual(volume["labels"], ["#Name#vault", "spring tide"])
        self.assertEqual((volume["priority"], volume["shared"], volume["owner"]), (3, False, 0))
        self.assertEqual(volume["permissions"], "rwxr-x---")
        self.ok("st_volume_unlock", vid=1)
        self.ok("st_volume_remove_label", vid=1, label="spring tide")
        self.assertEqual(self.volume("vault")["state"], "ONLINE")

    def test_devices_give_space_and_take_it_away(self):
        device = {"devname": "/exa/data/storage/dev.2", "node": 11}
        self.ok("st_device_add", disk="fast", seccount=25600, sector_size="4 KiB", **device)
        path = self.data / "storage/dev.2"
        self.assertEqual(path.stat().st_size, 100 * MIB)
        self.refused("st_volume_create", "100 MiB free", **NEW | {"disk": "fast", "size": "101 MiB"})
        self.assertFalse((self.data / "volumes/1").exists())
        self.assertNotIn("vault", self.daemon.configuration())
        self.assertEqual(self.ok("st_volume_create", **NEW | {"disk": "fast", "size": "100 MiB"}), {"vid": 1})
        info = self.ok("st_device_info", devname=device["devname"], node_id=11)
        self.assertEqual((info["free"], info["state"], info["seccount"]), (0, "ONLINE", 25600))
        self.refused("st_device_remove", "in use", **device)
        self.refused("st_volume_enlarge", "free on this node", vname="vault", blocks_per_node=64)
        self.ok("st_device_enlarge", num_sectors=51200, **device)
        self.assertEqual(path.stat().st_size, 200 * MIB)
        self.ok("st_volume_enlarge", vname="vault", blocks_per_node=64)
        self.ok("st_device_disable", **device)
        self.assertEqual(self.volume("vault")["state"], "LOCKED")
        self.assertEqual(self.volume("vault")["unlock_conditions"], ["a device of node 11 is disabled"])
        self.ok("st_device_enable", **device)
        self.assertEqual(self.volume("vault")["state"], "ONLINE")
        self.ok("st_volume_delete", vname="vault")
        self.ok("st_device_remove", **device)
        self.assertFalse(path.exists())
        self.assertNotIn("fast", self.daemon.configuration())

    def test_nodes_are_suspended_tuned_and_measured(self):
        self.ok("st_node_suspend", nid=11)
        self.assertEqual(self.ok("st_node_list")["0"]["state"], "SUSPENDED")
        self.assertEqual(self.volume("DataVolume1")["state"], "LOCKED")
        self.refused("st_volume_create", "suspended", **NEW)
        self.ok("st_node_resume", nid=11)
        self.ok("st_node_set_bg_recovery", node=11, enabled=False)
        self.ok("st_node_set_space_warn_threshold", node=11, threshold=1)
        self.ok("st_node_force_bg_recovery_limit_calibration", nid=11)
        node = self.ok("st_node_list")["0"]
        self.assertEqual((node["state"], node["bg_recovery_enabled"]), ("ONLINE", False))
        self.assertTrue(node["space_warning"])
        self.assertGreater(node["bg_recovery_limit"], 0)
        self.ok("st_node_set_bg_recovery_limit", nid=11, limit=25)
        self.assertEqual(self.ok("st_node_list")["0"]["bg_recovery_limit"], 25)
        self.assertIsNone(self.ok("st_node_restore", nid=11, vid=0))
        self.assertEqual(self.ok("st_get_partition_id"), self.daemon.decider.process.pid)

    def test_bad_requests_are_refused_over_rest_with_a_pointer(self):
        client = self.daemon.rest()
        cases = [
            ({"disk": "none"}, "object-missing", None), ({"name": "DataVolume1"}, "object-exists", None),
            ({"nodes": [99]}, "object-missing", None), ({"size": "large"}, "parameter-invalid", "/params/size"),
            ({"redundancy": 2}, "parameter-invalid", "/params/redundancy"),
            ({"size": "9000 TiB"}, "parameter-invalid", "/params/size")]
        before = self.daemon.configuration()
        for change, code, pointer in cases:
            with self.subTest(change=change):
                job = client.job("st_volume_create", **NEW | change)
                self.assertEqual((job["outcome"], job["error_code"]), ("declined", code), job)
                pointers = [fault["pointer"] for fault in job.get("error_details", {}).get("errors", [])]
                self.assertEqual(pointers, [pointer] if pointer else [])
        answer = client.post("/jobs", {"type": "st_volume_create", "params": NEW | {"type": "object", "nodes": "11"}})
        self.assertIn(answer.status, (400, 422), answer)
        self.assertEqual(
            sorted(fault["pointer"] for fault in answer.json["errors"]), ["/params/nodes", "/params/type"])
        self.assertEqual(self.daemon.configuration(), before)
        self.assertEqual(sorted(path.name for path in (self.data / "volumes").iterdir()), ["0"])

    def test_other_nodes_that_have_not_joined_are_named(self):
        self.ok("node_add", priv_net="10.10.10.12/24", nid=12)
        self.refused("st_volume_move_node", "Storage of node 12", vid=0, src_nodes=[11], dst_nodes=[12])
        self.refused("st_volume_create", "12", **NEW | {"nodes": [11, 12]})
        self.refused("st_device_add", "12", devname="/exa/data/storage/dev.9", node=12, disk="disk1")
        self.refused("st_node_suspend", "12", nid=12)
        self.assertEqual(self.ok("st_node_list")["1"]["state"], "OFFLINE")

    def test_rest_tells_what_would_happen_and_does_it(self):
        client = self.daemon.rest()
        answer = client.post("/jobs", {"type": "st_volume_create", "params": NEW, "dry_run": True})
        self.assertIn(answer.status, (200, 201, 202), answer)
        self.assertNotIn("vault", self.daemon.configuration())
        self.assertFalse((self.data / "volumes/1").exists())
        job = client.job("st_volume_create", **NEW)
        self.assertEqual(job["outcome"], "ok", job)
        self.assertEqual(self.segment(1).stat().st_size, 64 * MIB)

    def check_clean(self, moment):
        """After a restart the volume is wholly there or wholly not."""
        volumes = [volume["name"] for volume in self.ok("st_volume_list")]
        states = {
            "listed": "vault" in volumes, "configured": "[EXAVolume : vault]" in self.daemon.configuration(),
            "kept": "vault" in self.ledger()["volumes"], "there": (self.data / "volumes/1").exists()}
        self.assertEqual(len(set(states.values())), 1, (moment, states))
        if states["there"]:
            self.assertEqual(self.segment(1).stat().st_size, 64 * MIB, moment)
            self.assertEqual(self.volume("vault")["state"], "ONLINE", moment)
        return states["there"]

    def test_kill_9_at_any_step_leaves_the_volume_made_or_not(self):
        moments = {
            "accepted": lambda: True,
            "ledger": lambda: "vault" in (self.data / "storage/.ledger.json").read_text(),
            "folder": lambda: (self.data / "volumes/1").exists(),
            "segment": lambda: self.segment(1).exists(),
            "whole": lambda: self.segment(1).exists() and self.segment(1).stat().st_size == 64 * MIB,
            "configured": lambda: "vault" in self.daemon.configuration()}
        for moment, reached in moments.items():
            with self.subTest(moment):
                killer = threading.Thread(target=self.kill_when, args=(reached,))
                if moment != "accepted":
                    killer.start()
                try:
                    answer = self.daemon.rest().post("/jobs", {"type": "st_volume_create", "params": NEW})
                    self.assertEqual(answer.status, 202, answer)
                    path = f"/jobs/{answer.json['job_id']}"
                except OSError:
                    path = None
                if moment == "accepted":
                    killer.start()
                killer.join()
                self.daemon.start()
                if path:
                    client = self.daemon.rest()
                    until(lambda: client.get(path).json.get("outcome") is not None)
                    ended = client.get(path).json["outcome"]
                self.assertNothingRuns()
                made = self.check_clean(moment)
                if path:
                    self.assertEqual(made, ended == "ok", (moment, ended))
                if made:
                    self.ok("st_volume_delete", vname="vault")
                self.assertFalse((self.data / "volumes/1").exists())

    def assertNothingRuns(self):
        """A job that changes storage goes through only when none before it runs any more."""
        self.ok("st_volume_set_io_status", vid=0, app_io=True, int_io=True)

    def kill_when(self, reached):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                if reached():
                    break
            except OSError:
                pass
        self.daemon.kill()

    def test_kill_9_while_a_volume_is_deleted_leaves_it_whole_or_gone(self):
        for moment in ("accepted", "retired", "configured"):
            with self.subTest(moment):
                self.ok("st_volume_create", **NEW)
                with open(self.segment(1), "r+b") as file:
                    file.write(b"precious")
                reached = {
                    "accepted": lambda: True,
                    "retired": lambda: '"retired" : [\n' in (self.data / "storage/.ledger.json").read_text(),
                    "configured": lambda: "vault" not in self.daemon.configuration()}[moment]
                killer = threading.Thread(target=self.kill_when, args=(reached,))
                if moment != "accepted":
                    killer.start()
                try:
                    self.daemon.rest().post("/jobs", {"type": "st_volume_delete", "params": {"vname": "vault"}})
                except OSError:
                    pass
                if moment == "accepted":
                    killer.start()
                killer.join()
                self.daemon.start()
                self.assertNothingRuns()
                if self.check_clean(moment):
                    with open(self.segment(1), "rb") as file:
                        self.assertEqual(file.read(8), b"precious")
                    self.ok("st_volume_delete", vname="vault")


if __name__ == "__main__":
    unittest.main()
