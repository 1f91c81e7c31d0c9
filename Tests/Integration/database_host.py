"""A daemon with an engine and what makes databases on it."""

import glob
import os
import pwd
import subprocess

from daemon import PROGRAM, Daemon, free_port

# Beside the program, or where the package has it.
ENGINE = next((path for path in (PROGRAM.parent / "confd-engine-postgresql", PROGRAM.parents[1] / "lib/confd/confd-engine-postgresql")
               if path.exists()), PROGRAM.parent / "confd-engine-postgresql")


def lacking():
    """What this machine lacks for a real database, or None."""
    if not glob.glob("/usr/lib/postgresql/*/bin/postgres"):
        return "no PostgreSQL (apt-get install postgresql)"
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return "no user postgres"
    return None


def known(settings):
    """Those of the settings that the program has; one of an earlier commit, see scripts/faults, would not start with others."""
    if "CONFD_CHECKOUT" not in os.environ:
        return settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CONFD_")}
    listed = subprocess.run([PROGRAM, "settings"], env=ours, capture_output=True, text=True, check=True).stdout
    return {name: value for name, value in settings.items() if name in listed}


# What an operator writes whose archives are on the node itself, as they are here.
LOCAL_STORES = known({"CONFD_ARCHIVES_LOCAL_ADDRESSES": "127.0.0.1"})


class DatabaseHost(Daemon):
    """A daemon whose databases are ended with it; nothing of it is made ready for them."""

    def new_root(self):
        root = super().new_root()
        # A program with fault A1 makes no database below a closed folder; that would hide every other fault.
        if "CONFD_CHECKOUT" in os.environ:
            root.chmod(0o711)
        return root

    def __exit__(self, *caught):
        self.end_databases()
        super().__exit__(*caught)

    def end_databases(self):
        """Ends database servers below this root: they outlive the daemon on purpose."""
        for file in glob.glob(f"{self.root}/data/volumes/*/*/postgresql/postmaster.pid"):
            with open(file) as lines:
                # A negative number is a server that makes its database, and ends by itself.
                number = int(lines.readline())
            try:
                if number > 0 and str(self.root).encode() in open(f"/proc/{number}/cmdline", "rb").read():
                    os.kill(number, 3)
            except OSError:
                pass

    def sql(self, port, password, text, database="BASE"):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-h", self.address, "-p", str(port), "-U", "sys", "-d", database, "-c", text],
            env=os.environ | {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"}, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else f"failed: {done.stderr}"

    def create(self, rest, name="BASE", volume="Heap", **further):
        """Makes a volume and a database in it; returns its port and password."""
        self.create_volume(rest, volume)
        return self.create_in(rest, volume, name, **further)

    def create_volume(self, rest, name="Heap", **further):
        """Makes a volume of this node, for data unless it says otherwise; returns its id."""
        volume = {"type": "data", "size": "1 GiB", "disk": "disk1", "nodes": [11], "redundancy": 1}
        return rest.ok("st_volume_create", name=name, **volume | further)["vid"]

    def create_in(self, rest, volume, name, **further):
        """Makes a database in a volume; returns its port and password."""
        port = free_port()
        return port, rest.ok("db_create", **self.database(name, volume, port) | further)["password"]

    def database(self, name, volume, port):
        """The parameters of a small database."""
        return {
            "db_name": name, "data_volume_name": volume, "mem_size": "256 MiB", "nodes": [11], "num_active_nodes": 1,
            "version": "8.29.6", "port": port}
