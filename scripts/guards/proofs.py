"""Every rule of the interface, every guarantee and every threat names a test that exists."""

import re

import source

DOCUMENT = "docs/api.md"
# In these, every table whose last column has this title has a test in each row, and nothing else there.
TRIED = ("docs/guarantees.md", "docs/threat-model.md")
TITLE = "Tried by"
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
QUOTED = re.compile(r"`[^`]*`")


def failures(root):
    paths = set(source.files(root))
    known = tests(root) if paths & {DOCUMENT, *TRIED} else {}
    found = _of_rules(root, known, paths) if DOCUMENT in paths else []
    for document in TRIED:
        if document in paths:
            found += _of_tables(document, source.read(root, document), known, paths)
    return found


def _of_rules(root, known, paths):
    text = source.read(root, DOCUMENT)
    if HEADING not in text:
        return [f"{DOCUMENT}: '{HEADING}' is missing"]
    before = text[:text.index(HEADING)].count("\n")
    found, section, rows = [], None, {}
    for number, line in enumerate(text[text.index(HEADING):].split("\n"), before + 1):
        if line.startswith("### "):
            section = line[4:]
            rows[section] = 0
        row = ROW.match(line)
        if not row or section is None or set(line) <= set("|-: ") or "Proven by" in line:
            continue
        rows[section] += 1
        found += _of_row(f"{DOCUMENT}:{number}", row["rule"], row["proofs"], known, paths)
    return found + [f"{DOCUMENT}: the section '{name}' has no rule" for name, count in rows.items() if count == 0]


def _of_tables(document, text, known, paths):
    columns = rows = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("|"):
            columns = 0
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[-1] == TITLE:
            columns = len(cells)
        elif columns and not set(line) <= set("|-: "):
            rows += 1
            place = f"{document}:{number}"
            if len(cells) != columns:
                yield f"{place}: {len(cells)} cells, the table has {columns} columns"
            yield from _of_row(place, cells[0], cells[-1], known, paths)
            for name in QUOTED.findall(cells[-1]):
                if not PROOF.fullmatch(name) and not SCRIPTS.fullmatch(name):
                    yield f"{place}: {name} is no test; say `Suite.name`"
    if rows == 0:
        yield f"{document}: no table says what it is tried by"


def _of_row(place, rule, told, known, paths):
    if not rule.strip():
        yield f"{place}: a row without a rule"
    proofs, scripts = PROOF.findall(told), SCRIPTS.findall(told)
    if not proofs and not scripts:
        yield f"{place}: '{rule.strip()[:60]}' names no test"
    for suite, function in proofs:
        if function not in known.get(suite, ()):
            yield f"{place}: there is no test {suite}.{function}"
    for script in scripts:
        if script not in paths:
            yield f"{place}: there is no {script}"


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
