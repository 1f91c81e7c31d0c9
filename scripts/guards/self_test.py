"""Shows each guard a bad sample and a good one: a guard that nobody has seen fail is no guard."""

import itertools
import json
import os
import pathlib
import sys
import tempfile

import arrows
import contract_samples
import faults
import format
import jobs
import nodes
import openapi
import rows
import settings
import shape
import shell
import sizes
import texts
import words

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription
let package = Package(name: "sample", targets: [
    .target(name: "EXAConf"), .target(name: "Access", dependencies: ["EXAConf"]), .target(name: "JobEngine"),
    .target(name: "NodeAgent", dependencies: ["JobEngine", "Gateway"]), .target(name: "Gateway"%s)])
"""
GOOD = "/// A node of the cluster.\npackage struct Sample {\n    /// Its id, from 10 on.\n    package let id: Int\n}\n"
LONG = "func long() {\n" + "    work()\n" * 80 + "}\n"
HALF = "package struct Bare {\n    package let one: Int\n    package func two(_ list: [Int] = []) -> Int { 2 }\n}\n"
UNLABELLED = "func a(_ b: [Int: Int], _ c: (D, E) -> F<G>, _ d: Int) {}\nfunc b(_ c: Int, _ d: Int, e: Int) {}\n"

# Guard, file, content, what the failure has to say; None when there must be no failure.
SAMPLES = [
    (words, "Sources/A/A.swift", 'let a = "try! as! fatalError(" // try!\n' + GOOD, None),
    (words, "Sources/A/A.swift", "let a = try! b()\n", "'try!'"),
    (words, "Sources/A/A.swift", 'let a = "\\(c as! D)"\n', "'as!'"),
    (words, "Sources/A/A.swift", "fatalError()\n", "'fatalError('"),
    (words, "Sources/A/A.swift", " precondition(a > b)\n", "'precondition('"),
    (words, "Sources/A/A.swift", "a()\nb()\nTask { await c() }\n", "'Task {'"),
    (words, "Sources/A/A.swift", "Task.detached(priority: .low) { await c() }\n", "'Task {'"),
    (words, "Sources/A/A.swift", "// Awaited by close().\ntask = Task { await c() }\n", None),
    (words, "Sources/A/A.swift", "final class A: @unchecked Sendable {}\n", "'@unchecked Sendable'"),
    (words, "Sources/A/A.swift", "nonisolated(unsafe) let a = b()\n", "'nonisolated(unsafe)'"),
    (words, "Sources/A/A.swift", "// The handle is only freed.\nnonisolated(unsafe) let a = b()\n", None),
    (words, "Sources/A/A.swift", "return (node, .success(try await ask(node)))\n", "make the result first"),
    (words, "Sources/A/A.swift", "try files.removeItem(atPath: path)\n", "'removeItem'"),
    (words, "Sources/A/A.swift", "guard chown(path, 1, 1) == 0 else { return }\n", "'chown('"),
    (words, "Sources/A/A.swift", "lchown(path, 1, 1)\n", "'chown('"),
    (words, "Sources/A/A.swift", "chmod(path, 0o600)\n", "'chmod('"),
    (words, "Sources/A/A.swift", 'run("/bin/rm", ["-rf", path])\n', "'/bin/rm'"),
    (words, "Sources/A/A.swift", 'run("/bin/cp", [path])\n', "'/bin/cp'"),
    (words, "Sources/A/A.swift", "fchown(file, 1, 1)\nfchmod(file, 0o600)\n// removeItem\n", None),
    (words, "Tests/ATests/ATests.swift", "try await Task.sleep(for: .seconds(1))\n", "must not sleep"),
    (words, "Tests/ATests/ATests.swift", "usleep(100)\n", "must not sleep"),
    (words, "Tests/ATests/ATests.swift", "sleep(1)\n", "must not sleep"),
    (words, "Tests/ATests/ATests.swift", "await time.sleep(until: end)\nfunc sleep(until: Int) {}\n", None),
    (sizes, "Sources/A/A.swift", GOOD + LONG.replace("    work()\n", "", 3), None),
    (sizes, "Sources/A/A.swift", "// line\n" * 501, "501 lines; a file"),
    (sizes, "Sources/A/A.swift", GOOD + LONG, "'long' has 82 lines"),
    (sizes, "Sources/A/A.swift", "init(a: Int) throws(E) {\n" + "    work()\n" * 80 + "}\n", "'init' has 82 lines"),
    (sizes, "Sources/A/A.swift", "protocol A {\n    func a()\n    var b: Int { get }\n}\n" + GOOD, None),
    (sizes, "Sources/A/A.swift", GOOD + HALF, "40 % of 5 package declarations"),
    (shape, "Sources/A/A.swift", UNLABELLED * 6, "unlabelled parameters (≤ 5): 6"),
    (texts, "docs/a.md", "See /wo" "rk/main for more.\n", "an absolute path"),
    (texts, "docs/a.md", "Written by a helper" " agent.\n", "how it was written"),
    (texts, "Sources/A/A.swift", "// as in design" ".md\n", "a paper"),
    (texts, "scripts/a", "curl https://py" "pi.org/simple\n", "a package host"),
    (texts, "docs/a.md", "The network/work/ folder, the node agent, /exa/etc.\n", None),
    (shell, "scripts/a", "#!/bin/sh\nif true; then\n", "syntax error"),
    (shell, "scripts/a.py", "def a(:\n", "invalid syntax"),
    (shell, "scripts/a", "#!/usr/bin/env bash\necho a\n", None),
    (format, "Sources/A/A.swift", "let a = b!\n", "NeverForceUnwrap"),
    (format, "Sources/A/A.swift", "let  a = b\n", "[Spacing]"),
    (format, "Sources/A/A.swift", GOOD, None),
]

# Room, its file, what the failure has to say; the manifest is a real one, read by the package manager.
ARROWS = [
    ("EXAConf", "import Foundation\n", None),
    ("EXAConf", "import Access\n", "EXAConf must not import Access"),
    ("Access", "package import EXAConf\n", None),
    ("Access", "@testable import JobEngine\n", "Access must not import JobEngine"),
    ("Access", "import NIOCore\n", "the domain knows no NIOCore"),
    ("JobEngine", "import struct EXAConf.Document\n", "EXAConf is not declared for JobEngine"),
    ("JobEngine", "// import Jobs\nlet a = \"\"\"\nimport Jobs\n\"\"\"\n", None),
    ("Gateway", "import NodeAgent\n", "Gateway must not import NodeAgent"),
    ("NodeAgent", "import JobEngine\n", "module NodeAgent must not depend on Gateway"),
]


def put(root, path, content):
    place = os.path.join(root, path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "w") as file:
        file.write(content)
    os.chmod(place, 0o755)


def problem(found, expected):
    if expected is None:
        return f"should be content, says: {found[0]}" if found else None
    return None if any(expected in line for line in found) else f"should say '{expected}', says: {found}"


def results():
    for guard, path, content, expected in SAMPLES:
        with tempfile.TemporaryDirectory() as root:
            put(root, path, content)
            extra = {format: [os.path.join(ROOT, ".swift-format")], shape: [lambda figures: None]}.get(guard, [])
            yield guard.__name__, content, problem(list(guard.failures(root, *extra)), expected)
    with tempfile.TemporaryDirectory() as root:
        rooms = ["EXAConf", "Access", "JobEngine", "NodeAgent", "Gateway"]
        put(root, "Package.swift", MANIFEST % "")
        described = "    " + "  ".join(rooms) + "\n\n" + "\n".join(f"**{name}** is." for name in rooms)
        put(root, arrows.MODULES, described)
        for room, content, expected in ARROWS:
            for other in rooms:
                put(root, f"Sources/{other}/A.swift", content if other == room else "")
            found = [line for line in arrows.failures(root) if expected or not line.startswith("Package.swift")]
            yield "arrows", content, problem(found, expected)
        for text, expected in (
                (described.replace("**Gateway** is.", ""), "module Gateway has no paragraph"),
                (described.replace("  Gateway", ""), "module Gateway is missing in the drawing"),
                (described + "\n**Attic** is.", "Attic is described and is no module")):
            put(root, arrows.MODULES, text)
            yield "arrows", text, problem(arrows.failures(root), expected)
        put(root, arrows.MODULES, described)
        put(root, "Package.swift", MANIFEST % '), .target(name: "Attic"')
        yield "arrows", "a new module", problem(arrows.failures(root), "module 'Attic' has no rule")
        put(root, "Package.swift", "let package = 1\n")
        yield "arrows", "a broken manifest", problem(arrows.failures(root), "Package.swift cannot be read")
    with tempfile.TemporaryDirectory() as root:
        yield "openapi", "nothing built", problem(openapi.failures(root), None)
        put(root, ".build/debug/confd", "#!/bin/sh\necho 'openapi: 3.0.3'\n")
        yield "openapi", "nothing kept", problem(openapi.failures(root), "missing")
        put(root, "openapi/confd.yaml", "openapi: 3.0.2\n")
        yield "openapi", "an old document", problem(openapi.failures(root), "2 lines differ")
        put(root, "openapi/confd.yaml", "openapi: 3.0.3\n")
        yield "openapi", "the same document", problem(openapi.failures(root), None)
        put(root, ".build/debug/confd", "#!/bin/sh\nexit 3\n")
        yield "openapi", "a broken program", problem(openapi.failures(root), "failed")
    yield from job_results()
    yield from node_results()
    yield from setting_results()
    yield from fault_results()


def parameters(properties):
    """The body of a job with these parameters."""
    schema = {"properties": {"params": {"properties": properties}}}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def job_results():
    """What has to be said of a table of one job."""
    good = {"tags": ["thing-jobs"], "description": "Looks. For root and members of exaadm.", "x-result": "Nothing."}
    facts = {"declines": [], "tests": {"thing_look": "test_a.test_b"}}
    lost = facts | {"tests": {"thing_look": "test_a.test_c"}}
    gone = facts | {"declines": [{"because": "so", "jobs": ["thing_lost"]}]}
    cases = [
        ("the same table", good, facts, None), ("no answer", good | {"x-result": ""}, facts, "has an empty cell"),
        ("a parameter nobody explains", good | parameters({"nid": {"type": "integer"}}), facts, "without meaning"),
        ("a parameter", good | parameters({"nid": {"type": "integer", "description": "Node."}}), facts, None),
        ("no rights", good | {"description": "Looks."}, facts, "has an empty cell"),
        ("a test that is gone", good, lost, "needs a test that exists"),
        ("a job that is gone", good, gone, "there is no job 'thing_lost'")]
    for sample, operation, known, expected in cases:
        with tempfile.TemporaryDirectory() as root:
            put(root, "Tests/test_a.py", "class A(TestCase):\n    def test_b(self):\n        pass\n")
            put(root, jobs.FACTS, json.dumps(known))
            document = json.dumps({"paths": {"/job-types/thing_look/jobs": {"post": operation}}})
            put(root, ".build/debug/confd", f"#!/bin/sh\ncat <<'END'\n{document}\nEND\n")
            for name, text in jobs.documents(root, os.path.join(root, ".build/debug/confd"))[0].items():
                put(root, name, text)
            yield "jobs", sample, problem(jobs.failures(root), expected)
            if expected is None:
                for name in (jobs.DOCUMENT, jobs.PROOFS):
                    was = pathlib.Path(root, name).read_text()
                    put(root, name, "# Jobs\n")
                    yield "jobs", f"an old {name}", problem(jobs.failures(root), "is not what")
                    put(root, name, was)


def node_results():
    """What has to be said of a table of two jobs."""
    meaning, row = "| no node | it only tells |\n", "| `%s` | %s |  |\n"
    good = meaning + row % ("a_look", "no node") + row % ("b_act", "no node")
    for text, expected in (
            (good, None), (good.replace("b_act", "c_act"), "'b_act' has no row"),
            (good + row % ("c_act", "no node"), "no job 'c_act'"), (good + row % ("a_look", "no node"), "not in order"),
            (good.replace("`b_act` | no node", "`b_act` | here"), "not explained")):
        with tempfile.TemporaryDirectory() as root:
            put(root, nodes.JOBS, "# Jobs\n\n### b_act\n\n### a_look\n")
            put(root, nodes.TABLE, text)
            yield "nodes", text, problem(nodes.failures(root), expected)


def setting_results():
    """What has to be said of documents that list settings."""
    with tempfile.TemporaryDirectory() as root:
        yield "settings", "nothing built", problem(settings.failures(root), None)
        put(root, ".build/debug/confd", "#!/bin/sh\necho \"$3 of settings\"\n")
        yield "settings", "no document", problem(settings.failures(root), "needs the lines")
        for name, (form, begin, end) in settings.PARTS.items():
            put(root, name, f"Before.\n{begin}{form} of settings\n{end}Behind.\n")
        yield "settings", "the same lists", problem(settings.failures(root), None)
        for name, (form, begin, end) in settings.PARTS.items():
            was = pathlib.Path(root, name).read_text()
            put(root, name, was.replace(f"{form} of", "a former list of"))
            yield "settings", f"an old {name}", problem(settings.failures(root), "is not what")
            made = settings.documents(root, os.path.join(root, ".build/debug/confd"))[0][name]
            yield "settings", f"{name} made anew", None if made == was else "should be as it was"
            put(root, name, was.replace(end, ""))
            yield "settings", f"a {name} without an end", problem(settings.failures(root), "needs the lines")
            put(root, name, was)
        put(root, ".build/debug/confd", "#!/bin/sh\nexit 3\n")
        yield "settings", "a broken program", problem(settings.failures(root), "failed")


def fault_results():
    """What has to be said of a list of faults in which one differs."""
    test = "test_a.A.test_b"
    good = {name: {"fault": "It was so.", "tests": [test]} for name in faults.KNOWN}
    cases = [
        ("a complete list", {}, None), ("an open one", {"F01": {"fault": "It was so.", "open": True}}, None),
        ("an inherited test", {"F01": {"fault": "It was so.", "tests": ["test_a.B.test_b"]}}, None),
        ("a test of the page", {"F01": {"fault": "It was so.", "tests": ["browser:test_p.P.test_q"]}}, None),
        ("a missing one", {"F01": None}, "'F01' is missing"), ("a new one", {"X1": good["F01"]}, "no known fault"),
        ("no test", {"F01": {"fault": "It was so.", "tests": []}}, "has no test"),
        ("neither form", {"F01": [test]}, "is not of the form"),
        ("no sentence", {"F01": {"fault": " ", "tests": [test]}}, "does not say what was wrong"),
        ("a lost test", {"F01": {"fault": "It was so.", "tests": ["test_a.A.test_c"]}}, "test that does not exist"),
        ("a test twice", {"F01": {"fault": "It was so.", "tests": [test, test]}}, "a test twice"),
        ("open with a test", {"F01": good["F01"] | {"open": True}}, "is called open")]
    with tempfile.TemporaryDirectory() as root:
        put(root, "Tests/Integration/test_a.py",
            "class A(TestCase):\n    def test_b(self):\n        pass\n\n\nclass B(A):\n    pass\n")
        put(root, "Tests/Browser/test_p.py", "class P(TestCase):\n    def test_q(self):\n        pass\n")
        for sample, change, expected in cases:
            listed = {name: fault for name, fault in (good | change).items() if fault}
            put(root, faults.LIST, json.dumps(listed))
            yield "faults", sample, problem(faults.failures(root), expected)
        put(root, faults.LIST, json.dumps(good)[:-1] + ', "F01": ' + json.dumps(good["F01"]) + "}")
        yield "faults", "one twice", problem(faults.failures(root), "'F01' stands there twice")
        put(root, faults.LIST, "[")
        yield "faults", "no JSON", problem(faults.failures(root), faults.LIST)


def row_results():
    """What has to be said of a document of faults beside its table."""
    begin, lines = "# Faults\n\n", "| `one` | It ends. | It begins. | {} |\n| `two-2` (ci) | a | b | {} |\n"
    table = f"""import sys
print("one test_a.A.test_b" if "--tests" in sys.argv else {begin + lines.replace(" {} |", " |").rstrip()!r})
"""
    with tempfile.TemporaryDirectory() as root:
        yield "rows", "no table", problem(rows.failures(root), None)
        put(root, "Tests/Integration/test_a.py", "class A(TestCase):\n    def test_b(self):\n        pass\n")
        put(root, rows.TABLE, table)
        yield "rows", "no document", problem(rows.failures(root), "has other rows")
        for text, expected in (
                (begin + lines.format("never run", "PASS (3 s, abc)"), None), (begin + lines.format("PASS", "PASS"), None),
                (begin + lines.format("PASS", "PASS").replace("It ends", "It ended"), "has other rows"),
                (begin + lines.split("\n")[0] + "\n", "has other rows"),
                (begin + lines.format("PASS", "PASS") + "| `three` | a | b | PASS |\n", "has other rows")):
            put(root, rows.DOCUMENT, text)
            yield "rows", text, problem(rows.failures(root), expected)
        put(root, rows.TABLE, table.replace("A.test_b", "A.test_c"))
        yield "rows", "a lost test", problem(rows.failures(root), "does not exist: test_a.A.test_c")
        put(root, rows.TABLE, "raise SystemExit('two rows')\n")
        yield "rows", "a broken table", problem(rows.failures(root), "two rows")


def main():
    count = bad = 0
    further = contract_samples.results(put, problem, tempfile.TemporaryDirectory)
    for guard, sample, fault in itertools.chain(results(), row_results(), further):
        count += 1
        if fault:
            bad += 1
            print(f"{guard}: sample {sample[:60]!r} {fault}")
    print(f"check: {count - bad} of {count} samples judged rightly", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
