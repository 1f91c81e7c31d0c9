"""The status page in a cluster of three real nodes: on the one that decides, on one that does not, and when that changes."""

import os
import pathlib
import unittest
import urllib.parse

from cluster_host import PASSWORD, Cluster, lacking
from daemon import until
from visit import PAGES, Visit

AXE = os.environ.get("CONFD_AXE")
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 400, 320)]
HEADS = ["Node", "Address", "Role", "Vote", "Version", "Revision", "Lag", "State", "Note"]
# What a node may say that does not decide, or cannot: no fault of the page.
REFUSALS = ("/is_master", "/readyz", "/master", "/sessions", "/cluster", "/events", "/jobs")


class Guest(Visit):
    """A browser at the page of one node, whatever that node does."""

    def open_view(self, place):
        """Opens the page anew at a view."""
        self.open("about:blank")
        self.open(f"{self.daemon.url}/{place}")

    def look(self, place="#/cluster", heading="Cluster"):
        """Looks at a node that does not decide, without a session."""
        self.open_view(place)
        self.button("Look at this node only").click()
        self.find("[name=user]").fill("admin")
        self.find("[name=password]").fill(PASSWORD)
        self.button("Look", "form").click()
        self.until_text(heading, "h1")

    def way(self):
        """Where the line that names the node that decides leads to; empty without one."""
        return self.script("const way = document.querySelector('#lead-way'); way.onfocus?.(); return way.hidden ? '' : way.href")

    def first(self):
        """The first words of the view of the cluster."""
        return self.text("main .first")

    def rows(self):
        return self.script(
            "return [...document.querySelectorAll('main tbody tr')].map(row => [...row.children].map(cell => cell.innerText))")

    def complaints(self):
        """What the browser had to say but for refusals that belong to a node that does not decide."""
        def is_refusal(line):
            path = urllib.parse.urlsplit(line.split(" ")[0]).path
            return "Failed to load resource" in line and path.startswith(REFUSALS)
        return [line for line in self.log() if not is_refusal(line)]


@unittest.skipIf(lacking(), lacking())
class Nodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(**PAGES))
        cls.cluster.grow(12, 13)

    def setUp(self):
        self.master = self.cluster.await_calm()
        self.follower = next(node for node in self.cluster.nodes if node is not self.master)

    def visit(self, node):
        guest = Guest(node)
        guest.__enter__()
        self.addCleanup(guest.__exit__)
        return guest

    def at_master(self):
        guest = self.visit(self.master)
        guest.log_in()
        return guest

    def place(self, node, view):
        return f"https://{node.place}/{view}"

    def keep_looks(self, guest, name):
        """Pictures of a view in each scheme and width, none of which is to be scrolled sideways."""
        for scheme, width in LOOKS:
            guest.resize(width, 900, width < 1000)
            guest.prefer(**{"prefers-color-scheme": scheme})
            guest.until(
                lambda: guest.script("return document.documentElement.scrollWidth") <= width, f"{name} in {width} pixels")
            guest.keep(f"{name}-{scheme}-{width}")
            self.check_access(guest, f"{name}, {scheme}, {width}")
        guest.resize(1280, 900)

    def check_access(self, guest, name):
        if not AXE:
            return
        code = pathlib.Path(AXE).read_text()
        guest.script(f"if (!window.axe) {{ {code}; window.axe = axe ?? module.exports; }}")
        found = guest.script_async(
            "const done = arguments[0]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']}).then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | '))),"
            " e => done([String(e)]))")
        self.assertEqual(found, [], name)

    # What stands there

    def assert_all_are_told(self, guest, node):
        guest.until(lambda: guest.first() == "3 nodes, 3 votes, all well", "the sentence")
        self.assertEqual(guest.script("return [...document.querySelectorAll('main thead th')].map(e => e.innerText)"), HEADS)
        rows = guest.rows()
        self.assertEqual([row[0].split(",")[0] for row in rows], ["11", "12", "13"])
        self.assertEqual([row[1] for row in rows], [other.address for other in self.cluster.nodes])
        roles = {int(row[0].split(",")[0]): row[2] for row in rows}
        self.assertEqual(
            roles, {other.number: "master" if other is self.master else "follower" for other in self.cluster.nodes})
        self.assertEqual([row[7] for row in rows], ["ready"] * 3)
        self.assertEqual([row[0].split(",")[0] for row in rows if row[8] == "this node"], [str(node.number)])
        ways = guest.script("return [...document.querySelectorAll('main tbody a')].map(e => e.href)")
        self.assertEqual(ways, [self.place(other, "#/cluster") for other in self.cluster.nodes if other is not node])

    def test_the_node_that_decides_says_first_what_matters_and_then_each_node(self):
        guest = self.at_master()
        guest.go("#/cluster", "Cluster")
        self.assert_all_are_told(guest, self.master)
        self.assertEqual((guest.way(), guest.text("#lead").strip()), ("", ""))
        self.keep_looks(guest, "master-cluster")
        self.assertEqual(guest.complaints(), [])

    def test_another_node_says_who_decides_and_shows_what_it_knows(self):
        guest = self.visit(self.follower)
        guest.open_view("#/cluster")
        guest.until_text("Log in at the master")
        way = guest.button(f"Go on at n{self.master.number}")
        self.assertEqual(way.attribute("href"), self.place(self.master, "#/cluster"))
        self.keep_looks(guest, "follower-way")
        guest.look()
        self.assert_all_are_told(guest, self.follower)
        guest.until_text(f"n{self.master.number} decides, not this node.", "#lead")
        self.assertEqual(guest.way(), self.place(self.master, "#/cluster"))
        self.keep_looks(guest, "follower-cluster")
        guest.go("#/", "Overview")
        guest.until_text("Only the node that decides tells this.")
        guest.until_text("No job is open.")
        self.assertEqual(guest.way(), self.place(self.master, "#/"))
        guest.keep("follower-overview")
        self.assertEqual(guest.complaints(), [])
        # The password was in that page alone.
        guest.open_view("#/cluster")
        guest.until_text("Log in at the master")

    def test_without_scripts_a_page_says_who_decides_and_leads_there(self):
        def page(node):
            return node.rest(user=None).request("GET", "/", headers={"Accept": "text/html"}).body.decode()
        name = f"n{self.master.number}"
        self.assertIn(f">{name} decides, not this node.<", page(self.follower))
        self.assertIn(f'href="https://{self.master.place}/">Go on at {name}</a>', page(self.follower))
        self.assertNotIn("decides, not this node", page(self.master))

    def test_a_wrong_password_lets_nobody_look(self):
        guest = self.visit(self.follower)
        guest.open_view("#/jobs")
        guest.button("Look at this node only").click()
        guest.find("[name=user]").fill("admin")
        guest.find("[name=password]").fill("wrong")
        guest.button("Look", "form").click()
        guest.until_text("User or password is wrong", ".fault[role=alert]")
        self.assertEqual(guest.script("return document.body.dataset.login"), "out")

    def test_who_goes_to_the_master_finds_there_what_was_asked_for(self):
        guest = self.visit(self.follower)
        guest.open_view("#/history?object=node%3A12")
        # The line above every view has such a link, too, which this view hides.
        guest.button(f"Go on at n{self.master.number}", "main").click()
        guest.give_password("admin", PASSWORD)
        guest.until_text("What happened", "h1")
        self.assertEqual(guest.script("return location.href"), self.place(self.master, "#/history?object=node%3A12"))

    def test_a_change_on_the_master_appears_on_the_page_of_another_node(self):
        guest = self.visit(self.follower)
        guest.look("#/configuration", "Configuration")
        revision = self.cluster.change(4711)["revision"]
        guest.until(lambda: guest.rows() and guest.rows()[0][0] == str(revision), f"revision {revision}")
        guest.until(lambda: guest.rows()[0][4] == "all have it", "what every node said")
        guest.until_text(str(revision), "#fact-revision")
        guest.go(f"#/configuration/{revision}", f"Revision {revision}")
        guest.until(lambda: [row[:2] for row in guest.rows()] == [
            [f"node {number}", "acknowledged"] for number in (11, 12, 13)], "the confirmations")
        times = guest.script("return [...document.querySelectorAll('main tbody time')].map(e => e.dateTime)")
        self.assertEqual(len(times), 3)
        for moment in times:
            self.assertRegex(moment, r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d")
        self.keep_looks(guest, "follower-revision")
        self.assertEqual(guest.complaints(), [])

    # When it changes

    def hand_over(self, heir):
        answer = self.master.rest().post("/jobs", {"type": "master_change", "params": {"nids": [heir.number]}})
        self.assertIn(answer.status, (200, 202), answer)
        until(lambda: (heir.view() or {}).get("master", {}).get("node") == heir.number)

    def test_a_page_goes_on_after_a_hand_over_and_loses_nothing(self):
        heir, guest = self.follower, self.at_master()
        guest.go("#/run/group_create", "group_create")
        guest.field("groupname").fill("handed")
        guest.field("groupid").fill("4321")
        self.hand_over(heir)
        guest.until_text(f"n{heir.number} decides, not this node.", "#lead", deadline=30)
        self.assertIs(self.cluster.await_calm(), heir)
        # The form is as it was, and so it is there; nothing was done here.
        self.assertEqual(guest.script("return document.querySelector('#p-groupname').value"), "handed")
        guest.button("Show what it would do").click()
        guest.until_text("Another node decides", "main")
        self.assertEqual(guest.script("return document.querySelector('#p-groupid').value"), "4321")
        guest.until_text("Live", "#connection", deadline=30)
        guest.keep("hand-over-form")
        way = guest.way()
        self.assertTrue(way.startswith(self.place(heir, "#/run/group_create?typed=")), way)
        # What happens there is told here, by a stream of what this node knows.
        guest.go("#/jobs", "Jobs")
        done = heir.rest().job("group_create", groupname="told", groupid=4322)
        self.assertEqual(done["outcome"], "ok", done)
        guest.until_text(done["job_id"], "main")
        guest.go("#/cluster", "Cluster")
        guest.until(lambda: [row[2] for row in guest.rows()].count("master") == 1, "one master")
        self.assertEqual(next(row[0].split(",")[0] for row in guest.rows() if row[2] == "master"), str(heir.number))
        guest.keep("hand-over-cluster")
        self.assertEqual(guest.complaints(), [])
        # There the login is asked for, and then the form stands as it was.
        guest.open(way)
        guest.give_password("admin", PASSWORD)
        guest.until_text("What was typed on the page of another node", "main")
        guest.button("Show what it would do").click()
        guest.until_text("This is what it would do", "main")
        guest.button("Do it now").click()
        guest.until_text("ok", ".outcome", deadline=30)
        guest.keep("hand-over-done")

    def test_a_page_of_the_node_that_decides_next_goes_on_by_itself(self):
        heir, guest = self.follower, self.visit(self.follower)
        guest.open_view("#/cluster")
        guest.until_text("Log in at the master")
        self.hand_over(heir)
        self.assertIs(self.cluster.await_calm(), heir)
        guest.until(lambda: guest.script("return document.querySelector('.login h2')?.textContent") == "Log in", "the login", 30)
        guest.give_password("admin", PASSWORD)
        guest.until_text("Cluster", "h1")

    def test_a_page_whose_node_is_gone_leads_to_the_others(self):
        guest = self.visit(self.follower)
        guest.look()
        guest.until(lambda: guest.first() == "3 nodes, 3 votes, all well", "the sentence")
        guest.until_text("decides, not this node.", "#lead")
        self.follower.stop()
        try:
            guest.until_text("The node does not answer.", "#banner", deadline=30)
            others = [node for node in self.cluster.nodes if node is not self.follower]
            ways = guest.script(
                "const ways = [...document.querySelectorAll('#banner a')]; ways.forEach(way => way.onfocus()); "
                "return ways.map(way => way.href)")
            self.assertEqual(ways, [self.place(node, "#/cluster") for node in others])
            guest.keep("node-gone")
        finally:
            self.follower.start()
        self.cluster.await_calm()
        guest.until(lambda: not guest.text("#banner"), "the node", 30)

    def test_without_a_majority_the_page_says_so_and_what_to_do(self):
        guest, stranger = self.at_master(), self.visit(self.master)
        guest.go("#/cluster", "Cluster")
        guest.until(lambda: guest.first() == "3 nodes, 3 votes, all well", "the sentence")
        others = [node for node in self.cluster.nodes if node is not self.master]
        for node in others:
            node.hold()
        try:
            guest.until_text("Too few nodes are there", "#lead", deadline=60)
            guest.until(lambda: "nothing can be changed" in guest.first(), "what it means", 30)
            guest.until_text("Bring those back that are away", "#lead")
            self.keep_looks(guest, "no-majority")
            stranger.open_view("#/cluster")
            stranger.until_text("Nobody can log in now", deadline=30)
            stranger.until_text("Too few nodes are there", "main", deadline=30)
            stranger.until_text("Away: nodes {} and {}.".format(*(node.number for node in others)), "main", 30)
            stranger.keep("no-majority-stranger")
        finally:
            for node in others:
                node.let_go()
        self.cluster.await_calm(90)
        guest.until(lambda: guest.first() == "3 nodes, 3 votes, all well", "the sentence again", 60)
        stranger.until(lambda: stranger.script("return document.querySelector('.login h2')?.textContent")
                       in ("Log in", "Log in at the master"), "the way in", 60)


if __name__ == "__main__":
    unittest.main()
