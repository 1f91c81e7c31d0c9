"""The reference of jobs is the one that the program and docs/jobs.json make, and no cell of it is empty."""

import json
import os
import re

import built
import document as doc
import proofs
import source

DOCUMENT, PROOFS, FACTS = "docs/jobs.md", "docs/jobs-tests.md", "docs/jobs.json"
PATH = re.compile(r"/job-types/(\w+)/jobs\Z")
RIGHTS = re.compile(r"\bFor (root\b[^.]*|everybody[^.]*)\.\Z")
MADE = """made by `scripts/jobs-reference` from what the program says of itself and from `docs/jobs.json`"""
HEADER = f"""# Jobs

Every job: what it does on an installation of one node with the engine that ships with the daemon, who may run it, what
it answers, and its parameters. The daemon tells the same by `GET /job-types/{{name}}`, `job_help` and `confd_client
help`. This file is {MADE}, which knows reasons. %d jobs; %d act on one node as it is, the others say what is missing.
"""
PROVEN = f"""# What proves the jobs

For whoever changes a job: the test that shows that it does what [jobs](jobs.md) says. This file is {MADE}, which knows
the tests.

| Job | Proven by |
| --- | --- |
"""
JOBS = "| Job | On one node | Who | Answer |\n| --- | --- | --- | --- |\n"
PARAMETERS = (
    "| Parameter | Type | Mandatory | Default | Allowed | Meaning |\n| --- | --- | --- | --- | --- | --- |\n")
TYPE, DEFAULT = re.compile(r" Type: [a-z ]+\."), re.compile(r" If left out: (.*)\.\Z")
TYPES = {"string": "str", "integer": "int", "boolean": "bool", "array": "list", "object": "dict"}


def failures(root):
    """None when nothing has been built: what jobs are is told by the program itself."""
    program = built.program(root)
    if program is None:
        return []
    try:
        texts, found = documents(root, program)
    except (OSError, ValueError, RuntimeError) as error:
        return [f"{FACTS}: {error}"]
    for name, text in texts.items():
        place = os.path.join(root, name)
        if not found and (source.read(root, name) if os.path.exists(place) else None) != text:
            found.append(f"{name}: is not what 'scripts/jobs-reference' makes")
    return found


def documents(root, program):
    """The files by their names, and what they lack, a line each."""
    document = json.loads(built.printed(program, "json"))
    operations = {
        PATH.match(path)[1]: operation for path, _, operation in doc.operations(document) if PATH.match(path)}
    facts = json.loads(source.read(root, FACTS))
    reasons = {job: reason["because"] for reason in facts["declines"] for job in reason["jobs"]}
    known, found, groups, proven = proofs.tests(root), [], {}, ""
    for job in sorted((reasons.keys() | facts["tests"].keys()) - operations.keys()):
        found.append(f"{FACTS}: there is no job '{job}'")
    for job, operation in sorted(operations.items()):
        rights = RIGHTS.search(operation.get("description", ""))
        test = facts["tests"].get(job, "")
        suite, _, function = test.partition(".")
        if function not in known.get(suite, ()):
            found.append(f"{FACTS}: '{job}' needs a test that exists, not '{test}'")
        cells = [
            f"`{job}`", f"declines: {reasons[job]}" if job in reasons else "acts", rights[1] if rights else "",
            operation.get("x-result", "")]
        rows = _parameters(document, operation)
        found += [f"{DOCUMENT}: '{job}' has an empty cell" for cell in cells if not cell.strip("` ")]
        found += [f"{DOCUMENT}: '{job}' has a parameter without meaning" for row in rows if not row[-1].strip()]
        groups.setdefault(operation["tags"][0], []).append((job, operation, cells, rows))
        proven += _row([f"`{job}`", f"`{test}`"])
    text = HEADER % (len(operations), len(operations.keys() - reasons.keys())) + _sections(groups)
    return {DOCUMENT: text, PROOFS: PROVEN + proven}, found


def _sections(groups):
    text = ""
    for tag, entries in sorted(groups.items()):
        text += f"\n## {tag.removesuffix('-jobs').replace('-', ' ').capitalize()}\n\n{JOBS}"
        text += "".join(_row(cells) for _, _, cells, _ in entries)
        for job, operation, _, rows in entries:
            text += f"\n### {job}\n\n{operation.get('summary', '')}{_help(operation)}\n"
            text += f"\n{PARAMETERS}" + "".join(map(_row, rows)) if rows else "\nIt has no parameters.\n"
    return text


def _help(operation):
    """What the job says of itself beside its summary; result and rights stand in the table above."""
    paragraphs = operation.get("description", "").split("\n\n")
    told = [p for p in paragraphs if not p.startswith("Result: ") and not RIGHTS.fullmatch(p)]
    return "".join(f" {' '.join(p.split())}" for p in told)


def _parameters(document, operation):
    """The cells of each parameter, those that have to be given first."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    outer = doc.resolved(document, body)
    params = doc.resolved(document, outer.get("properties", {}).get("params", {}))
    choices = {name: choice for choice in params.get("x-one-of", []) for name in choice}
    rows = []
    for name, part in params.get("properties", {}).items():
        schema = doc.resolved(document, part)
        needed = "yes" if name in params.get("required", []) else "or another" if name in choices else "no"
        words = schema.get("enum") or schema.get("x-extensible-enum") or []
        # Its schema cannot hold every default and type, which stand in the text then.
        meaning = TYPE.sub("", schema.get("description", ""))
        default = DEFAULT.search(meaning)
        rows.append([
            f"`{name}`", _type(schema), needed,
            _literal(schema["default"]) if "default" in schema else f"`{default[1]}`" if default else "",
            ", ".join(map(_literal, words)) or _range(schema), DEFAULT.sub("", meaning)])
    return sorted(rows, key=lambda row: (["yes", "or another", "no"].index(row[2]), row[0]))


def _type(schema):
    kinds = schema.get("x-types") or [schema.get("type", "string")]
    return " or ".join(TYPES.get(kind, kind) for kind in kinds)


def _range(schema):
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and high is None:
        return ""
    return f"from {low}" if high is None else f"{low} to {high}"


def _literal(value):
    return f"`{json.dumps(value, ensure_ascii=False)}`" if not isinstance(value, str) else f"`{value}`"


def _row(cells):
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"
