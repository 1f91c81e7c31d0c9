"""Every known fault names tests that exist, once; those without a test yet are marked and counted."""

import ast
import json
import os
import sys

import source

LIST = "Tests/faults.json"
# A test of the status page has this in front of its name.
BROWSER = "browser:"
FOLDERS = {"": "Tests/Integration", BROWSER: "Tests/Browser"}
# Faults are numbered from 1 within each letter; the list is complete when it has all of them.
KNOWN = [f"A{n}" for n in range(1, 4)] + [f"B{n}" for n in range(1, 11)] + [f"D{n}" for n in range(1, 16)] + [
    f"F{n:02}" for n in range(1, 34)] + [f"N{n}" for n in range(1, 10)] + [
    # Of security, by how severe they are: critical, high, medium, low.
    "C1"] + [f"H{n}" for n in range(1, 7)] + [f"M{n}" for n in range(1, 13)] + [f"L{n}" for n in (*range(1, 10), 11)]


def failures(root):
    try:
        faults, doubled = read(root)
    except (OSError, ValueError) as error:
        return [f"{LIST}: {error}"]
    known, found = tests(root), [f"{LIST}: '{name}' stands there twice" for name in doubled]
    found += [f"{LIST}: '{name}' is missing" for name in KNOWN if name not in faults]
    for name, fault in faults.items():
        found += [f"{LIST}: '{name}' {problem}" for problem in _of_fault(name, fault, known)]
    waiting = sum(1 for fault in faults.values() if isinstance(fault, dict) and fault.get("open"))
    if waiting and not found:
        print(f"faults: {waiting} of {len(faults)} have no test yet", file=sys.stderr)
    return found


def read(root):
    """The list, and the members that stand in an object of it more than once."""
    doubled = []

    def once(pairs):
        names = [name for name, _ in pairs]
        doubled.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)
    with open(os.path.join(root, LIST)) as file:
        return json.load(file, object_pairs_hook=once), doubled


def _of_fault(name, fault, known):
    if name not in KNOWN:
        yield "is no known fault"
    if not isinstance(fault, dict) or not set(fault) <= {"fault", "tests", "open"}:
        yield 'is not of the form {"fault": "...", "tests": [...]} or {"fault": "...", "open": true}'
        return
    if not str(fault.get("fault", "")).strip():
        yield "does not say what was wrong"
    named = fault.get("tests", [])
    if not named and fault.get("open") is not True:
        yield "has no test"
    if named and fault.get("open"):
        yield "has tests and is called open"
    for test in named:
        if test not in known:
            yield f"names a test that does not exist: {test}"
        if named.count(test) > 1:
            yield f"names a test twice: {test}"


def tests(root):
    """Names of all tests of the running daemon and of its page, as the list writes them."""
    known = set()
    for prefix, folder in FOLDERS.items():
        for path in source.files(root, ".py", below=(f"{folder}/test_",)):
            module = os.path.basename(path).removesuffix(".py")
            try:
                classes = _classes(ast.parse(source.read(root, path)))
            except SyntaxError:
                continue
            for suite in classes:
                known |= {f"{prefix}{module}.{suite}.{method}" for method in _methods(suite, classes)}
    return known


def _classes(tree):
    """Class to its own tests and the names of its bases."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            own = {part.name for part in node.body
                   if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and part.name.startswith("test")}
            found[node.name] = own, [base.id for base in node.bases if isinstance(base, ast.Name)]
    return found


def _methods(suite, classes):
    own, bases = classes.get(suite, (set(), []))
    return own.union(*(_methods(base, classes) for base in bases if base != suite))
