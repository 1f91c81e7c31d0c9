"""Rooms import only what lies below them, and only what the manifest declares."""

import json
import os
import re
import subprocess
import tempfile

import source

GROUND = {
    "Values", "Certificates", "COpenSSL", "EXAConf", "Posix", "CPosix", "Waiting", "XMLRPC", "CExpat", "Zlib",
    "CZlib", "CCrypt", "CPAM", "CProcess"}
DOMAIN = {"Access", "JobEngine", "NodeCommands", "Jobs"}
ADAPTERS = {"PAMAuthenticator", "SQLiteStore", "NodeAgent", "BucketFS"}
# What whoever serves HTTP stands on.
TRANSPORT = {"HTTPServer"}

# The C shim of a ground-floor room belongs to that room.
SHIMS = {"Certificates": {"COpenSSL"}, "Posix": {"CPosix"}, "XMLRPC": {"CExpat"}, "Zlib": {"CZlib"}}

MAY_IMPORT = {
    **{room: SHIMS.get(room, set()) | {"Values"} for room in GROUND},
    "Values": set(),
    "Access": GROUND,
    "JobEngine": GROUND | {"Access"},
    "NodeCommands": {"EXAConf", "Values", "JobEngine"},
    "Jobs": GROUND | {"Access", "JobEngine", "NodeCommands"},
    "HTTPServer": {"Certificates", "Values", "Zlib"},
    **{room: GROUND | DOMAIN for room in ADAPTERS},
    "BucketFS": GROUND | DOMAIN | TRANSPORT,
    "StatusPage": TRANSPORT,
    "Gateway": GROUND | DOMAIN | TRANSPORT | {"StatusPage"},
    "LegacyRPC": GROUND | DOMAIN | TRANSPORT | {"Gateway"},
    "EnginePostgreSQL": {"CProcess", "Posix"},
    "confd_client": {"Values"},
    "confd": GROUND | DOMAIN | ADAPTERS | TRANSPORT | {"Gateway", "LegacyRPC", "StatusPage"},
}

# What the domain must never know: HTTP, sockets, SQL.
NOT_IN_DOMAIN = re.compile(r"^(Hummingbird|NIO|HTTP|GRDB|SQLite|ArgumentParser|ServiceLifecycle)")

# Modules that come with the toolchain and are never declared.
TOOLCHAIN = {
    "Swift", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Synchronization", "Dispatch", "Testing",
    "RegexBuilder", "PackageDescription",
}

IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+"
    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var)[ \t]+)?([A-Za-z_]\w*)", re.MULTILINE)


def manifest(root):
    """Name → (folder, kind, declared modules) of every target, as the package manager reads the manifest."""
    with tempfile.TemporaryDirectory() as scratch:
        # Nothing is written beside the sources: they may belong to somebody else, or a build may be using the folder.
        places = [f"--{name}-path={scratch}/{name}" for name in ("scratch", "cache", "config", "security")]
        run = subprocess.run(
            ["swift", "package", "--package-path", root, *places, "--manifest-cache=none", "dump-package"],
            capture_output=True, text=True, env=_environment(scratch))
    if run.returncode != 0:
        causes = [line for line in run.stderr.split("\n") if "error:" in line]
        raise RuntimeError("Package.swift cannot be read: " + " ".join(causes)[-300:])
    targets = {}
    for target in json.loads(run.stdout)["targets"]:
        folder = target.get("path") or ("Tests/" if target["type"] == "test" else "Sources/") + target["name"]
        declared = {name[0] for entry in target["dependencies"] for name in entry.values()}
        targets[target["name"]] = (folder.rstrip("/"), target["type"], declared)
    return targets


def _environment(scratch):
    """An account without a home has no place for the compiler's caches."""
    home = os.path.expanduser("~")
    return os.environ if os.access(home, os.W_OK) else {**os.environ, "HOME": scratch}


def failures(root):
    try:
        targets = manifest(root)
    except FileNotFoundError:
        return ["swift is missing: it has to be on the PATH"]
    except RuntimeError as error:
        return [str(error)]
    found = []
    for name, (folder, kind, declared) in sorted(targets.items()):
        is_room = folder.startswith("Sources/")
        if is_room and name not in MAY_IMPORT:
            found.append(f"Package.swift: room '{name}' has no rule; give it one in scripts/guards/arrows.py")
            continue
        if is_room:
            for other in sorted((declared & targets.keys()) - MAY_IMPORT[name]):
                found.append(f"Package.swift: room {name} must not depend on {other}")
        for path in source.files(root, ".swift", below=(folder + "/",)):
            found += _of_file(root, path, name, is_room, declared, targets)
    return found


def _of_file(root, path, name, is_room, declared, targets):
    code = source.code_only(source.read(root, path))
    for match in IMPORT.finditer(code):
        module = match.group(1)
        line = code.count("\n", 0, match.start(1)) + 1
        if module in TOOLCHAIN or module == name:
            continue
        if is_room and module in targets and module not in MAY_IMPORT[name]:
            yield f"{path}:{line}: {name} must not import {module}"
        elif name in DOMAIN and NOT_IN_DOMAIN.match(module):
            yield f"{path}:{line}: the domain knows no {module}"
        elif module not in declared:
            yield f"{path}:{line}: {module} is not declared for {name} in Package.swift"
