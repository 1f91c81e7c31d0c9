"""What somebody gives a job who wants more than is theirs: paths, names, addresses, rights."""


def texts(root, bait):
    """Texts for any parameter; `root` is the installation, `bait` a folder of root's with a file and a program."""
    paths = [
        f"{bait}/secret", bait, f"{bait}/", f"{bait}/program", "/etc/shadow", "/root/.ssh/authorized_keys", "/", "/exa",
        "/exa/etc/EXAConf", "/exa/etc/EXAConf.0", "/exa/etc/ssl/ssl.key", "/exa/etc/bait", "/exa/etc/pam.d/confd",
        "/exa/etc/confd.yaml", "/exa/spool/jobs/store.sqlite", "/exa/spool/bait", "/exa/jobs.d/evil/run", "/exa/plugins",
        "/exa/run/confd.sock", "/exa/data/volumes/0", "/exa/data/bucketfs/../../etc/EXAConf", f"{root}/etc/EXAConf",
        f"{root}/spool", "../../../../../../../../../../etc/shadow", f"../../../../../../../../../..{bait}/secret",
        "..", ".", "", "/proc/self/environ", "/dev/stdin"]
    words = [
        f"$({bait}/program)", f"`{bait}/program`", f"; {bait}/program", f"| {bait}/program", f"x\n{bait}/program\n",
        f"--config={bait}/secret", f"-o {bait}/program", f"@{bait}/secret", f"<{bait}/secret", "--help", "-rf", "%n%s", "*",
        "a\n[Users]\n[[evil]]\nGroup = root\n", "a]\n[Global]\nAuthenticationToken = x\n[b", "x" * 5000]
    addresses = [
        f"file://{bait}", "file:///exa/etc", "file:///etc", f"file:{bait}/secret", f"bucketfs://../..{bait}",
        "http://127.0.0.1:9/x", "http://[::1]:9/x", "https://169.254.169.254/latest/meta-data/", "ftp://localhost:9/",
        f"sftp://root@127.0.0.1:9{bait}", f"http://x@127.0.0.1:9/?{bait}"]
    rights = ["root", "0", "exaadm", "admin", "_owner", "*", "root,exaadm", "0:0"]
    return paths + words + addresses + rights


NUMBERS = [0, -1, 1, 65_534, 2**31, 2**32, 2**63 - 1]
# Of the parameters that say who somebody is, or whose something is.
OWNERS = [[0, 0], ["root", "root"], [0, 500], [-1, -1]]


def attacks(parameter, usual, root, bait):
    """Values for one parameter, of the types it takes.

    `usual` is what an example has there, or None.
    """
    types, found = parameter["types"], []
    all_texts = texts(root, bait)
    if "str" in types:
        found += all_texts
    if "int" in types:
        found += NUMBERS
    if "list" in types or "tuple" in types:
        found += OWNERS + [[text] for text in all_texts] + [["exausers", text] for text in ("root", "exaadm", "../x")]
    if "dict" in types:
        found += [changed for text in all_texts for changed in leaves(usual or {"x": "y"}, text)]
    return found


def leaves(value, text):
    """Copies of a dict, each with a text in place of one of its values, at any depth, or of a name."""
    for name, inner in value.items():
        rest = {other: kept for other, kept in value.items() if other != name}
        yield rest | {name: text}
        yield rest | {text: inner}
        if isinstance(inner, dict):
            for changed in leaves(inner, text):
                yield value | {name: changed}


# Changes of the configuration as a whole that lead to somebody else's: for `exaconf_patch`.
def patches(bait):
    return [
        {"Global": {"LicenseFile": f"{bait}/secret"}}, {"Global": {"LicenseFile": "/exa/etc/EXAConf.0"}},
        {"Global": {"AuthenticationToken": "mine" * 16}}, {"SSL": {"CertKey": f"{bait}/secret"}},
        {"SSL": {"Cert": "/exa/etc/pam.d/confd"}}, {"SSL": {"CertAuth": f"{bait}/secret"}},
        {"SSL": {"CertVerify": "optional"}}, {"BucketFS : bfsdefault": {"Path": bait}},
        {"BucketFS : bfsdefault": {"Path": "/exa/etc"}}, {"BucketFS : bfsdefault": {"Owner": "0 : 0"}},
        {"BucketFS : bfsdefault": {"Bucket : ../../../etc": {"Public": "True"}}},
        {"BucketFS : ../../etc": {"HttpPort": "0", "HttpsPort": "0", "Owner": "500 : 500"}},
        {"Plugin : P1": {"BucketFS": "bfsdefault", "Bucket": "../../../etc", "Dir": "ssl"}},
        {"RemoteVolume : r0099": {"Type": "file", "URL": f"file://{bait}", "Owner": "500 : 500"}},
        {"Node : 11": {"Disk : disk1": {"Devices": f"{bait}/secret"}}},
        {"Users": {"adm": {"AdditionalGroups": "root"}}}, {"Users": {"users": {"Group": "root"}}},
        {"Users": {"root": {"Passwd": "$6$salt$x"}}}, {"Users": {"evil": {"ID": "0", "Group": "root", "Passwd": "x"}}},
        {"Groups": {"root": {"ID": "700"}}}, {"Groups": {"exausers": {"ID": "0"}}}]
