"""The status page as people use it, on a daemon with many jobs in its history."""

import html.parser
import os
import pathlib
import unittest

from crowd import fill
from visit import Visit, serve

# The short form asks nothing about a long history, and shows each view in each scheme and each width once.
IS_SHORT = "CONFD_BROWSER_SHORT" in os.environ
COUNT = 1000 if IS_SHORT else 100_000
LOOKS = [("light", 1280), ("dark", 390)] + ([] if IS_SHORT else [("dark", 1280), ("light", 390)])
AXE = os.environ.get("CONFD_AXE")
VIEWS = {
    "overview": ("#/", "Overview", "DB1"), "jobs": ("#/jobs", "Jobs", f"{COUNT:,}"[:-2]), "run": ("#/run", "Run a job", "db_start"),
    "form": ("#/run/db_create", "db_create", "data_volume_name"), "revisions": ("#/configuration", "Configuration", "found"),
    "revision": ("#/configuration/2", "Revision 2", "[[jane]]"), "history": ("#/history", "What happened", "At a glance"),
    "access": ("#/access", "Queue and access", "Nobody is locked out"),
    "cluster": ("#/cluster", "Cluster", "1 node, alone"),
}
USER = {"userid": 1500, "group": "exausers", "login_enabled": True, "password": "a1b2c3d4e5"}


def setUpModule():
    global daemon, visit, failed
    daemon = serve()
    daemon.start()
    unittest.addModuleCleanup(daemon.__exit__)
    done = daemon.rest().job("user_create", **USER | {"username": "jane", "additional_groups": ["exaadm"]})
    assert done["outcome"] == "ok", done
    daemon.stop()
    failed = fill(daemon.root, COUNT)
    daemon.start()
    visit = Visit(daemon)
    visit.__enter__()
    unittest.addModuleCleanup(visit.__exit__)


class Page(unittest.TestCase):
    """Each test begins logged in, and ends without a complaint of the browser: no script failed, nothing was blocked."""

    def setUp(self):
        visit.resize(1280, 900)
        visit.prefer(**{"prefers-color-scheme": "light"})
        visit.home()
        visit.until(lambda: visit.script("return document.body.dataset.login") is not None)
        if visit.script("return document.body.dataset.login") == "out":
            visit.log_in()
        visit.log()

    def quiet(self):
        self.assertEqual([line for line in visit.log() if "status of 4" not in line], [])


class Text(html.parser.HTMLParser):
    """The words of a page, as a reader without scripts and styles has them."""

    def __init__(self, page):
        super().__init__()
        self.words = []
        self.feed(page)

    def handle_data(self, data):
        self.words += data.split()


class PublicTest(unittest.TestCase):
    def test_the_state_of_the_node_is_plain_html(self):
        revision = daemon.rest().get("/exaconf/revisions?limit=1").json["items"][0]["revision"]
        answer = daemon.rest(user=None).request("GET", "/", headers={"Accept": "text/html"})
        text = " ".join(Text(answer.body.decode()).words)
        for words in ("is the master", "10.10.10.11", "ready for jobs", f"Revision {revision}", "Certificate until 20"):
            self.assertIn(words, text)
        self.assertNotIn("{{", text)
        tag = answer.headers["etag"]
        again = daemon.rest(user=None).request("GET", "/", headers={"Accept": "text/html", "If-None-Match": tag})
        self.assertEqual(again.status, 304)

    def test_the_page_reads_with_scripts_switched_off(self):
        with Visit(daemon) as bare:
            bare.scripts(allowed=False)
            bare.home()
            bare.keep("without-scripts")
            read = bare.devtools("Accessibility.getFullAXTree")["nodes"]
        words = " ".join(str(node.get("name", {}).get("value", "")) for node in read if not node.get("ignored"))
        for text in ("Certificate", "ready for jobs", "Logging in and all else on this page need JavaScript"):
            self.assertIn(text, words)

    def test_looking_often_is_not_refused(self):
        with serve({"CONFD_LIMITS_ADDRESS_PER_SECOND": "10"}) as strict, Visit(strict) as browser:
            for _ in range(5):
                browser.home()
                browser.find("[name=user]")

    def test_everything_weighs_less_than_300_kilobytes(self):
        pages = pathlib.Path(daemon.environment["CONFD_HTTP_PAGES"])
        total = sum(path.stat().st_size for path in pages.rglob("*") if path.is_file())
        print(f"\nthe whole page: {total / 1000:.0f} kB uncompressed")
        self.assertLess(total, 300_000)

    def test_a_script_is_offered_no_basic_login(self):
        client = daemon.rest(user=None)
        for headers, schemes in ({"Sec-Fetch-Dest": "empty"}, ["Bearer"]), ({}, ["Basic", "Bearer"]):
            answer = client.request("GET", "/jobs", headers=headers)
            given = [value.split()[0] for name, value in answer.fields if name.lower() == "www-authenticate"]
            self.assertEqual(given, schemes)


class LoginTest(unittest.TestCase):
    def test_in_and_out_and_a_wrong_password(self):
        with Visit(daemon) as browser:
            browser.home()
            browser.give_password("admin", "wrong")
            browser.until_text("password", ".fault[role=alert]")
            browser.give_password("admin", "correct horse")
            browser.until_text("Overview", "h1")
            browser.home()
            browser.until_text("Overview", "h1")
            browser.button("Log out", ".account").click()
            browser.find("[name=password]")
            self.assertEqual(browser.script("return document.cookie"), "")

    def test_a_session_that_ends_elsewhere_asks_for_the_password_and_goes_on_there(self):
        with Visit(daemon) as browser:
            browser.log_in()
            browser.go("#/run", "Run a job")
            client = daemon.rest()
            for session in client.get("/sessions").json["items"]:
                client.request("DELETE", f"/sessions/{session['session_id']}")
            browser.script("location.hash = '#/jobs'")
            browser.until_text("Your session has ended")
            # Whatever else tells of the same end leaves the form as it is.
            browser.find("[name=user]").fill("admin")
            browser.script_async(
                "document.dispatchEvent(new Event('confd-check-login'));"
                "const asked = () => fetch('/sessions/current');"
                "asked().then(asked).then(() => setTimeout(arguments[0]))")
            self.assertEqual(browser.script("return document.querySelector('[name=user]').value"), "admin")
            browser.give_password("admin", "correct horse")
            browser.until_text("Jobs", "h1")


class JobTest(Page):
    def test_a_job_from_the_form_to_its_end_its_diff_and_the_way_back(self):
        visit.go("#/run", "Run a job")
        visit.find("[type=search]").type("create user")
        visit.button("user_create", "main").click()
        visit.until_text("user_create", "h1")
        visit.field("username").type("karl")
        visit.field("userid").type("many")
        visit.button("Show what it would do").click()
        visit.until_text("Give a whole number")
        self.assertEqual(visit.field("userid").attribute("aria-invalid"), "true")
        visit.field("userid").fill("1600")
        visit.button("Show what it would do").click()
        visit.until_text("'group' is missing")
        visit.keep("form-faults")
        visit.field("group").type("exausers")
        visit.field("password").type("a1b2c3d4e5")
        visit.script("const e = arguments[0]; e.value = 'true'; e.dispatchEvent(new Event('input', {bubbles: true}))", visit.field("login_enabled"))
        visit.find("#reason").type("a new colleague")
        visit.button("Show what it would do").click()
        visit.until_text("This is what it would do")
        self.assertIn("[[karl]]", visit.text(".preview ins") + visit.text(".preview"))
        self.assertNotIn("karl", daemon.configuration())
        visit.keep("form-preview")
        visit.button("Do it now").click()
        visit.until_text("ok", ".outcome")
        visit.until_text("Made revision", ".timeline")
        self.assertIn("karl", daemon.configuration())
        visit.keep("job")
        link = visit.find(".timeline a[href*=configuration]")
        revision = int(link.text.split()[1])
        link.click()
        visit.until_text(f"Revision {revision}", "h1")
        self.assertIn("[[karl]]", visit.text(".diff"))
        visit.go(f"#/configuration/{revision - 1}", f"Revision {revision - 1}")
        visit.button(f"Go back to revision {revision - 1}").click()
        visit.until_text("would change this")
        visit.keep("rollback")
        visit.find("#rollback-reason").type("not him")
        visit.button("Go back now").click()
        visit.until_text("exaconf_rollback", "h1")
        visit.until_text("ok", ".outcome")
        self.assertNotIn("karl", daemon.configuration())
        self.quiet()

    def test_a_job_is_watched_live_while_it_waits(self):
        client = daemon.rest()
        rule = client.post("/queue/rules", {"action": "pause", "match": {"type": ["user_delete"]}, "reason": "look first"}).json
        self.addCleanup(client.request, "DELETE", f"/queue/rules/{rule['rule_id']}")
        job = client.post("/jobs", {"type": "user_create", "params": USER | {"username": "lena", "userid": 1601}}).json
        waiting = client.post("/jobs", {"type": "user_delete", "params": {"username": "lena"}, "depends_on": [job["job_id"]]}).json
        visit.go(f"#/jobs/{waiting['job_id']}", "user_delete")
        visit.until_text(f"The queue rule {rule['rule_id']} holds it")
        visit.keep("job-waiting")
        client.request("DELETE", f"/queue/rules/{rule['rule_id']}")
        visit.until_text("ok", ".outcome")
        self.quiet()

    def test_reason_and_cure_of_a_failed_job_are_two_clicks_away(self):
        job = daemon.rest().job("db_stop", db_name="DB1")
        if job["outcome"] == "ok":
            job = daemon.rest().job("db_stop", db_name="DB1")
        visit.home()
        visit.until_text("Overview", "h1")
        visit.go("#/jobs?state=bad", "Jobs")
        visit.find(f"a[href='#/jobs/{failed}']").click()
        visit.until_text("node 12 does not answer", ".why")
        visit.until_text("Read the job's result", ".why")
        visit.keep("job-failed")
        self.quiet()

    def test_what_users_write_stays_text(self):
        daemon.rest().post("/jobs?wait=20s", {"type": "node_list", "reason": "<img src=x onerror=alert(1)><b>bold</b>"})
        visit.go("#/jobs", "Jobs")
        visit.until_text("<img src=x onerror=alert(1)><b>bold</b>")
        self.assertEqual(visit.all("main img, main b"), [])
        self.quiet()


class ListTest(Page):
    def test_a_hundred_thousand_jobs_are_filtered_and_walked(self):
        visit.go("#/jobs", "Jobs")
        visit.until_text("100,0", ".count")
        self.assertEqual(len(visit.all("tbody tr")), 50)
        visit.find("[name=q]").type("ticket 4711")
        visit.until(lambda: 19_000 < visit.count() < 21_000, "the count")
        visit.script("const e = document.querySelector('[name=state]'); e.value = 'bad'; e.dispatchEvent(new Event('input', {bubbles: true}))")
        visit.until(lambda: 300 < visit.count() < 700, "the count")
        self.assertIn("state=bad", visit.script("return location.hash"))
        visit.button("Older jobs").click()
        visit.until(lambda: len(visit.all("tbody tr")) == 100, "the next page")
        self.assertEqual(len({row.attribute("href") for row in visit.all("tbody td.main a")}), 100)
        self.assertTrue(all("failed" in cell.text for cell in visit.all("tbody td:first-child")[:10]))
        self.quiet()

    def test_new_jobs_appear_by_themselves_also_without_a_stream(self):
        for state in ("Live", "Asks every few seconds"):
            visit.go("#/jobs", "Jobs")
            visit.until_text(state, "#connection", 30)
            job = daemon.rest().job("node_list")
            visit.until_text(job["job_id"], "tbody", 40)
            if state == "Live":
                visit.devtools("Network.enable")
                visit.devtools("Network.setBlockedURLs", urls=["*/events?*"])
                self.addCleanup(visit.devtools, "Network.setBlockedURLs", urls=[])
                visit.home()
                visit.script("location.reload()")
                visit.until_text("Overview", "h1")

    def test_what_happened_is_a_picture_and_words(self):
        visit.go("#/history", "What happened")
        visit.until_text("entries", ".count")
        self.assertGreater(len(visit.all("svg rect")), 5)
        visit.find("[name=object]").type("db:DB3")
        visit.until(lambda: {a.text for a in visit.all(".entries a.id")} == {"db:DB3"}, "entries of DB3 alone")
        self.quiet()

    def test_a_look_from_nothing_comes_to_rows(self):
        for place in ("#/", "#/jobs"):
            looks = [self.look(place) for _ in range(3)]
            print(f"\n{place} with {COUNT} jobs: first paint and rows after (ms): {looks}")

    def look(self, place):
        """Milliseconds until the first paint and until a list has rows, from nothing."""
        visit.open("about:blank")
        visit.open(f"{daemon.url}/{place}")
        visit.until(lambda: visit.all("tbody tr"), "rows")
        rows = visit.script("return performance.now()")
        paint = visit.until(lambda: visit.script(
            "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"), "first paint")
        return round(paint), round(rows)


class AccessTest(Page):
    def test_rules_and_lockouts_are_made_and_taken_away(self):
        visit.go("#/access", "Queue and access")
        visit.find("summary").click()
        visit.find("[name=reason]").type("maintenance")
        visit.find("[name=type]").type("update_*")
        visit.button("Make the rule").click()
        visit.until_text("update_*", "table")
        visit.keep("access-rule")
        visit.button("Take away").click()
        visit.until_text("No rules")
        for _ in range(5):
            daemon.rest("eve", "guess", source="127.0.0.9").get("/jobs")
        visit.go("#/run", "Run a job")
        visit.go("#/access", "Queue and access")
        visit.until_text("eve")
        visit.button("Let in").click()
        visit.until_text("Nobody is locked out")
        self.quiet()

    def test_everything_is_reached_by_keyboard(self):
        visit.open("about:blank")
        visit.home()
        visit.until_text("Overview", "h1")
        visit.press("tab")
        self.assertEqual(visit.script("return document.activeElement.className"), "skip")
        visit.press("enter")
        self.assertEqual(visit.script("return document.activeElement.id"), "main")
        visit.press(*["shift+tab"] * 8)
        self.assertIn("Jobs", visit.script("return [...document.querySelectorAll('#nav a')].map(e => e.textContent)"))
        visit.script("document.querySelector('#nav a[data-path=jobs]').focus()")
        visit.press("enter")
        visit.until_text("Jobs", "h1")
        visit.until(lambda: visit.script("return document.activeElement.tagName") == "H1", "the focus on the heading")
        self.quiet()


@unittest.skipUnless(AXE, "CONFD_AXE does not name axe.min.js; scripts/browser does")
class AccessibilityTest(Page):
    def check(self, name):
        code = pathlib.Path(AXE).read_text()
        visit.script(f"if (!window.axe) {{ {code}; window.axe = axe ?? module.exports; }}")
        found = visit.script_async(
            "const done = arguments[0]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']}).then(r => done(r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target + ' '"
            " + n.failureSummary).join(' | ').slice(0, 600))), e => done([String(e)]))")
        self.assertEqual(found, [], name)

    def test_no_view_has_a_violation(self):
        for name, (place, heading, words) in (VIEWS | {"job": (f"#/jobs/{failed}", failed, "Cure")}).items():
            visit.go("#/" if name != "overview" else "#/run", "Overview" if name != "overview" else "Run a job")
            visit.go(place, heading)
            visit.until_text(words)
            for scheme, width in LOOKS:
                visit.prefer(**{"prefers-color-scheme": scheme})
                visit.resize(width, 900, is_phone=width < 500)
                with self.subTest(view=name, scheme=scheme, width=width):
                    self.check(name)
                    self.assertLessEqual(visit.script("return document.documentElement.scrollWidth"), width)
                visit.keep(f"{name}-{scheme}-{width}")
            visit.resize(1280, 900)

    def test_the_way_in_has_none_either(self):
        visit.button("Log out", ".account").click()
        visit.find("[name=password]")
        for scheme in ("light", "dark"):
            visit.prefer(**{"prefers-color-scheme": scheme})
            visit.resize(390, 844, is_phone=True)
            self.check(scheme)
            visit.keep(f"login-{scheme}-390")
            visit.resize(1280, 900)
            visit.keep(f"login-{scheme}-1280")
