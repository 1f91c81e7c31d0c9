"""What jobs answer, key by key and type by type, and the same for the documented examples of their answers.

fixtures/shapes.json has the shape of each answer that is publicly documented: names of types (`int|str` for either), a
list with the shape of its elements, objects with the shapes of their members. Of the members, `name?` may be left out,
`name+` is one this daemon has beyond the documented ones, and `*` stands for all other names. null is no answer at all.
"""

import json
import pathlib
import subprocess
import sys
import unittest

from daemon import PROGRAM, REPOSITORY, free_port, shared_folder, until
from database_host import lacking
from shapes import Every, Optional, differences
from test_backup import BackupHost
from test_samples import LICENSE_TEXT

sys.path.insert(0, str(REPOSITORY / "scripts"))

from guards.document import fault  # noqa: E402  (the path comes first)

SHAPES = json.loads((pathlib.Path(__file__).parent / "fixtures/shapes.json").read_text())
TYPES = {"str": str, "int": int, "bool": bool}


def examples():
    """The documented answers by job, or None where they, or what reads them, are not here."""
    try:
        import yaml
    except ImportError:
        return None
    folder = shared_folder()
    if folder is None:
        return None
    jobs = yaml.safe_load((folder / "reference/confd-jobs.yaml").read_text())["jobs"]
    return {job["name"]: job["result"].get("example") for job in jobs if job.get("result", {}).get("seen")}


def read(shape, leaves_out):
    """A shape of the fixture as `differences` takes it; members marked by one of `leaves_out` are optional."""
    if isinstance(shape, str):
        return tuple(TYPES[name] for name in shape.split("|"))
    if isinstance(shape, list):
        return [read(shape[0], leaves_out)]
    if isinstance(shape, dict) and "*" in shape:
        return Every(tuple(read(one, leaves_out) for one in shape.values()))
    if isinstance(shape, dict):
        members = {name: read(one, leaves_out) for name, one in shape.items()}
        return {
            name.rstrip("?+"): Optional(one) if name.endswith(leaves_out) else one for name, one in members.items()}
    return shape


def faults(output, name, leaves_out):
    """How an answer differs from its shape, as sentences."""
    shape = SHAPES[name]
    lacking_names = [key for key in shape if key != "*" and key not in output] if (
        isinstance(shape, dict) and "*" in shape) else []
    return differences(output, read(shape, leaves_out)) + [f"output lacks {key!r}" for key in lacking_names]


def differing_keys(output, example, place="output"):
    """Documented keys that are not answered and types that differ, whatever the fixture says.

    Keys that are data count as well: a fresh cluster has the node, disk, bucket and groups of the examples.
    """
    if type(output) is not type(example):
        return [f"{place} is {output!r}, documented is {example!r}"]
    if isinstance(example, list):
        return differing_keys(output[0], example[0], f"{place}[0]") if output and example else []
    if not isinstance(example, dict):
        return []
    return [f"{place} lacks {name!r}" for name in example.keys() - output.keys()] + [
        text for name in example.keys() & output.keys()
        for text in differing_keys(output[name], example[name], f"{place}.{name}")]


class Fixture(unittest.TestCase):
    @unittest.skipIf(examples() is None, "the documented catalogue, or a reader of YAML, is not here")
    def test_the_fixture_has_every_documented_answer_and_agrees_with_it(self):
        documented = examples()
        self.assertEqual(sorted(SHAPES), sorted(documented))
        for name, example in documented.items():
            with self.subTest(name):
                self.assertEqual(faults(example, name, ("?", "+")), [])


@unittest.skipIf(lacking(), lacking())
class Answers(unittest.TestCase):
    def test_the_answers_are_those_of_the_documented_examples(self):
        with BackupHost() as daemon:
            outputs = self.outputs(daemon, daemon.rest())
        self.assertEqual(sorted(outputs), sorted(SHAPES))
        self.are_as_the_document_says(outputs)
        documented = examples() or {}
        for name, output in outputs.items():
            with self.subTest(name):
                self.assertEqual(faults(output, name, ("?",)), [])
                if name in documented:
                    self.assertEqual(differing_keys(output, documented[name]), [])

    def are_as_the_document_says(self, outputs):
        printed = subprocess.run([PROGRAM, "openapi", "--form", "json"], capture_output=True, check=True).stdout
        described = json.loads(printed)
        for name, output in outputs.items():
            if output is not None:
                with self.subTest(name):
                    schema = described["paths"][f"/job-types/{name}/jobs"]["post"]["x-result-schema"]
                    self.assertIsNone(fault(described, output, schema))

    def outputs(self, daemon, rest):
        """What each documented job answers on a cluster with a database, backups and volumes of every kind."""
        outputs = {}

        def run(name, /, **parameters):
            outputs[name] = daemon.ok(rest, name, **parameters)
        daemon.create(rest)
        run("st_volume_create", name="Vault", type="archive", size="1 GiB", disk="disk1", nodes=[11], redundancy=1)
        run("db_start", db_name="BASE")
        run("db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0, expire="1w")
        run("db_backup_list", db_name="BASE")
        daemon.ok(
            rest, "db_backup_add_schedule", db_name="BASE", backup_name="tide", backup_volume_name="Vault", level=0,
            enabled=False)
        for name in ("db_info", "db_state"):
            run(name, db_name="BASE")
        outputs["db_backup_progress"] = self.progress(daemon, rest)
        run("db_stop", db_name="BASE")
        run("db_restore", db_name="BASE", backup_id=outputs["db_backup_list"][0]["id"], restore_type="blocking")
        run("db_configure", db_name="BASE", params="-work_mem=8MB")
        bucket = {"bucketfs_name": "bfsdefault", "bucket_name": "crates"}
        run("bucket_add", **bucket, public=True, additional_files=["EXAClusterOS:/opt/exasol/slc-*/Languages-*"])
        run("bucket_modify", **bucket, public=False)
        run("bucketfs_info", bucketfs_name="bfsdefault")
        run("license_upload", license=LICENSE_TEXT)
        run("node_add", priv_net="10.10.10.12/24", nid=12)
        url = f"ftp://127.0.0.1:{free_port()}/b"
        run("remote_volume_add", vol_type="ftp", url=url, username="u", password="p", remote_volume_name="Pier",
            owner=[500, 500], labels=["wet"], options=["noverifypeer"])
        for name, parameters in {
                "remote_volume_info": {"remote_volume_name": "Pier"}, "st_volume_info": {"vname": "Heap"},
                "remote_volume_state": {"remote_volume_name": "Pier"}}.items():
            run(name, **parameters)
        for name in (
                "db_list", "bucketfs_list", "group_list", "license_info", "node_list", "node_state", "st_node_list",
                "st_volume_list", "remote_volume_list", "remote_volume_list_details"):
            run(name)
        return outputs

    def progress(self, daemon, rest):
        """What is told of a backup while it runs."""
        daemon.fill(64)
        location = rest.post("/jobs", {"type": "db_backup_start", "params": {
            "db_name": "BASE", "backup_volume_name": "Vault", "level": 0}}).headers["location"]
        seen = []

        def runs():
            seen.append(daemon.ok(rest, "db_backup_progress", db_name="BASE"))
            return seen[-1].get("Progress", 0) > 0
        until(runs, 60)
        self.assertEqual(rest.get(f"{location}?wait=120s").json["outcome"], "ok")
        return seen[-1]


if __name__ == "__main__":
    unittest.main()
