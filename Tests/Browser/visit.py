"""Visits of the status page: a daemon with the page, and a browser that is logged in there."""

import os
import pathlib

from browser import Browser
from daemon import PASSWORD, SOURCE_TREE, Daemon

PAGES = {"CONFD_HTTP_PAGES": str(SOURCE_TREE / "Public")}
PICTURES = os.environ.get("CONFD_PICTURES")


def serve(environment=None, **arguments):
    """A daemon with the page, not started yet."""
    return Daemon(environment=PAGES | (environment or {}), **arguments)


class Visit(Browser):
    """A browser at one daemon's page."""

    def __init__(self, daemon, **size):
        super().__init__(**size)
        self.daemon = daemon

    def home(self):
        self.open(self.daemon.url + "/")

    def log_in(self, user="admin", password=PASSWORD):
        self.home()
        self.give_password(user, password)
        self.find("#nav a")
        self.until_text("Live", "#connection")

    def give_password(self, user, password):
        self.find("[name=user]").fill(user)
        self.find("[name=password]").fill(password)
        self.button("Log in", "form").click()

    def go(self, place, heading):
        """Goes to a view by its address and waits for its heading."""
        self.script("location.hash = arguments[0]", place)
        self.until_text(heading, "h1")

    def field(self, name):
        """The control of a job's parameter."""
        return self.find(f"#p-{name}")

    def count(self):
        """How many the line above a list says there are; 0 while it says nothing."""
        return int((self.text(".count").split() or ["0"])[0].replace(",", ""))

    def keep(self, name):
        """Stores a picture of the page for people to look at, where CONFD_PICTURES names a folder."""
        if PICTURES:
            pathlib.Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.picture(pathlib.Path(PICTURES) / f"{name}.png")
