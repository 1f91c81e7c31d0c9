"""Files of a checkout, and Swift source with everything blanked out that is not code."""

import os
import subprocess


def files(root, *suffixes, below=("",)):
    """Paths relative to the root: what git knows or would take; without git, what lies there."""
    names = _from_git(root)
    if names is None:
        names = _from_disk(root)
    return sorted(
        name for name in names
        if (not suffixes or name.endswith(suffixes)) and name.startswith(tuple(below))
        and os.path.isfile(os.path.join(root, name)))


def _from_git(root):
    # Another user's checkout is read as well: the setting counts for this call only.
    command = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard"]
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    try:
        run = subprocess.run(command, capture_output=True)
    except FileNotFoundError:
        return None
    return run.stdout.decode("utf-8", "replace").split("\0")[:-1] if run.returncode == 0 else None


def _from_disk(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".build") and name != ".git"]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def read(root, name):
    with open(os.path.join(root, name), "rb") as file:
        return file.read().decode("utf-8", "replace")


def code_only(text):
    """The source with comments and the insides of string literals as blanks; lines and columns stay."""
    return _Blanking(text).result()


class _Blanking:
    def __init__(self, text):
        self.text = text
        self.out = list(text)
        self.at = 0

    def result(self):
        self._code(until=None)
        return "".join(self.out)

    def _blank(self, start, end):
        for index in range(start, min(end, len(self.out))):
            if self.out[index] != "\n":
                self.out[index] = " "

    def _code(self, until):
        """Reads code up to the parenthesis that closes an interpolation, or to the end."""
        depth = 0
        while self.at < len(self.text):
            if self.text.startswith("//", self.at):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                self._blank(self.at, end)
                self.at = end
            elif self.text.startswith("/*", self.at):
                self._block_comment()
            elif self.text[self.at] == '"' or (self.text[self.at] == "#" and self._hashes_open_string()):
                self._string()
            else:
                depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
                self.at += 1
                if until and depth < 0:
                    return

    def _block_comment(self):
        start, depth = self.at, 0
        while self.at < len(self.text):
            if self.text.startswith("/*", self.at):
                depth += 1
                self.at += 2
            elif self.text.startswith("*/", self.at):
                depth -= 1
                self.at += 2
                if depth == 0:
                    break
            else:
                self.at += 1
        self._blank(start, self.at)

    def _hashes_open_string(self):
        end = self.at
        while end < len(self.text) and self.text[end] == "#":
            end += 1
        return end < len(self.text) and self.text[end] == '"'

    def _string(self):
        hashes = 0
        while self.text[self.at] == "#":
            hashes += 1
            self.at += 1
        quote = '"""' if self.text.startswith('"""', self.at) else '"'
        self.at += len(quote)
        escape, closing = "\\" + "#" * hashes, quote + "#" * hashes
        start = self.at
        while self.at < len(self.text):
            if self.text.startswith(closing, self.at):
                self._blank(start, self.at)
                self.at += len(closing)
                return
            if self.text[self.at] == "\n" and quote == '"':
                return
            if self.text.startswith(escape + "(", self.at):
                self._blank(start, self.at)
                self.at += len(escape) + 1
                self._code(until=")")
                start = self.at
            elif self.text.startswith(escape, self.at):
                self.at += len(escape) + 1
            else:
                self.at += 1
