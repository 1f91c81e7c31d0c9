"""From one node to three by the commands that stand in the README, on machines that are daemons of this one."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import time
import unittest

from cluster_host import TOKEN, Cluster, lacking
from daemon import PASSWORD, PROGRAM
from document import blocks

DOCUMENT, SECTION = "README.md", "From one to three"
PROMPT = re.compile(r"n(\d+)# (.*)")
# So long it may take from the first command to the last.
LIMIT = 180
# What is another one here, or another one each time, in what is printed.
CHANGING = re.compile(
    r"10\.10\.10\.(?P<node>\d+)|(?P<token>confd1\.\d+)\.\.\.|(?P<port>\b20\d{3}\b)|(?P<job>\bjob 11\.\d+\b)"
    r"|(?P<version>\b3\.\d+\.\d+\b)")


class Command:
    """What is typed on a node, and the lines it prints."""

    def __init__(self, node, text):
        self.node, self.text, self.lines = int(node), text, []


def commands():
    """Those of the README, in their order."""
    found = []
    (block,) = (block for block in blocks(DOCUMENT) if block.section == SECTION)
    for line in block.text.splitlines():
        if prompt := PROMPT.fullmatch(line):
            found.append(Command(*prompt.groups()))
        else:
            found[-1].lines.append(line)
    return found


@unittest.skipIf(lacking(), lacking())
class Readme(unittest.TestCase):
    def setUp(self):
        self.cluster = self.enterContext(Cluster())
        self.token = None
        # By command, what each node printed last.
        self.printed = {}

    def test_three_nodes_by_the_commands_of_the_readme(self):
        typed = commands()
        self.assertEqual({command.node for command in typed}, {11, 12, 13})
        began = time.monotonic()
        for command in typed:
            with self.subTest(command.text):
                output = self.type(command)
                self.printed.setdefault(command.text, {})[command.node] = output
                self.assert_printed(command, output)
        took = time.monotonic() - began
        self.assertLessEqual(took, LIMIT)
        print(f" {took:.0f} s ", end="", flush=True)
        self.assert_equal_files()
        self.assert_acknowledged()

    def machine(self, number):
        known = [*self.cluster.machines, *self.cluster.nodes]
        return next((node for node in known if node.number == number), None) or self.cluster.machine(number)

    def type(self, command):
        """What a command prints; it has to end well."""
        node = self.machine(command.node)
        if command.text.endswith(" &"):
            return self.serve(node, shlex.split(command.text[:-2]))
        text = CHANGING.sub(lambda found: self.cluster.address(int(found["node"])), command.text).replace(
            "/exa/", f"{node.root}/")
        if text.startswith("confd "):
            text += f" --root {node.root}" + (f" --port {node.port}" if text.startswith("confd init") else "")
        variables = node.variables() | {
            "CONFD_SOCKET": str(node.root / "run/confd.sock"), "CONFD_ADMIN_PASSWORD": PASSWORD,
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", text], env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, f"{command.text}\n{done.stdout}{done.stderr}")
        if token := TOKEN.search(done.stdout):
            self.token = token[1]
        return done.stdout

    def serve(self, node, words):
        """Starts a daemon, and waits as somebody does who looks at it: until it is a node of a cluster that is well."""
        self.assertEqual(words[:2], ["confd", "serve"])
        if "--join" in words:
            self.assertIsNotNone(self.token)
            node.start_joining(self.token)
        else:
            node.start()
        self.cluster.take(node)
        if len(self.cluster.nodes) > 1:
            self.cluster.await_calm()
        return f"ready {node.url}\n"

    def pattern(self, line):
        """What a line of the README stands for here."""
        text, end = "", 0
        for found in CHANGING.finditer(line):
            text += re.escape(line[end:found.start()])
            if found["node"]:
                text += re.escape(self.cluster.address(int(found["node"])))
            elif found["token"]:
                text += re.escape(found["token"]) + r"\.\S+"
            else:
                text += {"port": r"\d+", "job": r"job 11\.\d+", "version": r"\d+\.\d+\.\d+"}[found.lastgroup]
            end = found.end()
        return text + re.escape(line[end:])

    def assert_printed(self, command, output):
        """Each line is there, in its order."""
        lines = iter(output.splitlines())
        for line in command.lines:
            self.assertTrue(any(re.fullmatch(self.pattern(line), one) for one in lines), f"no {line!r} in\n{output}")

    def assert_equal_files(self):
        sums = next(outputs for text, outputs in self.printed.items() if text.startswith("sha256sum "))
        self.assertEqual(set(sums), {11, 12, 13})
        self.assertEqual(len({output.split()[0] for output in sums.values()}), 1, sums)
        files = {(pathlib.Path(node.root) / "etc/EXAConf").read_bytes() for node in self.cluster.nodes}
        self.assertEqual(len(files), 1)

    def assert_acknowledged(self):
        """The newest revision has three acknowledgements, each with its time."""
        output = next(output[11] for text, output in self.printed.items() if text.startswith("curl "))
        (revision,) = json.loads(output)["items"]
        self.assertEqual({ack["node"]: ack["state"] for ack in revision["acks"]}, dict.fromkeys((11, 12, 13), "acknowledged"))
        for ack in revision["acks"]:
            self.assertRegex(ack["acked_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


if __name__ == "__main__":
    unittest.main()
