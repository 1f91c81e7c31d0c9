"""What testssl.sh says of the daemon, with a certificate of an authority the scan knows."""

import json
import pathlib
import re
import subprocess
import tempfile

from daemon import REPOSITORY, Daemon
from test_tls import Authority

SERIOUS = ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
# What a scan that came to its end has told of.
COMPLETE = {"TLS1_2", "TLS1_3", "cert_chain_of_trust", "heartbleed", "LUCKY13"}


def explained():
    """Findings docs/security.md has a sentence for."""
    text = (REPOSITORY / "docs/security.md").read_text()
    return set(re.findall(r"^- `(\w+)`: ", text, re.MULTILINE))


def scan():
    """What falls short, and a line of figures."""
    with tempfile.TemporaryDirectory() as folder, Daemon() as daemon:
        folder = pathlib.Path(folder)
        authority = Authority(folder, "Scan CA")
        certificate, key = authority.issue("localhost", days=300)
        daemon.rest().ok("cert_update", cert=certificate, key=key, ca=authority.certificate)
        told = folder / "told.json"
        subprocess.run(
            ["testssl", "--quiet", "--warnings", "off", "--color", "0", "--ip", "one", "--add-ca",
             authority.path("Scan-CA", "crt"), "--jsonfile", told, f"https://localhost:{daemon.port}/"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=900)
        findings = json.loads(told.read_text())
    lacking = COMPLETE - {finding["id"] for finding in findings}
    faults = [f"the scan did not tell of {', '.join(sorted(lacking))}"] if lacking else []
    serious = [finding for finding in findings if finding["severity"] in SERIOUS]
    faults += [f"{finding['id']} is {finding['severity']}: {finding['finding']}"
               for finding in serious if finding["id"].split(" ")[0] not in explained()]
    return faults, f"{len(findings)} findings, {len(serious)} of them serious"
