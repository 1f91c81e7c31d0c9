"""Nothing in the repository tells of the machine or the papers it was written on."""

import os
import re

import source

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = [
    (re.compile(pattern), name) for pattern, name in [
        (r"(?<![\w.])/wo" r"rk/", "an absolute path of one machine"),
        (r"/tmp/ro" r"om|/tmp/br" r"ief|/opt/swift-pack" r"ages|/opt/whe" r"els", "an absolute path of one machine"),
        (r"(?<![\w.])/(?:home|Users)/\w+/", "an absolute path of one machine"),
        (r"(?i)\b(?:helper|coding|ai|sub)[ -]?age" r"nts?\b", "words about how it was written"),
        (r"(?i)\bdesign" r"\.md\b|\bstyle-anch" r"ors\b|\bapi-conven" r"tions\b|\bseed" r"\.txt\b", "a paper that is not here"),
        (r"(?i)\b(?:py" r"pi|npm" r"js|artifact" r"ory|proxy\.gol" r"ang|deb\.deb" r"ian|snapshot\.deb" r"ian)\b", "a package host"),
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
