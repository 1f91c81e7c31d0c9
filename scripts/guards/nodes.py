"""The table of where jobs act has a row for every job, in order, and says where in the words it explains."""

import re

import source

TABLE, JOBS = "docs/jobs-nodes.md", "docs/jobs.md"
JOB = re.compile(r"(?m)^### (\w+)$")
ROW = re.compile(r"(?m)^\| `(\w+)` \| ([^|]*) \| [^|]*\|$")
MEANING = re.compile(r"(?m)^\| ([^|`]+) \| [^|]+ \|$")


def failures(root):
    """None where the reference of jobs is not kept."""
    if not {TABLE, JOBS} <= set(source.files(root, ".md")):
        return []
    text = source.read(root, TABLE)
    rows, wanted = ROW.findall(text), sorted(JOB.findall(source.read(root, JOBS)))
    names = [name for name, _ in rows]
    meanings = {word for line in MEANING.findall(text) for word in line.split(", ")}
    found = [f"{TABLE}: '{name}' has no row" for name in wanted if name not in names]
    found += [f"{TABLE}: there is no job '{name}'" for name in names if name not in wanted]
    if names != sorted(set(names)):
        found.append(f"{TABLE}: the rows are not in order, or one stands twice")
    return found + [f"{TABLE}: '{name}' acts on '{word}', which is not explained" for name, word in rows if word not in meanings]
