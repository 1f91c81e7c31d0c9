"""Logins that want more than a password: the page passes on what PAM asks."""

import unittest

from conversation import CODE, EXPIRED, converse
from daemon import PASSWORD, pam_matrix
from visit import Visit, serve


@unittest.skipUnless(pam_matrix(), "libpam-wrapper is not installed")
class ConversationTest(unittest.TestCase):
    def serve(self, lines):
        daemon = serve()
        converse(daemon, lines)
        self.addCleanup(daemon.__exit__)
        return daemon.start()

    def test_a_one_time_code_is_asked_for(self):
        daemon = self.serve(CODE)
        with Visit(daemon) as browser:
            browser.home()
            browser.give_password("admin", PASSWORD)
            browser.until_text("One more step")
            browser.find("[name=answer-0]").type("000000")
            browser.button("Go on").click()
            browser.find("[name=user]")
            browser.give_password("admin", PASSWORD)
            browser.find("[name=answer-0]").type("755224")
            browser.keep("one-time-code")
            browser.button("Go on").click()
            browser.until_text("Overview", "h1")

    def test_an_expired_password_is_changed_on_the_way(self):
        daemon = self.serve(EXPIRED)
        job = daemon.rest().job(
            "user_create", username="nora", userid=2001, group="exaadm", login_enabled=True, password="not asked for")
        self.assertEqual(job["outcome"], "ok", job)
        with Visit(daemon) as browser:
            browser.home()
            browser.give_password("nora", "old one")
            steps = 0
            while not browser.script("return document.body.dataset.login === 'in'") and steps < 5:
                browser.until(lambda: browser.all("[name^=answer-]"), "a question")
                form = browser.script("return document.querySelector('form').innerText")
                for field in browser.all("[name^=answer-]"):
                    field.type("old one" if steps == 0 else "new one")
                browser.keep(f"expired-{steps}")
                browser.script("document.querySelector('form').dataset.step = 'old'")
                browser.button("Go on").click()
                browser.until(lambda: not browser.all("form[data-step=old]"), f"an answer to: {form}")
                steps += 1
            browser.until_text("Overview", "h1")
