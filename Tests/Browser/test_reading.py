"""What the page says when it cannot read: the error and the age of what it shows, never that there is nothing."""

import unittest

from visit import Visit, serve

# What views say when they know that there is nothing.
EMPTY = ["None.", "No job", "No rules", "Nobody is locked out", "Nothing happened", "0 jobs", "0 entries"]
# Reads of these paths get an answer of the server's that says no, as from a proxy or a store that fails.
FAIL = """
    window.realFetch ??= window.fetch;
    const paths = arguments[0];
    window.fetch = (path, options) => paths.some((start) => String(path).startsWith(start))
        ? Promise.resolve(new Response(JSON.stringify({title: "Out of order", detail: "It failed on purpose.", status: 503}),
            {status: 503, headers: {"Content-Type": "application/problem+json"}}))
        : window.realFetch(path, options);
"""


def setUpModule():
    global daemon, visit
    daemon = serve()
    daemon.start()
    unittest.addModuleCleanup(daemon.__exit__)
    daemon.rest().job("node_list")
    visit = Visit(daemon)
    visit.__enter__()
    unittest.addModuleCleanup(visit.__exit__)


class Page(unittest.TestCase):
    """Each test begins logged in, with a stream, and without rules."""

    def setUp(self):
        for rule in daemon.rest().get("/queue/rules").json["items"]:
            daemon.rest().request("DELETE", f"/queue/rules/{rule['rule_id']}")
        visit.home()
        visit.until(lambda: visit.script("return document.body.dataset.login") is not None)
        if visit.script("return document.body.dataset.login") == "out":
            visit.log_in()
        visit.until_text("Live", "#connection", 30)

    def refuse(self, *paths):
        visit.script(FAIL, list(paths))
        self.addCleanup(visit.script, "if (window.realFetch) window.fetch = window.realFetch")

    def card(self, heading):
        return visit.script(
            "return [...document.querySelectorAll('main section')].find(e =>"
            " e.querySelector('h2')?.textContent === arguments[0])?.innerText ?? ''", heading)


class Reading(Page):
    def test_a_list_that_fails_is_no_all_clear(self):
        visit.go("#/run", "Run a job")
        self.refuse("/jobs")
        visit.go("#/", "Overview")
        for heading in ("Needs a look", "Running and waiting"):
            visit.until(lambda: "It failed on purpose." in self.card(heading), f"the error in {heading}")
            self.assertNotRegex(self.card(heading), "No job|Nothing")
        visit.until(lambda: "online" in self.card("Nodes"), "what could be read")
        visit.keep("overview-failed")
        self.refuse()
        visit.until(lambda: "No job has failed" in self.card("Needs a look"), "the list by itself", 30)
        visit.until(lambda: "It failed on purpose." not in visit.text("main"), "the other lists", 30)

    def test_what_was_read_before_is_shown_with_its_age(self):
        visit.go("#/", "Overview")
        visit.until(lambda: "No job has failed" in self.card("Needs a look"))
        self.refuse("/jobs", "/queue", "/databases", "/nodes", "/volumes")
        daemon.rest().job("node_list")
        visit.until(lambda: "What stands here is of" in self.card("Needs a look"), "the age")
        self.assertRegex(self.card("Needs a look"), r"It failed on purpose.*\n*.*What stands here is of \d\d:\d\d:\d\d")
        self.assertIn("No job has failed", self.card("Needs a look"))

    def test_no_view_takes_an_error_for_nothing(self):
        self.refuse("/jobs?", "/queue", "/databases", "/nodes", "/volumes", "/history", "/sessions", "/lockouts", "/exaconf")
        for place, heading in (
                ("#/jobs", "Jobs"), ("#/history", "What happened"), ("#/access", "Queue and access"),
                ("#/configuration", "Configuration"), ("#/", "Overview")):
            with self.subTest(place):
                visit.go(place, heading)
                visit.until_text("It failed on purpose.", "main")
                text = visit.text("main")
                self.assertEqual([words for words in EMPTY if words in text], [], text)

    def test_a_filter_that_cannot_be_asked_shows_nothing_of_the_one_before(self):
        visit.go("#/jobs", "Jobs")
        visit.until(lambda: visit.all("tbody td.main"), "rows")
        self.refuse("/jobs?")
        visit.find("[name=q]").type("zzz")
        visit.until_text("It failed on purpose.", "main")
        self.assertEqual(visit.text("tbody").strip(), "")
        self.assertEqual(visit.text(".count").strip(), "")
        self.refuse()
        visit.until_text("No job fits.", "main", 30)

    def test_a_job_whose_news_cannot_be_read_says_so(self):
        client = daemon.rest()
        rule = client.post("/queue/rules", {"action": "pause", "match": {"type": ["group_create"]}}).json
        job = client.post("/jobs", {"type": "group_create", "params": {"groupname": "watched", "groupid": 7001}}).json
        visit.go(f"#/jobs/{job['job_id']}", "group_create")
        visit.until_text("waiting", ".outcome")
        self.refuse("/jobs/")
        client.request("DELETE", f"/queue/rules/{rule['rule_id']}")
        visit.until_text("What stands here is of", "main", 30)
        self.refuse()
        visit.until(lambda: "waiting" not in visit.text(".outcome"), "the end", 30)
        visit.until(lambda: "What stands here is of" not in visit.text("main"), "no age")

    def test_a_database_that_crashed_needs_a_look(self):
        visit.go("#/run", "Run a job")
        visit.script("""
            window.realFetch ??= window.fetch;
            window.fetch = async (path, options) => {
                const answer = await window.realFetch(path, options);
                if (!path.startsWith("/databases?")) return answer;
                const down = {state: "stopped", wanted: "running", since: new Date().toISOString(), reason: "signal 9"};
                const items = (await answer.json()).items.map((one) => ({...one, ...down}));
                return new Response(JSON.stringify({items}));
            };""")
        self.addCleanup(visit.script, "if (window.realFetch) window.fetch = window.realFetch")
        visit.go("#/", "Overview")
        visit.until(lambda: "signal 9" in self.card("Needs a look"), "the crash")
        self.assertRegex(self.card("Needs a look"), r"DB1 should run and does not since \d\d:\d\d:\d\d: signal 9")

    def test_what_is_wrong_stands_first_with_the_form_that_cures_it(self):
        visit.go("#/run", "Run a job")
        visit.script("""
            window.realFetch ??= window.fetch;
            window.fetch = async (path, options) => {
                if (path !== "/health/summary") return window.realFetch(path, options);
                const finding = {finding_id: "database-down:db:DB1", code: "database-down", object: "db:DB1", node: 11,
                    severity: "critical", since: new Date().toISOString(), cause: "Database DB1 should run and does not.",
                    cure: "Start it with db_start.", job: {type: "db_start", parameters: {db_name: "DB1"}}};
                return new Response(JSON.stringify({verdict: "failing", counts: {critical: 1, warning: 0, notice: 0}, muted: 2,
                    findings: [finding]}));
            };""")
        self.addCleanup(visit.script, "if (window.realFetch) window.fetch = window.realFetch")
        visit.go("#/", "Overview")
        visit.until(lambda: "failing" in self.card("State"), "the verdict")
        self.assertRegex(self.card("State"), r"failing\s*· 1 critical, 2 muted\s+db:DB1 · critical, since \d\d:\d\d:\d\d")
        self.assertIn("Database DB1 should run and does not.", self.card("State"))
        visit.script("[...document.querySelectorAll('main a')].find(e => e.textContent === 'Run db_start').click()")
        visit.until_text("What cures the finding stands here.", "main")
        visit.until(lambda: visit.script("return document.querySelector('main form').elements.namedItem('db_name').value") == "DB1")

    def test_what_is_bounded_is_shown_with_what_is_wrong(self):
        visit.go("#/run", "Run a job")
        self.refuse("/metrics")
        visit.go("#/", "Overview")
        visit.until(lambda: "It failed on purpose." in self.card("Room"), "the error")
        self.assertNotIn("Free on the disk", self.card("Room"))
        self.refuse()
        visit.until(lambda: "Free on the disk" in self.card("Room"), "the numbers", 30)
        self.assertRegex(self.card("Room"), r"Memory of requests\s+0 B\s+of 256 MiB")
        self.assertNotIn("unknown", self.card("Room"))
        visit.go("#/run", "Run a job")
        visit.script("""
            window.fetch = async (path, options) => {
                const answer = await window.realFetch(path, options);
                if (path !== "/metrics") return answer;
                const told = {store_free_bytes: 1048576, history_spent_users: 1, body_memory_waiting_requests: 3};
                let text = await answer.text();
                for (const [name, level] of Object.entries(told))
                    text = text.replace(new RegExp(`^confd_${name} .*$`, "m"), `confd_${name} ${level}`);
                return new Response(text);
            };""")
        visit.go("#/", "Overview")
        visit.until(lambda: "room is low" in self.card("Room"), "the bounds that are reached")
        self.assertRegex(self.card("Room"), r"Free on the disk\s+1 MiB\s+room is low")
        for words in ("looks of 1 user leave no record", "3 requests in line"):
            self.assertIn(words, self.card("Room"))

    def test_a_login_that_may_less_is_told_so_and_an_error_is_no_refusal(self):
        self.refuse("/queue", "/exaconf")
        visit.button("Log out", ".account").click()
        visit.give_password("admin", "correct horse")
        visit.until_text("Overview", "h1")
        visit.until(lambda: "It failed on purpose." in self.card("Needs a look"), "rules that cannot be read")
        self.assertIn("Configuration", visit.text("#nav"))


class Away(unittest.TestCase):
    """The daemon goes and comes back on the same port."""

    def test_the_page_says_that_the_node_is_away_and_comes_back_by_itself(self):
        with serve() as other, Visit(other) as browser:
            browser.log_in()
            browser.go("#/", "Overview")
            browser.until_text("No job has failed", "main")
            other.kill()
            browser.until_text("The node does not answer", "#banner", 30)
            self.assertRegex(browser.text("#banner"), r"of \d\d:\d\d:\d\d")
            browser.until(lambda: browser.text("#connection") != "Live", "no claim to be live")
            browser.go("#/access", "Queue and access")
            browser.go("#/", "Overview")
            browser.until_text("No answer", "main")
            for words in ("No job is open", "No job has failed", "Nothing."):
                self.assertNotIn(words, browser.text("main"))
            browser.keep("away")
            browser.button("Log out", ".account").click()
            browser.until_text("The session goes on", "#notice")
            # Beyond three tries of the browser's own the page asks for pages; from there it has to come back as well.
            browser.until_text("No connection", "#connection")
            other.start()
            browser.until_text("Live", "#connection", 40)
            browser.until_text("No job has failed", "main", 40)
            self.assertEqual(browser.text("#banner"), "")
            job = other.rest().post("/jobs?wait=20s", {"type": "db_stop", "params": {"db_name": "no_such"}})
            self.assertIn(job.status, (200, 202, 400, 404), job)

    def test_where_no_stream_gets_through_for_a_time_it_is_taken_up_later(self):
        visit.home()
        visit.until(lambda: visit.script("return document.body.dataset.login") is not None)
        if visit.script("return document.body.dataset.login") == "out":
            visit.log_in()
        visit.devtools("Network.enable")
        visit.devtools("Network.setBlockedURLs", urls=["*/events?*"])
        self.addCleanup(visit.devtools, "Network.setBlockedURLs", urls=[])
        visit.script("location.reload()")
        visit.until_text("Asks every few seconds", "#connection", 60)
        visit.devtools("Network.setBlockedURLs", urls=[])
        visit.until_text("Live", "#connection", 60)

    def test_a_view_that_was_never_fetched_comes_when_the_node_does(self):
        with serve() as other, Visit(other) as browser:
            browser.log_in()
            other.kill()
            browser.until_text("The node does not answer", "#banner", 30)
            browser.script("location.hash = '#/history'")
            browser.until_text("cannot be fetched", "main")
            other.start()
            browser.until_text("At a glance", "main", 60)


class Queue(Page):
    def test_a_limit_without_a_number_is_not_made(self):
        visit.go("#/access", "Queue and access")
        visit.find("summary").click()
        visit.script(
            "const e = document.querySelector('[name=action]'); e.value = 'limit';"
            " e.dispatchEvent(new Event('change', {bubbles: true}))")
        for number in ("", "0", "-1", "0.5"):
            visit.find("[name=limit]").fill(number)
            visit.button("Make the rule").click()
            self.assertEqual(visit.script("return document.querySelector(':invalid:not(form)')?.name"), "limit", number)
            self.assertEqual(daemon.rest().get("/queue/rules").json["items"], [], number)
        visit.find("[name=limit]").fill("2")
        visit.button("Make the rule").click()
        visit.until_text("limit 2", "table")
        visit.go("#/", "Overview")
        visit.until(lambda: "lets 2 jobs at a time begin" in self.card("Needs a look"), "the limit in sight")
        visit.go("#/access", "Queue and access")
        visit.button("Take away").click()
        visit.until_text("No rules")

    def test_what_waits_is_not_running_in_what_happened(self):
        client = daemon.rest()
        rule = client.post("/queue/rules", {"action": "pause", "match": {"type": ["group_*"]}}).json
        self.addCleanup(client.request, "DELETE", f"/queue/rules/{rule['rule_id']}")
        job = client.post("/jobs", {"type": "group_create", "params": {"groupname": "held", "groupid": 7001}}).json
        visit.go("#/history", "What happened")
        visit.until_text(job["job_id"], ".entries")
        entry = next(line.text for line in visit.all(".entries li") if job["job_id"] in line.text)
        self.assertNotIn("running", entry)
        self.assertIn("queued", entry)
        client.post(f"/jobs/{job['job_id']}/cancel", {})


class Login(unittest.TestCase):
    def test_a_wrong_password_can_be_typed_over_at_once(self):
        with Visit(daemon) as browser:
            browser.home()
            browser.give_password("admin", "wrong one")
            browser.until_text("password", ".fault[role=alert]")
            focus = browser.script(
                "const e = document.activeElement; return [e.name, e.selectionStart, e.selectionEnd, e.value.length]")
            self.assertEqual(focus, ["password", 0, 9, 9])


class Phone(Page):
    def test_times_stay_whole(self):
        self.addCleanup(visit.resize, 1280, 900)
        client = daemon.rest()
        client.post("/queue/rules", {"action": "pause", "match": {"type": ["group_*"]}})
        client.post("/jobs", {"type": "group_create", "params": {"groupname": "seen_small", "groupid": 7001}})
        visit.resize(390, 844, is_phone=True)
        for place, heading in (("#/", "Overview"), ("#/jobs", "Jobs"), ("#/configuration", "Configuration")):
            visit.go(place, heading)
            visit.until(lambda: visit.all("td.when time"), "times")
            # A time of day is one piece; with its day it is two lines at most.
            lines = visit.script(
                "return [...document.querySelectorAll('td.when time')].map(e => [e.textContent, e.getClientRects().length])")
            for text, count in lines:
                self.assertLessEqual(count, 2 if "," in text else 1, f"{place}: {text}")
            self.assertLessEqual(visit.script("return document.documentElement.scrollWidth"), 390)
