import Foundation
import GRDB
import JobEngine
import Logging
import Synchronization

@testable import SQLiteStore

/// A folder of its own for each test, with a store in it; gone when the test is over.
final class StoreFixture: Sendable {
    let folder: String
    let commits = CommitGate()
    let log = CountingLog()

    init() {
        folder = NSTemporaryDirectory() + "/store-" + UUID().uuidString
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func open(_ folder: String? = nil) throws -> SQLiteFile {
        try SQLiteFile.open(folder: folder ?? self.folder, log: log.logger, probe: commits)
    }

    /// What is on the disk at this moment, as after a power cut.
    func copyAsItLies() throws -> StoreFixture {
        let copy = StoreFixture()
        try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
        for name in [SQLiteFile.name, SQLiteFile.name + "-wal"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy.folder)/\(name)")
        }
        return copy
    }

    func rights(_ name: String = "") throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}

/// Counts transactions, holds the next one back, or makes it fail.
final class CommitGate: CommitProbe {
    struct Refusal: Error, CustomStringConvertible {
        let description = "the disk said no"
    }

    private struct State {
        var sizes: [Int] = []
        var holdsNext = false
        var failsNext = false
    }

    private let state = Mutex(State())
    private let held = AsyncStream.makeStream(of: Void.self)
    private let released = DispatchSemaphore(value: 0)

    /// The number of changes in each transaction so far.
    var sizes: [Int] { state.withLock { $0.sizes } }

    func failNext() { state.withLock { $0.failsNext = true } }
    func holdNext() { state.withLock { $0.holdsNext = true } }
    func release() { released.signal() }

    /// Returns when a transaction stands right before its commit.
    func untilHeld() async {
        for await _ in held.stream { return }
    }

    func willCommit(_ changes: Int) throws {
        let (holds, fails) = state.withLock { state in
            state.sizes.append(changes)
            defer { (state.holdsNext, state.failsNext) = (false, state.holdsNext && state.failsNext) }
            return (state.holdsNext, state.failsNext && !state.holdsNext)
        }
        if holds {
            held.continuation.yield()
            released.wait()
        }
        if fails { throw Refusal() }
    }
}

/// Counts what was reported at the level of errors.
final class CountingLog: Sendable {
    private let count = Mutex(0)

    var errors: Int { count.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: CountingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            if event.level >= .error { log.count.withLock { $0 += 1 } }
        }
    }
}

extension JobRecord {
    static func sample(
        _ number: Int, node: Int = 11, type: String = "db_list", user: String = "admin", at: Int? = nil,
        outcome: Outcome? = nil, key: String? = nil
    ) -> JobRecord {
        var record = JobRecord(
            id: JobID(node: node, number: number), type: type, mode: .read,
            parameters: ["db_name": "DB1", "nodes": [11, 12]], requester: Requester(name: user, roles: ["exaadm"]),
            request: Request(dialect: "rest", address: "10.0.0.1"), scheduling: Scheduling(waits: true),
            submittedAt: Timestamp(milliseconds: at ?? 1_700_000_000_000 + number))
        record.idempotencyKey = key
        record.outcome = outcome
        if outcome != nil { record.stage = .finished }
        return record
    }
}

extension RevisionRecord {
    static func sample(_ number: Int, text: String? = nil) -> RevisionRecord {
        RevisionRecord(
            number: number, text: text ?? "[Global]\n    Revision = \(number)\n",
            sha256: "sha \(number) \(text?.count ?? 0)",
            checksum: "sum \(number)", job: JobID(node: 11, number: number + 100), user: "admin", reason: "why not",
            at: Timestamp(milliseconds: 1_700_000_000_000 + number))
    }
}

extension StoreWrite {
    init(jobs: [JobRecord]) {
        self.init()
        self.jobs = jobs
    }

    init(revisions: [RevisionRecord], on head: Int?) {
        self.init()
        self.revisions = revisions
        expectedHead = head
    }
}
