"""What the documents list of the settings is what the program says of them."""

import os

import built
import source

# By document: the form the program prints for it, and what stands before and behind that.
PARTS = {
    "docs/operations.md": (
        "markdown", "<!-- settings: begin (confd settings --format markdown) -->\n\n", "\n<!-- settings: end -->\n"),
    "docs/man/confd.8": (
        "mdoc", '.\\" settings: begin (confd settings --format mdoc)\n', '.\\" settings: end\n'),
}


def failures(root):
    """None when nothing has been built: what settings are is told by the program itself."""
    program = built.program(root)
    if program is None:
        return []
    try:
        texts, found = documents(root, program)
    except (OSError, RuntimeError) as error:
        return [str(error)]
    return found + [
        f"{name}: is not what 'scripts/settings-reference' makes"
        for name, text in texts.items() if source.read(root, name) != text]


def documents(root, program):
    """The documents by their names, with the part that is made, and those that have no place for it, a line each."""
    texts, found = {}, []
    for name, (form, begin, end) in PARTS.items():
        text = source.read(root, name) if os.path.exists(os.path.join(root, name)) else ""
        before, opening, rest = text.partition(begin)
        _, closing, behind = rest.partition(end)
        if opening and closing:
            texts[name] = before + begin + built.output(program, "settings", "--format", form) + end + behind
        else:
            found.append(f"{name}: needs the lines '{begin.strip()}' and '{end.strip()}'")
    return texts, found
