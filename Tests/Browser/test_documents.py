"""The documents at /docs in a browser: nothing of them is refused, they fit a phone, and the search finds things."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from browser import Browser
from daemon import SOURCE_TREE, Daemon


@unittest.skipUnless(shutil.which("mkdocs"), "no MkDocs (apt-get install mkdocs)")
class DocumentsTest(unittest.TestCase):
    def serve(self):
        """A daemon that serves the site as it is built from this checkout."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="confd-docs-")), "site")
        subprocess.run([SOURCE_TREE / "scripts/site", folder], check=True, capture_output=True, timeout=120)
        return self.enterContext(Daemon(environment={"CONFD_HTTP_DOCS": str(folder)}))

    def test_they_are_read_searched_and_fit_a_phone(self):
        daemon = self.serve()
        with Browser() as browser:
            browser.open(f"{daemon.url}/docs")
            browser.until_text("confd", "h1")
            browser.find("#mkdocs-search-query").type("lockout")
            browser.until(lambda: browser.all("#mkdocs-search-results article a"), "something found")
            self.assertEqual(browser.log(), [])
            browser.resize(390, 800, is_phone=True)
            for page in ("concepts", "operations", "jobs", "changelog"):
                with self.subTest(page):
                    browser.open(f"{daemon.url}/docs/{page}.html")
                    browser.find("main h1")
                    shown = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    self.assertLessEqual(browser.script(shown), 0)
                    broken = "return [...document.images].filter(image => image.complete && !image.naturalWidth).length"
                    self.assertEqual(browser.script(broken), 0)
            self.assertEqual(browser.log(), [])


if __name__ == "__main__":
    unittest.main()
