"""Faults that are put into single steps of a node's code, where no disk can be told to fail: its unit tests have them happen."""

import re
import shutil
import subprocess
import sys

from .base import REPOSITORY, NotRun, Row, ShortFall

PASSED = re.compile(r"Test run with (\d+) tests? .*passed")


class FailingSteps(Row):
    name = "node-failing-steps"
    happens = (
        "Each single step fails or is the last one before the end: of replacing EXAConf and other files, of the store's transactions, "
        "of restarts, and of writing names anew in the audit log.")
    holds = "Files are the former or the new ones, what was told is there, and the next attempt goes on."
    seconds = 40
    units = (
        "NodeAgentTests.NodeAgentInstallTests/everyFailingStepLeavesAWholeConfigurationAndASecondAttemptSucceeds",
        "NodeAgentTests.DurableFileTests/everythingIsOnTheDiskBeforeTheRename",
        "NodeAgentTests.FileActionTests/everyFailingStepLeavesAllFormerFiles",
        "SQLiteStoreTests.SQLiteFileTests/everyAcknowledgedWriteIsThereAfterAPowerCut",
        "SQLiteStoreTests.SQLiteFileTests/aFileWithTheListOfStepsAloneIsMadeWhole",
        "SQLiteStoreTests.GroupCommitTests/aFullDiskRefusesAndRoomMakesItWorkAgain",
        "SQLiteStoreTests.PseudonymTests/anEndAtAnyWriteLeavesAWholeLogAndTheNextRunGoesOn",
        "JobEngineTests.RestartTests/whatWasToldSurvivesALossOfPower",
        "confdTests.FirstCertificateTests")

    def run(self, say):
        if not shutil.which("swift"):
            raise NotRun("there is no swift here")
        if not list((REPOSITORY / ".build/debug").glob("*.xctest")):
            raise NotRun("the tests are not built: swift build --build-tests")
        for unit in self.units:
            say(f"unit test {unit}")
        done = subprocess.run(
            ["swift", "test", "--skip-build", "--filter", "|".join(f"{re.escape(unit)}\\b" for unit in self.units)],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        sys.stderr.write(done.stdout[-6000:])
        counts = [int(count) for count in PASSED.findall(done.stdout)]
        if done.returncode or sum(counts) < len(self.units):
            raise ShortFall(f"swift test ended with {done.returncode}; {sum(counts)} tests passed")
        return f"{sum(counts)} unit tests"
