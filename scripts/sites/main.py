"""Makes the pages, has MkDocs build the site from them, and says what is wrong with it.

Usage: main.py FOLDER [--check]
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pages
import site_faults

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(arguments):
    is_check = "--check" in arguments
    (name,) = (argument for argument in arguments if argument != "--check")
    folder = pathlib.Path(os.path.abspath(name))
    if folder.exists() and any(folder.iterdir()) and not (folder / "search/search_index.json").is_file():
        print(f"site: {folder} is not empty, and no site; give another folder", file=sys.stderr)
        return 73
    with tempfile.TemporaryDirectory(prefix="confd-site-") as work:
        found = build(pathlib.Path(work))
        if not found:
            built = site_faults.Site(pathlib.Path(work, "site"))
            found = built.faults()
        if found:
            print(*found, f"FAIL: {len(found)} faults", sep="\n")
            return 1
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(pathlib.Path(work, "site"), folder)
    if is_check:
        print(f"PASS: {len(built.pages)} pages, {built.links} links")
    else:
        print(folder)
    return 0


def build(work):
    """Builds the site in `work/site`, and returns what was wrong with the documents."""
    documents = pages.Pages(ROOT, work / "pages")
    documents.write()
    if documents.faults:
        return documents.faults
    shutil.copyfile(ROOT / "docs/mkdocs.yml", work / "mkdocs.yml")
    shutil.copytree(ROOT / "docs/theme", work / "theme")
    done = subprocess.run(
        [shutil.which("mkdocs") or "mkdocs", "build", "--strict", "--site-dir", "site"], cwd=work,
        capture_output=True, text=True)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return [line for line in said if "WARNING" in line or "ERROR" in line] or said
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        # It names addresses, and the site has none of its own.
        (work / "site" / name).unlink(missing_ok=True)
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
