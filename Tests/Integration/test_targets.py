"""Where debug_collect leaves its archive: on the node, in a bucket by the file service, in an archive volume."""

import http.client
import os
import ssl
import tarfile
import tempfile
import unittest

from daemon import Daemon, free_port, until
from database_host import lacking


class Buckets(unittest.TestCase):
    def service(self, daemon, rest, **further):
        port = free_port()
        rest.ok("bucketfs_modify", bucketfs_name="bfsdefault", https_port=port, http_port=0, **further)
        until(lambda: self.get(port, "/") is not None)
        return port

    @staticmethod
    def get(port, path):
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context())
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.read() if answer.status == 200 else None
        except OSError:
            return None
        finally:
            connection.close()

    def test_a_file_in_a_bucket_is_written_by_the_file_service(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            port = self.service(daemon, rest)
            outfile = "/exa/data/bucketfs/bfsdefault/default/cases/7.tar.gz"
            [made] = rest.ok("debug_collect", outfile=outfile, debug_info=["Coredumps"])
            self.assertEqual(made["path"], outfile)
            content = self.get(port, "/default/cases/7.tar.gz")
            self.assertEqual(len(content), made["bytes"])
            with tempfile.NamedTemporaryFile() as file:
                file.write(content)
                file.flush()
                with tarfile.open(file.name) as archive:
                    self.assertIn("./EXAConf", archive.getnames())
            path = daemon.root / "data/bucketfs/bfsdefault/default/cases/7.tar.gz"
            owner = path.parent.parent.stat().st_uid
            self.assertEqual(path.stat().st_uid, owner)
            self.assertEqual(list((daemon.root / "spool/debug").glob("*")), [])
            again = rest.job("debug_collect", outfile=outfile)
            self.assertEqual((again["outcome"], again["error_code"]), ("declined", "object-exists"), again)
            self.assertEqual(self.get(port, "/default/cases/7.tar.gz"), content)

    def test_what_leads_into_no_bucket_is_declined_with_every_kind_of_place(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            for outfile in ("/exa/data/bucketfs/bfsdefault/default", "/exa/data/bucketfs/bfsdefault/no/a.tar.gz",
                            "/exa/data/bucketfs/bfsdefault/default/../../x", "/exa/etc/EXAConf", "/tmp/a.tar.gz",
                            "/exa/data/bucketfs/bfsdefault/default/.bucketfs/uploads/a", "remote:nothing"):
                job = rest.job("debug_collect", outfile=outfile)
                self.assertEqual((job["outcome"], job["error_code"]), ("declined", "parameter-invalid"), (outfile, job))
                for place in ("/exa/spool/debug/", "/exa/data/bucketfs/", "remote:VOLUME,PATH"):
                    self.assertIn(place, job["result"]["result_desc"])

    def test_a_service_with_a_folder_of_its_own_has_its_own_paths(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            port = free_port()
            rest.ok("bucketfs_add", bucketfs_name="second", http_port=0, https_port=port, owner=[500, 500],
                    path="/exa/data/bucketfs2")
            rest.ok("bucket_add", bucketfs_name="second", bucket_name="open", public=True)
            until(lambda: self.get(port, "/open") is not None)
            rest.ok("debug_collect", outfile="/exa/data/bucketfs2/open/a.tar.gz", debug_info=["Coredumps"])
            self.assertTrue(self.get(port, "/open/a.tar.gz"))


class Volumes(unittest.TestCase):
    @unittest.skipIf(lacking(), lacking())
    def test_a_path_of_an_archive_volume_is_written_and_never_overwritten(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            rest.ok("remote_volume_add", remote_volume_name="safe", vol_type="file",
                    url="file:///exa/data/archives/safe")
            rest.ok("st_volume_create", name="Vault", type="archive", size="64 MiB", disk="disk1", nodes=[11],
                    redundancy=1)
            for volume, folder in (("safe", "data/archives/safe"), ("Vault", None)):
                outfile = f"remote:{volume},cases/7.tar.gz"
                [made] = rest.ok("debug_collect", outfile=outfile, debug_info=["Coredumps"])
                self.assertEqual(made["path"], outfile)
                if folder is None:
                    [folder] = [f for f in (daemon.root / "data/volumes").iterdir() if (f / "cases").exists()]
                path = daemon.root / folder / "cases/7.tar.gz"
                self.assertEqual(path.stat().st_size, made["bytes"])
                with tarfile.open(path) as archive:
                    self.assertIn("./EXAConf", archive.getnames())
                before = path.read_bytes()
                again = rest.job("debug_collect", outfile=outfile)
                self.assertEqual((again["outcome"], again["error_code"]), ("declined", "object-exists"), again)
                self.assertEqual(path.read_bytes(), before)
            self.assertEqual(list((daemon.root / "spool/debug").glob("*")), [])
            self.assertEqual([f for f in os.listdir(daemon.root / "spool/databases") if f.startswith(".")], [])

    def test_a_volume_that_is_not_there_or_not_reached_is_named(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            job = rest.job("debug_collect", outfile="remote:nobodys,a.tar.gz")
            self.assertEqual((job["outcome"], job["error_code"]), ("declined", "object-missing"), job)
            self.assertIn("nobodys", job["result"]["result_desc"])

    def test_what_cannot_be_had_has_one_reason(self):
        with Daemon() as daemon:
            rest = daemon.rest()
            for parameters, word in (
                    ({"backtraces": ["ETL JDBC Jobs"]}, "leave out 'backtraces'"),
                    ({"exasolution_log_type": ["Session 1744"]}, "leave out 'Session 1744'")):
                job = rest.job("debug_collect", **parameters)
                self.assertEqual((job["outcome"], job["error_code"]), ("declined", "unsupported-here"), job)
                self.assertIn(word, job["result"]["result_desc"])


if __name__ == "__main__":
    unittest.main()
