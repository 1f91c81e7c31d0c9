"""The pages of the site: the documents, as MkDocs wants them.

Documents are written for whoever reads them in the repository. There a list may follow a line of text, what belongs to its
entry is indented by two, and links lead to any file.
"""

import os
import pathlib
import posixpath
import re
import shutil

# Documents beside those in docs, by the page they become.
BESIDE = {
    "README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md",
    "monitoring/README.md": "monitoring.md",
}
# Folders that have a page which lists them.
FOLDERS = {"docs/decisions": "decisions.md", "docs/examples/jobs.d": "examples.md"}
# Files that are shown as they are. The others become text, which every browser shows.
SHOWN = {".json", ".svg", ".png"}

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
ENTRY = re.compile(r"(?:[-*]|\d+\.) ")
FENCE = re.compile(r" *(```+|~~~+)")


class Pages:
    """Writes the pages of a repository into a folder; `faults` are links that lead nowhere."""

    def __init__(self, root, folder):
        self.root, self.folder, self.faults = pathlib.Path(root), pathlib.Path(folder), []

    def write(self):
        documents = sorted((self.root / "docs").glob("*.md"))
        decisions = sorted((self.root / "docs/decisions").glob("*.md"))
        for path in [*documents, *decisions, *(self.root / name for name in BESIDE)]:
            self.page(path.relative_to(self.root).as_posix(), path.read_text())
        self.put("decisions.md", self.list_of(decisions))
        self.put("examples.md", self.examples())
        pictures = self.root / "docs/pictures"
        for picture in sorted(pictures.glob("*")) if pictures.is_dir() else []:
            self.copy(picture, f"pictures/{picture.name}")

    def page(self, name, text):
        self.put(BESIDE.get(name) or name.removeprefix("docs/"), "\n".join(indented(self.linked(name, text))) + "\n")

    def put(self, name, text):
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def copy(self, path, name):
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)

    def linked(self, name, text):
        """The lines of a document with its links as those of the site. The words of a link may go over several lines."""
        is_code, piece, begin = False, [], 1
        for number, line in enumerate([*text.split("\n"), None], 1):
            is_fence = line is not None and FENCE.match(line)
            if line is None or is_fence or is_code or line.startswith("    "):
                yield from LINK.sub(lambda found: self.link(found, name, begin), "\n".join(piece)).split("\n") if piece else ()
                piece, begin = [], number + 1
                if line is not None:
                    yield line
            else:
                piece.append(line)
            if is_fence:
                is_code = not is_code

    def link(self, found, name, begin):
        mark, text, target = found.groups()
        number = begin + found.string.count("\n", 0, found.start())
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            return found[0]
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        page = self.target(path)
        if not os.path.exists(self.root / path) or path.startswith(".."):
            self.faults.append(f"{name}:{number}: there is no {path}")
        elif page is not None:
            here = posixpath.dirname(BESIDE.get(name) or name.removeprefix("docs/"))
            return f"{mark}[{text}]({posixpath.relpath(page, here or '.')}{'#' + anchor if anchor else ''})"
        return text

    def target(self, path):
        """What a file is on the site; a file that is no page is taken along. `None` for other folders."""
        if path in BESIDE:
            return BESIDE[path]
        if path in FOLDERS:
            return FOLDERS[path]
        file = self.root / path
        if not file.is_file():
            return None
        if path.startswith("docs/") and path.endswith(".md"):
            return path.removeprefix("docs/")
        if path.startswith("docs/pictures/"):
            return path.removeprefix("docs/")
        name = f"files/{path}" + ("" if file.suffix in SHOWN else ".txt")
        self.copy(file, name)
        return name

    def list_of(self, decisions):
        lines = ["# Decisions", "", "Why things are as they are, one page each.", ""]
        for path in decisions:
            title = path.read_text().split("\n", 1)[0].removeprefix("# ")
            number, _, words = title.partition(". ")
            lines.append(f"- [{number}: {words}](decisions/{path.name})")
        return "\n".join(lines) + "\n"

    def examples(self):
        lines = ["# Examples", "", "Jobs of one's own to begin with: [how they work](plug-ins.md).", ""]
        folder = self.root / "docs/examples/jobs.d"
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            lines += [f"## {path.relative_to(folder)}", "", *(f"    {line}" for line in path.read_text().splitlines()), ""]
        return "\n".join(lines)


def indented(lines):
    """Lines with four blanks before what belongs to an entry of a list, and an empty line before lists and tables."""
    # How far what belongs to the entry is indented; whether the entry has more than one paragraph; where a block began.
    width, is_long, previous, fence = 0, False, "", None
    for line in lines:
        inner = 0
        if fence is None and ENTRY.match(line):
            if previous.strip() and (is_long or not (ENTRY.match(previous) or previous.startswith("  "))):
                yield ""
            width, is_long = len(ENTRY.match(line)[0]), False
        elif fence is None and line and not line.startswith(" " * (width or 1)):
            if line.startswith("|") and previous.strip() and not previous.startswith("|"):
                yield ""
            if not previous.strip():
                width = 0
        elif width:
            inner = width
            is_long = is_long or bool(line.strip() and not previous.strip())
        opening = FENCE.match(line)
        if opening and fence is None:
            fence = inner
            previous = line
            if not fence:
                yield line
            elif previous:
                yield ""
            continue
        if opening:
            if not fence:
                yield line
            fence = None
            previous = ""
            continue
        if fence:
            # A block within an entry: MkDocs knows only the indented form of it there.
            yield " " * 8 + line[fence:] if line.strip() else ""
        elif fence is None and inner and line.strip():
            yield " " * 4 + line[inner:]
        else:
            yield line
        previous = line
