"""Modules import only what lies below them, and only what the manifest declares."""

import json
import os
import re
import subprocess
import tempfile

import source

GROUND = {
    "Values", "Certificates", "COpenSSL", "EXAConf", "Posix", "CPosix", "Waiting", "XMLRPC", "CExpat", "Zlib",
    "CZlib", "CCrypt", "CPAM", "CProcess", "Series"}
DOMAIN = {"Access", "ClusterLog", "JobEngine", "NodeCommands", "Jobs", "Replication"}
ADAPTERS = {"PAMAuthenticator", "SQLiteStore", "EtcdStore", "PeerLink", "AuditExport", "Notifications", "NodeAgent", "BucketFS"}
# What whoever serves HTTP stands on.
TRANSPORT = {"HTTPServer"}

# The C shim of a ground-floor module belongs to that module.
SHIMS = {"Certificates": {"COpenSSL"}, "Posix": {"CPosix"}, "XMLRPC": {"CExpat"}, "Zlib": {"CZlib"}}

MAY_IMPORT = {
    **{module: SHIMS.get(module, set()) | {"Values"} for module in GROUND},
    "Values": set(),
    "Access": GROUND,
    "ClusterLog": {"Certificates", "Values"},
    "JobEngine": GROUND | {"Access"},
    "Replication": {"Access", "Certificates", "ClusterLog", "EXAConf", "JobEngine", "Values", "Waiting", "Zlib"},
    "NodeCommands": {"EXAConf", "Values", "JobEngine"},
    "Jobs": GROUND | {"Access", "JobEngine", "NodeCommands"},
    "Application": {"Values", "Waiting", "EXAConf", "Series", "Access", "JobEngine"},
    "HTTPServer": {"Certificates", "Values", "Zlib"},
    **{module: GROUND | DOMAIN for module in ADAPTERS},
    "BucketFS": GROUND | DOMAIN | TRANSPORT,
    "StatusPage": TRANSPORT,
    "OpenAPI": DOMAIN | {"Values", "Application", "Gateway"},
    "RESTAPI": GROUND | DOMAIN | TRANSPORT | {"Application", "Gateway", "OpenAPI", "StatusPage"},
    "Gateway": GROUND | DOMAIN | TRANSPORT | {"Application", "StatusPage"},
    "LegacyRPC": GROUND | DOMAIN | TRANSPORT | {"Application", "Gateway"},
    "EnginePostgreSQL": {"CProcess", "Posix"},
    "confd_client": {"Values"},
    "confd": GROUND | DOMAIN | ADAPTERS | TRANSPORT | {"Application", "Gateway", "LegacyRPC", "OpenAPI", "RESTAPI", "StatusPage"},
}

# Shims are drawn with the module they belong to.
SHIM_NAMES = {"COpenSSL", "CPosix", "CExpat", "CZlib", "CCrypt", "CPAM", "CProcess"}

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
    found = list(_undescribed(root, targets))
    for name, (folder, kind, declared) in sorted(targets.items()):
        is_ours = folder.startswith("Sources/")
        if is_ours and name not in MAY_IMPORT:
            found.append(f"Package.swift: module '{name}' has no rule; give it one in scripts/guards/arrows.py")
            continue
        if is_ours:
            for other in sorted((declared & targets.keys()) - MAY_IMPORT[name]):
                found.append(f"Package.swift: module {name} must not depend on {other}")
        for path in source.files(root, ".swift", below=(folder + "/",)):
            found += _of_file(root, path, name, is_ours, declared, targets)
    return found


# Where each module has its paragraph, and its place in the drawing.
MODULES = "docs/modules.md"


def _undescribed(root, targets):
    """Modules that the page on modules says nothing of, and those it speaks of that are none."""
    text = source.read(root, MODULES)
    drawing = "\n".join(re.findall(r"(?m)^    .*$", text.split("\n\n##")[0]))
    drawn = set(re.findall(r"\w+", drawing))
    described = set(re.findall(r"\*\*(\w+)\*\*", text))
    for name, (folder, _, _) in sorted(targets.items()):
        if not folder.startswith("Sources/"):
            continue
        if name not in described:
            yield f"{MODULES}: module {name} has no paragraph; say what it is for"
        if name not in drawn and name not in SHIM_NAMES:
            yield f"{MODULES}: module {name} is missing in the drawing"
    for name in sorted(described - set(targets)):
        yield f"{MODULES}: {name} is described and is no module"


def _of_file(root, path, name, is_ours, declared, targets):
    code = source.code_only(source.read(root, path))
    for match in IMPORT.finditer(code):
        module = match.group(1)
        line = code.count("\n", 0, match.start(1)) + 1
        if module in TOOLCHAIN or module == name:
            continue
        if is_ours and module in targets and module not in MAY_IMPORT[name]:
            yield f"{path}:{line}: {name} must not import {module}"
        elif name in DOMAIN and NOT_IN_DOMAIN.match(module):
            yield f"{path}:{line}: the domain knows no {module}"
        elif module not in declared:
            yield f"{path}:{line}: {module} is not declared for {name} in Package.swift"
