"""Gives every reader of what others write inputs nobody would write; scripts/fuzz tells how to call it."""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUNDLE = "confdPackageTests.xctest"
NAME = re.compile(r'\bReader\(\s*"([a-z-]+)"')
# What a process may take beyond the time of its inputs: it starts, and reads the last one.
GRACE = 60
# Of a process with libFuzzer, and of a single input.
LIMITS = ["-rss_limit_mb=1024", "-malloc_limit_mb=512", "-timeout=10", "-print_final_stats=1"]


def names():
    """The readers, as their definitions name them."""
    texts = [path.read_text() for path in sorted((ROOT / "Tests/Fuzzing/Readers").glob("*.swift"))]
    return [name for text in texts for name in NAME.findall(text)]


class Run:
    """Inputs for readers, by one program of tests."""

    def __init__(self, program, folder, seconds, seed):
        self.program, self.seconds, self.seed = program, seconds, seed
        self.folder = folder
        self.failures = folder / "failures"
        self.failures.mkdir(parents=True, exist_ok=True)

    def changed(self, name):
        """Inputs that are changed by chance; the same seed makes the same ones."""
        return self._read(name, "aChangedInputIsAnswered", {
            "CONFD_FUZZ_SECONDS": str(self.seconds), "CONFD_FUZZ_SEED": str(self.seed)})

    def guided(self, name):
        """Inputs that libFuzzer chooses by the places they lead to; those that led to new ones are kept for the next run."""
        corpus = self.folder / "corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        arguments = [
            f"-max_total_time={self.seconds}", f"-seed={self.seed}", f"-artifact_prefix={self.failures}/{name}-", *LIMITS,
            str(corpus)]
        return self._read(name, "libFuzzerFindsNothing", {
            "CONFD_FUZZ_ARGUMENTS": " ".join(arguments), "CONFD_FUZZ_CORPUS": str(corpus)})

    def one(self, name, file):
        """One input again."""
        return self._read(name, "oneInputIsAnswered", {"CONFD_FUZZ_INPUT": str(pathlib.Path(file).resolve())})

    def _read(self, name, test, variables):
        command = [self.program, "--testing-library", "swift-testing", "--filter", f"FuzzingTests.{test}"]
        variables |= {"CONFD_FUZZ_READER": name, "CONFD_FUZZ_FOLDER": str(self.folder), "SWIFT_BACKTRACE": "enable=no"}
        current = self.folder / f"{name}.current"
        current.unlink(missing_ok=True)
        try:
            done = subprocess.run(
                command, env=os.environ | variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=self.seconds + GRACE)
            text, code = done.stdout.decode(errors="replace"), done.returncode
        except subprocess.TimeoutExpired as late:
            text, code = (late.stdout or b"").decode(errors="replace") + "\nit did not come to an end", None
        told = _told(name, text)
        if code == 0 and told:
            print(told, flush=True)
            return True
        print(f"fuzz: {name}: FAILED with seed {self.seed}\n{text[-3000:]}{self._keep(name, current)}", flush=True)
        return False

    def _keep(self, name, current):
        """The input that was read last, where it stays, and how it is read again."""
        if not current.exists():
            return ""
        memory = current.read_bytes()
        length = int.from_bytes(memory[:8], sys.byteorder)
        content = memory[8:8 + length]
        file = self.failures / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
        file.write_bytes(content)
        return f"\nread it again: scripts/fuzz --readers {name} --input {file}"


def _told(name, text):
    """What a process said of its inputs, in one line; None when it read none."""
    plain = re.search(rf"^fuzz: {name}: .*$", text, re.MULTILINE)
    if plain:
        return plain.group()
    units = re.search(r"^stat::number_of_executed_units: (\d+)$", text, re.MULTILINE)
    places = re.findall(r"\bcov: (\d+)", text)
    return f"fuzz: {name}: {units.group(1)} inputs, {places[-1]} places, ok" if units and places else None


def main():
    parser = argparse.ArgumentParser(prog="fuzz --readers")
    parser.add_argument("readers", nargs="*", metavar="NAME", help="all, unless named")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--seconds", type=int, default=900, help="for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--input", help="read this file again instead")
    parser.add_argument("--guided", action="store_true", help="the build has libFuzzer")
    parser.add_argument("--list", action="store_true")
    chosen = parser.parse_args()
    known = names()
    if chosen.list:
        print("\n".join(known))
        return 0
    if strangers := set(chosen.readers) - set(known):
        parser.error(f"there is no {', '.join(sorted(strangers))}; known: {', '.join(known)}")
    program = chosen.build / "debug" / BUNDLE
    if not program.exists():
        parser.error(f"{program} is missing; run: swift build --build-tests")
    run = Run(program, chosen.folder, chosen.seconds, chosen.seed)
    if chosen.input:
        return 0 if all([run.one(name, chosen.input) for name in chosen.readers or known]) else 1
    work = run.guided if chosen.guided else run.changed
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = list(pool.map(work, chosen.readers or known))
    print(f"fuzz: {len(passed)} readers, {'ok' if all(passed) else f'{passed.count(False)} FAILED'}")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
