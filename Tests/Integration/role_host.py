"""A daemon with a user for each role, whose configuration can be edited, patched and brought back."""

from daemon import PASSWORD, Daemon, until


class Host(Daemon):
    """The name of each user is that of the role, without `exa`."""

    roles = ("exaadm", "exadbadm", "exastoradm", "exabfsadm", "exausers")

    def start(self, deadline=60):
        super().start(deadline)
        if not hasattr(self, "people"):
            admin = self.rest()
            for number, role in enumerate(self.roles):
                admin.ok("user_create", username=role[3:], userid=2001 + number, group=role, login_enabled=True,
                         password=PASSWORD)
            self.people = True
        return self

    def by(self, role):
        return self.rest(role[3:])

    def edit(self, change):
        """Edits EXAConf by hand, as an operator does it; the daemon takes it up."""
        path = self.root / "etc/EXAConf"
        text = path.read_text()
        lines = ["    Checksum = COMMIT" if line.strip().startswith("Checksum =") else line for line in text.split("\n")]
        path.write_text(change("\n".join(lines)))
        until(lambda: "Checksum = COMMIT" not in path.read_text())

    def patch(self, rest, members):
        revision = self.rest().get("/exaconf").headers["etag"]
        return rest.request("PATCH", "/exaconf?wait=60s", members, {"If-Match": revision}).json

    def roll_back(self, rest, number):
        revision = self.rest().get("/exaconf").headers["etag"]
        return rest.request("POST", "/exaconf/rollback?wait=60s", {"to": number}, {"If-Match": revision}).json

    def revision(self):
        return int(next(line.split("=")[1] for line in self.configuration().split("\n") if "Revision =" in line))
