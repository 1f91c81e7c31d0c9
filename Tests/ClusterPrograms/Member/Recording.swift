import ClusterChecker
import ClusterLog
import Foundation
import JobEngine
import Replication
import Synchronization
import Values

/// What one member sees and is told, as lines of a history, and the entries of the log as they are, for members that lack them.
///
/// Each line is handed to the system before anything goes on, so that it outlives the process.
final class Recording: Sendable {
    private struct State {
        var history: LineFile
        var entries: LineFile
        /// What the log comes to with each entry that was seen.
        var seen: [Int: String] = [:]
        /// Entries whose batch goes on.
        var pieces: Set<Int> = []
    }

    /// Every request in it has a higher number than those of former lives.
    let firstRequest: Int
    /// Keys that were asked with and not settled, in former lives: what became of them is not known.
    let openKeys: [String]
    private let node: Int
    /// The newest entry whose application was recorded in former lives.
    private let recorded: Int
    private let state: Mutex<State>

    /// Goes on behind what former lives of this member wrote to the folder; a line that was not finished is taken away.
    init(folder: String, node: Int) throws {
        self.node = node
        let history = try LineFile("\(folder)/history")
        let entries = try LineFile("\(folder)/entries")
        var keys: [Int: String] = [:]
        var (latest, applied) = (node * 1_000_000_000, 0)
        try history.read { line in
            switch try HistoryEvent(line: line) {
            case .asked(let asked):
                keys[asked.request] = asked.key
                latest = max(latest, asked.request)
            case .answered(let answer): if answer.as != .unknown { keys[answer.request] = nil }
            case .applied(let change): applied = max(applied, change.index)
            default: break
            }
        }
        firstRequest = latest + 1
        openKeys = Set(keys.values).sorted()
        recorded = applied
        state = Mutex(State(history: history, entries: entries))
    }

    /// Milliseconds of a clock that all processes of this machine share.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }

    /// Writes an event down.
    func note(_ event: HistoryEvent) { state.withLock { $0.history.write(event) } }

    // MARK: The log

    /// Writes down an entry that etcd, or another member, has; once.
    func see(_ bytes: [UInt8]) {
        guard let entry = try? LogEntry(reading: bytes) else {
            return note(.unrest(Unrest("member \(node) was given an entry that cannot be read")))
        }
        let (index, content) = (entry.header.index, entry.chain.text)
        let stored = StoredEntry(
            generation: entry.header.term.generation, index: index, epoch: entry.header.term.epoch, content: content,
            more: entry.header.hasMore, facts: facts(of: entry))
        state.withLock { state in
            guard state.seen[index] != content else { return }
            state.seen[index] = content
            if entry.header.hasMore { state.pieces.insert(index) }
            state.history.write(.stored(stored))
            state.entries.write(Array("\(index) \(Data(bytes).base64EncodedString())".utf8))
        }
    }

    /// Writes down that this member was told an entry is its own.
    func own(_ bytes: [UInt8]) {
        guard let header = try? LogEntry(reading: bytes).header else { return }
        note(
            .appended(
                AppendedEntry(
                    generation: header.term.generation, index: header.index, epoch: header.term.epoch, member: node)))
    }

    /// Batches of these members fit into one entry each; of others, nothing is known.
    private func facts(of entry: LogEntry) -> [HistoryFact] {
        guard !entry.payload.isEmpty, !entry.header.hasMore, entry.header.piece == 0,
            let records = try? ReplicatedBatch.records(in: entry.payload)
        else { return [] }
        return records.compactMap { record in
            switch record.logRecord {
            case .job(let job, _): .job(job)
            case .revision(let revision): .revision(revision)
            default: nil
            }
        }
    }

    // MARK: The state

    /// Writes down that a change is durable here.
    ///
    /// - Parameter digest: Stands for the whole state.
    func apply(_ entry: AppliedEntry, digest: String) {
        state.withLock { state in
            var first = entry.place.index
            while state.pieces.contains(first - 1) { first -= 1 }
            state.history.write(
                .applied(
                    AppliedChange(
                        member: node, generation: entry.term.generation, first: first, index: entry.place.index,
                        chain: entry.place.chain.text, state: digest)))
        }
    }

    /// Whether the state is ahead of what was written down: the process ended in between.
    func lacks(_ entry: AppliedEntry) -> Bool { entry.place.index > recorded }
}

extension HistoryFact {
    fileprivate static func job(_ job: JobRecord) -> HistoryFact? {
        guard let request = job.parameters["request"]?.int else { return nil }
        return .job(job.id.number, request: request, key: job.scopedKey)
    }

    fileprivate static func revision(_ revision: RevisionRecord) -> HistoryFact? {
        guard let base = Int(revision.checksum) else { return nil }
        return .revision(revision.number, on: base)
    }
}
