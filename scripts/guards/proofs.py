"""Every rule of the interface names a test that exists."""

import re

import source

DOCUMENT = "docs/api.md"
HEADING = "## Rules and what proves them"
ROW = re.compile(r"\|(?P<rule>[^|]*)\|(?P<proofs>.*)\|\s*\Z")
PROOF = re.compile(r"`([A-Za-z_]\w*)\.(\w+)`")
# A suite is a type, or an extension of one: its functions may be in several files.
SUITE = re.compile(r"^(?:@\w+(?:\([^\n]*\))?\s+)*(?:package |private |fileprivate |final )*"
                   r"(?:struct|class|enum|actor|extension)\s+(\w+)", re.MULTILINE)
SWIFT_TEST = re.compile(r"@Test\b(?:[^\n]|\n(?!\s*(?:@Test|func)\b))*?\n?[^\n]*?\bfunc\s+`?(\w+)`?")
PYTHON_TEST = re.compile(r"^\s*def (test\w*)\(", re.MULTILINE)
PYTHON_CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)
SCRIPTS = re.compile(r"`(scripts/\w+)\b[^`]*`")


def failures(root):
    found = []
    paths = set(source.files(root))
    if DOCUMENT not in paths:
        return []
    text = source.read(root, DOCUMENT)
    if HEADING not in text:
        return [f"{DOCUMENT}: '{HEADING}' is missing"]
    known, before = tests(root), text[:text.index(HEADING)].count("\n")
    section, rows = None, {}
    for number, line in enumerate(text[text.index(HEADING):].split("\n"), before + 1):
        if line.startswith("### "):
            section = line[4:]
            rows[section] = 0
        row = ROW.match(line)
        if not row or section is None or set(line) <= set("|-: ") or "Proven by" in line:
            continue
        rows[section] += 1
        found += _of_row(number, row, known, paths)
    found += [f"{DOCUMENT}: the section '{name}' has no rule" for name, count in rows.items() if count == 0]
    return found


def _of_row(number, row, known, paths):
    if not row["rule"].strip():
        yield f"{DOCUMENT}:{number}: a row without a rule"
    proofs, scripts = PROOF.findall(row["proofs"]), SCRIPTS.findall(row["proofs"])
    if not proofs and not scripts:
        yield f"{DOCUMENT}:{number}: '{row['rule'].strip()[:60]}' names no test"
    for suite, function in proofs:
        if function not in known.get(suite, ()):
            yield f"{DOCUMENT}:{number}: there is no test {suite}.{function}"
    for script in scripts:
        if script not in paths:
            yield f"{DOCUMENT}:{number}: there is no {script}"


def tests(root):
    """Suite, or file without its ending, to the names of its tests."""
    known = {}
    for path in source.files(root, ".swift", ".py", below=("Tests/",)):
        text = source.read(root, path)
        name = path.rsplit("/", 1)[1].rsplit(".", 1)[0]
        if path.endswith(".py"):
            # A whole class, or a whole file, proves a rule that has many cases.
            known.setdefault(name, {"py"}).update(PYTHON_TEST.findall(text), PYTHON_CLASS.findall(text))
            continue
        code = source.code_only(text)
        suites = [(match.start(), match.group(1)) for match in SUITE.finditer(code)]
        for match in SWIFT_TEST.finditer(code):
            owners = [suite for start, suite in suites if start < match.start()]
            if owners:
                known.setdefault(owners[-1], set()).add(match.group(1))
    return known
