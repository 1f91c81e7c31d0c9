"""Backups of a real PostgreSQL: into an archive volume of this machine and into an S3 server, and back."""

import unittest

from test_database import DatabaseHost, lacking


class BackupHost(DatabaseHost):
    """A daemon with a running database of some rows, and a local archive volume."""

    def prepare(self, rest):
        self.sql_port, self.password = self.create(rest)
        self.ok(rest, "st_volume_create", name="Vault", type="archive", size="1 GiB", disk="disk1", nodes=[11], redundancy=1)
        self.ok(rest, "db_start", db_name="BASE")
        self.said("create table t as select i, md5(i::text) as m from generate_series(1, 5000) i")
        return self.checksum()

    def ok(self, rest, kind, /, **params):
        """Runs a job that has to succeed, and returns its output."""
        job = rest.job(kind, **params)
        assert job["outcome"] == "ok", job
        return job["result"].get("result_output")

    def said(self, text):
        answer = self.sql(self.sql_port, self.password, text)
        assert not answer.startswith("failed"), answer
        return answer

    def checksum(self):
        return self.said("select count(*) || ' ' || md5(string_agg(i || m, ',' order by i)) from t")


@unittest.skipIf(lacking(), lacking())
class LocalBackup(unittest.TestCase):
    def test_a_database_is_put_back_to_what_it_was_when_the_backup_was_made(self):
        with BackupHost() as daemon:
            rest = daemon.rest()
            before = daemon.prepare(rest)
            self.assertIsNone(daemon.ok(
                rest, "db_backup_start", db_name="BASE", backup_volume_name="Vault", level=0, expire="1w"))
            backups = daemon.ok(rest, "db_backup_list", db_name="BASE")
            self.assertEqual(len(backups), 1)
            daemon.said("delete from t where i % 2 = 0")
            self.assertNotEqual(daemon.checksum(), before)
            daemon.ok(rest, "db_stop", db_name="BASE")
            self.assertIsNone(daemon.ok(
                rest, "db_restore", db_name="BASE", backup_id=backups[0]["id"], restore_type="blocking"))
            daemon.ok(rest, "db_start", db_name="BASE")
            self.assertEqual(daemon.checksum(), before)


if __name__ == "__main__":
    unittest.main()
