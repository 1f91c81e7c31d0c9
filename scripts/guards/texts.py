"""Nothing in the repository tells of the machine or the papers it was written on."""

import os
import re

import source

# Written in pieces, so that this file does not hold what it looks for.
MACHINE = "an absolute path of one machine"
WRITING = "words about how it was written"
PAPER = "a paper that is not here"
HOST = "a package host"
FORBIDDEN = [
    (re.compile(pattern, re.IGNORECASE), name) for pattern, name in [
        (r"(?<![\w.])/wo" r"rk/", MACHINE),
        (r"/tmp/ro" r"om|/tmp/br" r"ief|/opt/swift-pack" r"ages|/opt/whe" r"els", MACHINE),
        (r"(?<![\w.])/(?:home|(?-i:Users))/\w+/", MACHINE),
        (r"\b(?:helper|coding|ai|sub)[ -]?age" r"nts?\b", WRITING),
        (r"\bdesign" r"\.md\b|\bstyle-anch" r"ors\b|\bapi-conven" r"tions\b|\bseed" r"\.txt\b", PAPER),
        (r"\b(?:py" r"pi|npm" r"js|artifact" r"ory|proxy\.gol" r"ang)\b|\b(?:deb|snapshot)\.deb" r"ian\b", HOST),
    ]
]
BINARY = (".png", ".ico", ".jpg", ".woff2", ".gz", ".sqlite")


def failures(root):
    found = []
    for path in source.files(root):
        if path.endswith(BINARY) or os.path.islink(os.path.join(root, path)):
            continue
        for number, line in enumerate(source.read(root, path).split("\n"), 1):
            for pattern, name in FORBIDDEN:
                match = pattern.search(line)
                if match:
                    found.append(f"{path}:{number}: '{match.group().strip()}' is {name}")
    return found
