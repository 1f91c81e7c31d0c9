"""The shape of the sources in figures, and which of them fall short: what one meets who looks for a place to change."""

import re
import statistics

import source

# Files of so few lines rarely are a responsibility of their own.
SHORT, SHORT_FILES = 25, 60
UNLABELLED, UNLABELLED_FUNCTIONS = 2, 5
TESTS_TO_SOURCE = 0.6
# Lines that stand in two places, without those that only close or import.
BLOCK = 6

CALLABLE = re.compile(r"(?m)^[ \t]*(?:[@\w()]+[ \t]+)*?(func[ \t]+[^\s(<]+|init[?]?)[ \t]*(?:<[^(]*>)?\(")
PLAIN = re.compile(r"[)}\]\s,]*|(?:package |public )?import .*")


def failures(root, tell=print):
    sources = {path: source.read(root, path) for path in source.files(root, ".swift", below=("Sources/",))}
    tests = source.files(root, ".swift", below=("Tests/",)) + source.files(root, ".py", below=("Tests/",))
    lengths = {path: len(text.splitlines()) for path, text in sources.items()}
    short = [path for path, length in lengths.items() if length <= SHORT]
    unlabelled = [place for path, text in sources.items() for place in unlabelled_functions(path, text)]
    tested = sum(len(source.read(root, path).splitlines()) for path in tests)
    ratio = tested / max(1, sum(lengths.values()))
    found, told = [], []
    for name, value, is_short in (
            ("files", len(lengths), False),
            ("lines, median", round(statistics.median(lengths.values() or [0])), False),
            (f"files of {SHORT} lines at most (< {SHORT_FILES})", len(short), len(short) >= SHORT_FILES),
            (f"functions with more than {UNLABELLED} unlabelled parameters (≤ {UNLABELLED_FUNCTIONS})", len(unlabelled),
             len(unlabelled) > UNLABELLED_FUNCTIONS),
            (f"lines of tests to lines of source (≥ {TESTS_TO_SOURCE})", round(ratio, 2), ratio < TESTS_TO_SOURCE),
            (f"blocks of {BLOCK} lines that stand twice", len(twice(sources)), False)):
        told.append(f"{value!s:>8}  {name}")
        if is_short:
            found.append(f"{name}: {value}")
    tell("\n".join([*told, *unlabelled]))
    return found


def unlabelled_functions(path, text):
    """Place and name of each function with too many parameters whose calls do not say what they are."""
    code = source.code_only(text)
    for match in CALLABLE.finditer(code):
        count = sum(part.strip().startswith("_ ") for part in parameters(code, match.end()))
        if count > UNLABELLED:
            yield f"{path}:{code.count(chr(10), 0, match.start(1)) + 1}: {match[1].split()[-1]} has {count}"


def parameters(code, at):
    """The texts between the commas of a list that begins here."""
    depth, begin, found = 0, at, []
    while at < len(code):
        character = code[at]
        if character in "([{<":
            depth += 1
        elif character in ")]}>" and code[at - 1] != "-":
            depth -= 1
        if depth < 0 or character == "," and depth == 0:
            found.append(code[begin:at])
            begin = at + 1
        if depth < 0:
            break
        at += 1
    return found


def twice(sources):
    """The blocks that stand in more than one place, those that overlap counted once."""
    places = {}
    for path, text in sources.items():
        lines = [line.strip() for line in source.code_only(text).split("\n")]
        lines = [line for line in lines if not PLAIN.fullmatch(line)]
        for at in range(len(lines) - BLOCK + 1):
            places.setdefault(tuple(lines[at:at + BLOCK]), []).append((path, at))
    found = []
    for block in sorted(standing for standing in places.values() if len(standing) > 1):
        path, at = block[0]
        if not found or found[-1][0] != path or at - found[-1][1] > BLOCK:
            found.append((path, at))
    return found
