"""Words of Swift that need a reason, or have none."""

import os
import re

import source

# File → word → why it may stand there.
ALLOWED = {
    "Sources/Certificates/Digest.swift": {"precondition(": "an OpenSSL without SHA-256 or HMAC; no input leads there"},
    "Sources/Certificates/RunningDigest.swift": {
        "precondition(": "an OpenSSL without SHA-256; no input leads there",
        "preconditionFailure(": "an OpenSSL without SHA-256; no input leads there"},
    "Sources/HTTPServer/Listeners/LocalSocket.swift": {
        "chown(": "a socket cannot be opened as a file; it lies in a folder of the daemon's",
        "chmod(": "a socket cannot be opened as a file; it lies in a folder of the daemon's"},
    "Sources/SQLiteStore/File/SQLiteFile+Opening.swift": {"chmod(": "the folder of the store, which nobody else can enter"},
    "Sources/NodeAgent/Files/TreeModes.swift": {
        "chown(": "entries of folders that only the daemon can write",
        "chmod(": "entries of folders that only the daemon can write"},
    "Tests/HTTPServerTests/LiveServer.swift": {"sleep": "a route that is slow on purpose; no test sleeps"},
}

TRAPS = {
    "try!": re.compile(r"\btry!"),
    "as!": re.compile(r"\bas!"),
    "fatalError(": re.compile(r"\bfatalError\("),
    "precondition(": re.compile(r"\bprecondition\("),
    "preconditionFailure(": re.compile(r"\bpreconditionFailure\("),
}
# Root does none of this by path in a folder somebody else can write; Sources/Posix does it by open folders.
BY_PATH = {
    "removeItem": re.compile(r"\bremoveItem\b"),
    "chown(": re.compile(r"\bl?chown\("),
    "chmod(": re.compile(r"\bchmod\("),
    "/bin/cp": re.compile(r"/bin/cp\b"),
    "/bin/rm": re.compile(r"/bin/rm\b"),
}
NEED_REASON = {
    "Task {": re.compile(r"\bTask(?:\.detached)?\s*(?:\([^)\n]*\)\s*)?\{"),
    "@unchecked Sendable": re.compile(r"@unchecked\s+Sendable"),
    "nonisolated(unsafe)": re.compile(r"\bnonisolated\(unsafe\)"),
}
# Swift 6.3 loses what stands beside a result in such a pair when it comes out of a task and the code is optimised.
LOST = re.compile(r"\breturn \(.+, \.(?:success|failure)\(")
# A port of ours may be called sleep, too: `time.sleep(until:)` of a clock that tests move by hand.
SLEEP = re.compile(
    r"\b(?:Thread|Task|(?:Continuous|Suspending)Clock\(\))\.sleep\b"
    r"|\b(?:u|nano)sleep\s*\(|(?<![\w.])(?<!func )sleep\s*\(")


GLOSSARY = "docs/glossary.md"


def replaced(root):
    """Word that is not used → what is used instead, as the glossary has them."""
    if not os.path.exists(os.path.join(root, GLOSSARY)):
        return {}
    rows = re.findall(r"(?m)^\| (`[^|]+) \| ([^|]+) \|$", source.read(root, GLOSSARY))
    return {word: instead for words, instead in rows for word in re.findall(r"`([^`]+)`", words)}


def failures(root):
    found = [*_unused(root)]
    for path in source.files(root, ".swift", below=("Sources/",)):
        text = source.read(root, path)
        lines = text.split("\n")
        for number, code in enumerate(source.code_only(text).split("\n"), 1):
            for word, pattern in TRAPS.items():
                if pattern.search(code) and word not in ALLOWED.get(path, {}):
                    found.append(f"{path}:{number}: '{word}' can stop the daemon; throw an error instead")
            # The names of programs stand in texts, which are no code.
            shown = lines[number - 1].split("//")[0] if "/bin/" in lines[number - 1] else code
            for word, pattern in BY_PATH.items():
                if pattern.search(shown) and word not in ALLOWED.get(path, {}):
                    found.append(f"{path}:{number}: '{word}' works by path; use Tree, TreeCopy or Descriptor of Posix")
            if LOST.search(code):
                found.append(f"{path}:{number}: make the result first, then return the pair; an optimised build loses part of it")
            for word, pattern in NEED_REASON.items():
                if pattern.search(code) and not _has_comment(lines, number):
                    found.append(f"{path}:{number}: '{word}' needs a comment with its reason in the two lines above")
    for path in source.files(root, ".swift", below=("Tests/",)):
        for number, code in enumerate(source.code_only(source.read(root, path)).split("\n"), 1):
            if SLEEP.search(code) and "sleep" not in ALLOWED.get(path, {}):
                found.append(f"{path}:{number}: a test must not sleep; wait for a condition")
    return found


def _unused(root):
    """Words of the glossary's list of those that are not used."""
    words = replaced(root)
    if not words:
        return
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b")
    for path in source.files(root, ".swift", ".md", ".js", below=("Sources/", "docs/", "Public/", "README", "CONTRIBUTING")):
        if path == GLOSSARY or path.startswith("docs/decisions/"):
            continue
        for number, line in enumerate(source.read(root, path).split("\n"), 1):
            match = pattern.search(line)
            if match:
                yield f"{path}:{number}: '{match[1]}' is not used here; say: {words[match[1]]}"


def _has_comment(lines, number):
    return any(line.lstrip().startswith(("//", "/*", "*")) for line in lines[max(0, number - 3):number - 1])
