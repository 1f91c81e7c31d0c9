import Foundation
import JobEngine
import Testing
import Values

@testable import NodeAgent

struct DatabaseLedgerTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)
    private let later = Timestamp(milliseconds: 1_800_000_060_000)
    private let running: Value = [
        "state": "running", "connectible": true, "created": true,
        "process": ["id": 4711, "started": "2027-01-15T08:00:00Z"],
    ]
    private let crashed: Value = [
        "state": "stopped", "created": true,
        "ended": ["at": "2027-01-15T08:00:30.000Z", "clean": false, "cause": "killed"],
    ]

    private func started() -> DatabaseLedger.Entry {
        var entry = DatabaseLedger.Entry(id: "one")
        entry.start(running, at: start)
        return entry
    }

    @Test func aServerThatEndsUnaskedHasCrashedWhenItWasNotShutDown() throws {
        var entry = started()
        #expect(
            entry.wanted == .running && entry.isUp
                && entry.process == ServerProcess(id: 4711, started: "2027-01-15T08:00:00Z"))
        entry.see(crashed, at: later)
        let end = try #require(entry.ended)
        #expect(end.value == crashed["ended"])
        #expect(!entry.isTold && !entry.isUp && entry.process == nil && entry.wanted == .running)
        #expect(entry.since == end.at)
    }

    @Test func whatTheEngineDoesNotTellIsTakenFromTheMoment() {
        var entry = started()
        entry.see(["state": "stopped"], at: later)
        #expect(entry.ended?.at == later.milliseconds && entry.ended?.isClean == false)
    }

    @Test func anEndThatWasAskedForIsNoEvent() {
        var entry = started()
        entry.isStopping = true
        entry.see(crashed, at: later)
        entry.stop(at: later)
        #expect(entry.ended == nil && entry.wanted == .stopped && entry.isTold && !entry.isStopping)
    }

    @Test func aStartForgetsTheEndBeforeIt() {
        var entry = started()
        entry.see(crashed, at: later)
        entry.start(running, at: later)
        #expect(entry.ended == nil && entry.isTold && entry.since == later.milliseconds)
    }

    @Test func oneThatRunsBeforeThereIsALedgerIsWanted() {
        var entry = DatabaseLedger.Entry(id: nil)
        entry.see(running, at: start)
        #expect(entry.wanted == .running && entry.isMade)
        var idle = DatabaseLedger.Entry(id: nil)
        idle.see(["state": "stopped", "created": false], at: start)
        #expect(idle == DatabaseLedger.Entry(id: nil))
        #expect(idle.members.isEmpty)
    }

    @Test func theFileIsReadAsItWasWritten() {
        var ledger = DatabaseLedger()
        ledger.databases["DB1"] = started()
        #expect(DatabaseLedger(reading: ledger.bytes) == ledger)
        #expect(DatabaseLedger(reading: Array("{}".utf8)) == nil)
        #expect(DatabaseLedger(reading: []) == nil)
    }

    @Test func theEndOfAProcessIsToldOnce() async throws {
        let child = Process()
        child.executableURL = URL(filePath: "/bin/cat")
        let input = Pipe()
        child.standardInput = input
        try child.run()
        let id = Int(child.processIdentifier)
        let ends = AsyncStream<Void>.makeStream()
        let exit = try #require(ProcessExit(of: ServerProcess(id: id, started: "now")) { ends.continuation.yield() })
        try input.fileHandleForWriting.close()
        var ended = ends.stream.makeAsyncIterator()
        #expect(await ended.next() != nil)
        #expect(exit.process.id == id)
        child.waitUntilExit()
        #expect(ProcessExit(of: ServerProcess(id: id, started: "now")) {} == nil)
    }
}
