"""The table of jobs is the one that the program and docs/jobs.json make, and no cell of it is empty."""

import json
import os
import re

import built
import document as doc
import proofs
import source

DOCUMENT, FACTS = "docs/jobs.md", "docs/jobs.json"
PATH = re.compile(r"/job-types/(\w+)/jobs\Z")
RIGHTS = re.compile(r"\bFor (root\b[^.]*|everybody[^.]*)\.\Z")
HEADER = """# Jobs

Every job, what it does on an installation of one node with the engine that ships with the daemon, who may run it,
what it answers, and the test that proves it. Its parameters are in `GET /job-types/{name}`.

This file is made by `scripts/jobs-reference` from what the program says of itself and from `docs/jobs.json`, which
knows reasons and tests. %d jobs; %d act on one node as it is, the others say what is missing.
"""


def failures(root):
    """None when nothing has been built: what jobs are is told by the program itself."""
    program = built.program(root)
    if program is None:
        return []
    try:
        text, found = table(root, program)
    except (OSError, ValueError, RuntimeError) as error:
        return [f"{FACTS}: {error}"]
    place = os.path.join(root, DOCUMENT)
    if not found and (source.read(root, DOCUMENT) if os.path.exists(place) else None) != text:
        found.append(f"{DOCUMENT}: is not what 'scripts/jobs-reference' makes")
    return found


def table(root, program):
    """The document, and what it lacks, a line each."""
    operations = {
        PATH.match(path)[1]: operation
        for path, _, operation in doc.operations(json.loads(built.printed(program, "json"))) if PATH.match(path)}
    facts = json.loads(source.read(root, FACTS))
    reasons = {job: reason["because"] for reason in facts["declines"] for job in reason["jobs"]}
    known, found, groups = proofs.tests(root), [], {}
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
            operation.get("x-result", ""), f"`{test}`"]
        found += [f"{DOCUMENT}: '{job}' has an empty cell" for cell in cells if not cell.strip("` ")]
        groups.setdefault(operation["tags"][0], []).append(cells)
    return HEADER % (len(operations), len(operations.keys() - reasons.keys())) + _sections(groups), found


def _sections(groups):
    text = ""
    for tag, rows in sorted(groups.items()):
        text += f"\n## {tag.removesuffix('-jobs').replace('-', ' ').capitalize()}\n\n"
        text += "| Job | On one node | Who | Answer | Proven by |\n| --- | --- | --- | --- | --- |\n"
        for cells in rows:
            text += "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"
    return text
