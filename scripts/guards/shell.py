"""Scripts can be parsed."""

import os
import re
import shutil
import subprocess

import source

SHELL = re.compile(r"^#!\s*(?:/usr/bin/env\s+|/bin/|/usr/bin/)(?:ba)?sh\b")


def failures(root):
    found = []
    for path in source.files(root, below=("scripts/", ".ci/")):
        text = source.read(root, path)
        place = os.path.join(root, path)
        if path.endswith(".py"):
            try:
                compile(text, path, "exec")
            except SyntaxError as error:
                found.append(f"{path}:{error.lineno}: {error.msg}")
            continue
        if not SHELL.match(text):
            continue
        if not os.access(place, os.X_OK):
            found.append(f"{path}: a script has to be executable")
        commands = [["bash", "-n", place]]
        if shutil.which("shellcheck"):
            commands.append(["shellcheck", "--format=gcc", "--severity=warning", place])
        for command in commands:
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode != 0:
                lines = (run.stdout + run.stderr).strip().split("\n")
                found += [line.replace(place, path) for line in lines if line]
    return found
