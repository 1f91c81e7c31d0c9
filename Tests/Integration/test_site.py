"""The site of the documents: it is built, whole and the same each time, and what is wrong with a document is told."""

import filecmp
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from daemon import SOURCE_TREE, Daemon

README_LINES = 150
# What of the repository the site is made of, and what its pages lead to.
NEEDED = (
    "scripts/sites", "scripts/site", "scripts/common.sh", "docs", "monitoring", "openapi", "README.md", "CONTRIBUTING.md",
    "CHANGELOG.md", "LICENSE",
    "scripts/debian/confd.service")


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


class Documents(unittest.TestCase):
    def test_the_readme_is_short(self):
        lines = (SOURCE_TREE / "README.md").read_text().splitlines()
        self.assertLessEqual(len(lines), README_LINES)


@unittest.skipUnless(shutil.which("mkdocs"), "no MkDocs (apt-get install mkdocs)")
class Site(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="confd-site-test-")))

    def build(self, *words, source=SOURCE_TREE):
        return subprocess.run([source / "scripts/site", *words], capture_output=True, text=True, timeout=120)

    def copy(self):
        """The documents in a folder of their own, to be changed."""
        source = self.folder / "source"
        # A folder that a page names, and that has no page.
        (source / "Tests/Bindings").mkdir(parents=True)
        for name in NEEDED:
            place = source / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (SOURCE_TREE / name).is_dir():
                shutil.copytree(SOURCE_TREE / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(SOURCE_TREE / name, place)
        return source

    def add(self, document, text):
        with open(document, "a") as file:
            file.write(f"\n{text}\n")

    def test_it_is_whole_and_the_same_each_time(self):
        first, second = self.folder / "first", self.folder / "second"
        done = self.build("--check", str(first))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^PASS: \d+ pages, \d+ links\n$")
        again = self.build(str(second))
        self.assertEqual((again.returncode, again.stdout), (0, f"{second}\n"), again.stderr)
        self.assertEqual(files(first), files(second))
        self.assertEqual(filecmp.cmpfiles(first, second, files(first), shallow=False)[1:], ([], []))
        documents = {f"{path.stem}.html" for path in (SOURCE_TREE / "docs").glob("*.md")}
        self.assertLessEqual(documents | {"readme.html", "pictures/architecture.svg", "search/search_index.json"}, files(first))
        # It may be built over what was built before.
        self.assertEqual(self.build(str(first)).returncode, 0)

    def test_the_daemon_serves_all_of_it_without_a_login(self):
        site = self.folder / "site"
        self.assertEqual(self.build(str(site)).returncode, 0)
        with Daemon(environment={"CONFD_HTTP_DOCS": str(site)}) as daemon:
            client = daemon.rest(user=None)
            first = client.get("/docs")
            self.assertEqual((first.status, first.headers["location"]), (302, "/docs/index.html"))
            for name in sorted(files(site)):
                answer = client.get(f"/docs/{name}")
                with self.subTest(name):
                    self.assertEqual((answer.status, answer.body), (200, (site / name).read_bytes()))
                    self.assertIn("default-src 'none'; script-src 'self'", answer.headers["content-security-policy"])
            self.assertEqual(client.get("/docs/nothing.html").status, 404)

    def test_a_folder_with_something_else_is_left_alone(self):
        (self.folder / "letter").write_text("mine")
        done = self.build(str(self.folder))
        self.assertEqual(done.returncode, 73, done.stdout)
        self.assertIn("is not empty, and no site", done.stderr)
        self.assertEqual(files(self.folder), {"letter"})

    def test_a_link_to_a_file_that_is_not_there_is_told_with_its_line(self):
        source = self.copy()
        self.add(source / "docs/recipes.md", "[a page over\ntwo lines](nowhere.md)")
        count = len((source / "docs/recipes.md").read_text().splitlines())
        done = self.build("--check", str(self.folder / "site"), source=source)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, f"docs/recipes.md:{count - 1}: there is no docs/nowhere.md\nFAIL: 1 faults\n")
        self.assertFalse((self.folder / "site").exists())

    def test_every_other_fault_is_told(self):
        source = self.copy()
        self.add(source / "docs/recipes.md", "[a place](storage.md#no-such-place)")
        self.add(source / "docs/storage.md", '<p style="color: red">red</p>')
        self.add(source / "docs/bucketfs.md", '<img src="https://example.com/picture.png" alt="from elsewhere">')
        self.add(source / "docs/faults.md", "![](pictures/job.svg)")
        self.add(source / "docs/lonely.md", "# Lonely\n\nNobody leads here.")
        done = self.build("--check", str(self.folder / "site"), source=source)
        self.assertEqual(done.returncode, 1, done.stderr)
        for fault in (
                "recipes.html: leads to storage.html#no-such-place, a place the page does not have",
                "storage.html: style=, which browsers are told to refuse",
                "bucketfs.html: loads https://example.com/picture.png from elsewhere",
                "faults.html: the picture pictures/job.svg says nothing to whoever cannot see it",
                "lonely.html: not within 2 clicks of the first page"):
            with self.subTest(fault):
                self.assertIn(f"{fault}\n", done.stdout)
        self.assertIn("FAIL: 5 faults\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
