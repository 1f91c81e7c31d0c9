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

    func open(_ folder: String? = nil, hasReserve: Bool = false) throws -> SQLiteFile {
        try SQLiteFile.open(folder: folder ?? self.folder, log: log.logger, probe: commits, hasReserve: hasReserve)
    }

    /// What is on the disk at this moment, as after a power cut; files of archives, too.
    func copyAsItLies() throws -> StoreFixture {
        let copy = StoreFixture()
        try FileManager.default.createDirectory(atPath: copy.folder, withIntermediateDirectories: true)
        for name in [SQLiteFile.name, SQLiteFile.name + "-wal"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy.folder)/\(name)")
        }
        if FileManager.default.fileExists(atPath: "\(folder)/archive") {
            try FileManager.default.copyItem(atPath: "\(folder)/archive", toPath: "\(copy.folder)/archive")
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
        var hasRoom: @Sendable () -> Bool = { true }
    }

    private let state = Mutex(State())
    private let held = AsyncStream.makeStream(of: Void.self)
    private let released = DispatchSemaphore(value: 0)

    /// The number of changes in each transaction so far.
    var sizes: [Int] { state.withLock { $0.sizes } }

    func failNext() { state.withLock { $0.failsNext = true } }
    func holdNext() { state.withLock { $0.holdsNext = true } }
    func release() { released.signal() }
    /// From now on there is no room for a transaction until this holds.
    func fullUntil(_ hasRoom: @escaping @Sendable () -> Bool) { state.withLock { $0.hasRoom = hasRoom } }

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
        if !state.withLock({ $0.hasRoom })() { throw StoreError.full("no room") }
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
