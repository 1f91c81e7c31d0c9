"""The commands in a document.

A block indented by four spaces, and a fenced one of the languages `sh`, `console` and `python`, is something to type, as
it stands there. It has no empty lines when it is indented. Whatever else is shown stands in a fenced block of another
language.

Usage: document.py DOCUMENT LINE        prints the block of a document that begins with LINE
"""

import os
import pathlib
import re
import sys
import textwrap

REPOSITORY = pathlib.Path(os.environ.get("CONFD_CHECKOUT", pathlib.Path(__file__).resolve().parents[2]))
LANGUAGES = {"sh", "console", "python"}
FENCE = re.compile(r" *```(\w*)")


class Block:
    """Commands of a document: the section they stand in, the line they begin at, their text and its language."""

    def __init__(self, document, section, line, language="sh"):
        self.document, self.section, self.line, self.language, self.text = document, section, line, language, ""

    @property
    def title(self):
        """The first line without its remark, by which a block is told from others of its document."""
        return re.split("  |\n", self.text, maxsplit=1)[0]


def blocks(document):
    """The blocks of a document; indented lines right behind text continue that text."""
    found, section, fence, previous = [], None, None, ""
    for number, line in enumerate((REPOSITORY / document).read_text().splitlines(), 1):
        if opening := FENCE.match(line):
            fence = None if fence is not None else opening[1]
            if fence in LANGUAGES:
                found.append(Block(document, section, number + 1, fence))
        elif fence in LANGUAGES:
            found[-1].text += line + "\n"
        elif fence is not None:
            pass
        elif heading := re.match("#+ (.*)", line):
            section = heading[1]
        elif line.startswith("    ") and (not previous or previous.startswith("    ")):
            if not previous:
                found.append(Block(document, section, number))
            found[-1].text += line + "\n"
        previous = line
    for block in found:
        block.text = textwrap.dedent(block.text)
    return found


if __name__ == "__main__":
    print(*(block.text for block in blocks(sys.argv[1]) if block.title == sys.argv[2]), sep="", end="")
