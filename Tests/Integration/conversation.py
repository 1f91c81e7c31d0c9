"""PAM that asks more than a password."""

from daemon import PASSWORD, pam_matrix

# A one-time code behind the password; it is 755224.
CODE = """auth required {module} passdb={users}
auth required {module} passdb={codes} echo
account required {module} passdb={users}
"""
# A new password for nora, whose first one has expired.
EXPIRED = """auth required {module} passdb={users}
account [success=1 default=ignore] pam_exec.so quiet {script}
account requisite pam_debug.so acct=new_authtok_reqd
account required {module} passdb={users}
password required {module} passdb={users}
"""


def converse(daemon, lines):
    """Has PAM of a daemon that is not started yet do what the lines say, for admin and nora."""
    daemon.write_pam({"admin": PASSWORD, "nora": "old one"})
    folder = daemon.root / "pam"
    (folder / "codes").write_text("admin:755224:confd\nnora:755224:confd\n")
    script = folder / "is-current"
    script.write_text(f"#!/bin/sh\n! grep -q '^nora:old one:' {folder}/passdb || [ \"$PAM_USER\" != nora ]\n")
    script.chmod(0o755)
    (folder / "confd").write_text(lines.format(
        module=pam_matrix(), users=folder / "passdb", codes=folder / "codes", script=script))
