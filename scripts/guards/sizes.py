"""Files and functions stay short, and what modules share is documented."""

import re

import source

FILE_LIMIT = 500
FUNCTION_LIMIT = 80
DOCUMENTED = 0.85

FUNCTION = re.compile(r"(?m)^[ \t]*(?:[@\w()]+[ \t]+)*?(func[ \t]+[^\s(<]+|init[?]?(?=[(<])|deinit|subscript(?=[(<]))")
SHARED = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*package\s+(?!import\b|extension\b)(?:[\w()]+\s+)*?"
    r"(?:func|var|let|init|struct|class|enum|actor|protocol|typealias|subscript)\b")


def failures(root):
    found = []
    modules = {}
    for path in source.files(root, ".swift", below=("Sources/", "Tests/", "Package.swift")):
        text = source.read(root, path)
        code = source.code_only(text)
        length = len(text.splitlines())
        if length > FILE_LIMIT:
            found.append(f"{path}:1: {length} lines; a file has at most {FILE_LIMIT}")
        for name, line, count in functions(code):
            if count > FUNCTION_LIMIT:
                found.append(f"{path}:{line}: '{name}' has {count} lines; a function has at most {FUNCTION_LIMIT}")
        if path.startswith("Sources/"):
            shares = modules.setdefault(path.split("/")[1], [])
            shares += [(path, *share) for share in shared(text, code)]
    for module, shares in sorted(modules.items()):
        bare = [f"{path}:{line}" for path, line, is_documented in shares if not is_documented]
        if shares and 1 - len(bare) / len(shares) < DOCUMENTED:
            percent = 100 * (len(shares) - len(bare)) // len(shares)
            found.append(
                f"Sources/{module}: {percent} % of {len(shares)} package declarations are documented, "
                f"{DOCUMENTED:.0%} is the least; first without: {', '.join(bare[:5])}")
    return found


def functions(code):
    """(name, first line, number of lines) of every function with a body."""
    for match in FUNCTION.finditer(code):
        start = _body(code, match.end())
        if start is None:
            continue
        depth, at = 0, start
        while at < len(code):
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            at += 1
            if depth == 0:
                break
        line = code.count("\n", 0, match.start(1)) + 1
        yield match.group(1).split()[-1], line, code.count("\n", match.start(1), at) + 1


def _body(code, at):
    """Where the body's brace stands; None for a declaration without one."""
    depth = 0
    while at < len(code):
        character = code[at]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
            if depth < 0:
                return None
        elif character == "{" and depth == 0:
            return at
        elif character == "}" and depth == 0:
            return None
        elif character == "\n" and depth == 0 and _ends_here(code, at):
            return None
        at += 1
    return None


def _ends_here(code, at):
    """Whether a requirement ends with this line: the next one begins something else."""
    following = code[at:].lstrip()
    return not following.startswith(("{", "->", "async", "throws", "rethrows", "where", "(", ")", "<")) and bool(
        re.match(r"@|[a-z]+\b|}|#", following)) and not code[:at].rstrip().endswith((",", "->", "where", "throws", "&"))


def shared(text, code):
    """(line, whether a doc comment stands above) of every declaration other modules can use."""
    lines = text.split("\n")
    for number, line in enumerate(code.split("\n"), 1):
        if not SHARED.match(line):
            continue
        above = number - 2
        while above >= 0 and lines[above].strip().startswith("@"):
            above -= 1
        yield number, above >= 0 and (lines[above].strip().startswith("///") or lines[above].strip().endswith("*/"))
