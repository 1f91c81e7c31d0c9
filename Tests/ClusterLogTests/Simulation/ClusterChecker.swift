@testable import ClusterLog

/// Judges a history by what the log promises. It knows nothing of how the history came about.
struct ClusterChecker {
    enum Violation: Error, Hashable, CustomStringConvertible {
        case lost(operation: Int)
        case takenThoughRefused(operation: Int)
        case gap(generation: Int, index: Int)
        case twice(operation: Int)
        case twoContents(generation: Int, index: Int)
        case twoMasters(generation: Int, index: Int)
        case statesDiffer(index: Int, members: [Int])
        case appliedOutOfOrder(member: Int, index: Int)
        case termWentBack(index: Int)
        case staleRead(member: Int, index: Int, acknowledged: Int)
        case unrest(String)

        var description: String {
            switch self {
            case .lost(let operation): "operation \(operation) was acknowledged and is lost"
            case .takenThoughRefused(let operation):
                "operation \(operation) was reported as not taken, and is in the log"
            case .gap(let generation, let index): "the log of generation \(generation) has no entry \(index)"
            case .twice(let operation): "operation \(operation) is in the log twice"
            case .twoContents(let generation, let index):
                "entry \(index) of generation \(generation) was written with two contents"
            case .twoMasters(let generation, let index):
                "two masters were told that entry \(index) of generation \(generation) is theirs"
            case .statesDiffer(let index, let members): "members \(members) have different states at entry \(index)"
            case .appliedOutOfOrder(let member, let index): "member \(member) applied entry \(index) out of order"
            case .termWentBack(let index): "entry \(index) is of a term before that of the entry before it"
            case .staleRead(let member, let index, let acknowledged):
                "member \(member) answered a read from entry \(index) when entry \(acknowledged) had been acknowledged"
            case .unrest(let text): "when all was calm again: \(text)"
            }
        }

        /// What kind it is, whatever the details.
        var kind: String { String(describing: self).filter { !$0.isNumber } }
    }

    let history: ClusterHistory

    /// What is wrong first, `nil` when every promise was kept.
    func violation() -> Violation? {
        let log = theLog
        return contents() ?? masters() ?? states() ?? gaps(log) ?? operations(log) ?? staleReads()
            ?? history.unrest.map(Violation.unrest)
    }

    /// The places of the log that counts: those of the newest generation, and of those it was made from up to there.
    private var theLog: [ClusterHistory.Place] { history.writes.keys.filter { !isOvertaken($0) }.sorted() }

    /// Whether somebody decided to go on from a state without it.
    ///
    /// - Parameter newest: The generation it is asked for; the newest one by default.
    private func isOvertaken(_ place: ClusterHistory.Place, in newest: Int? = nil) -> Bool {
        var (generation, last) = (newest ?? max(1, history.bases.keys.max() ?? 1), Int.max)
        while generation != place.generation {
            guard let base = history.bases[generation], base.generation < generation else { return true }
            (generation, last) = (base.generation, min(last, base.index))
        }
        return place.index > last
    }

    private func contents() -> Violation? {
        for (place, writes) in history.writes.sorted(by: { $0.key < $1.key }) where Set(writes.map(\.bytes)).count > 1 {
            return .twoContents(generation: place.generation, index: place.index)
        }
        return nil
    }

    private func masters() -> Violation? {
        var owners: [ClusterHistory.Place: ClusterHistory.Acknowledged] = [:]
        for entry in history.appended {
            if let owner = owners[entry.place], owner.member != entry.member || owner.term != entry.term {
                return .twoMasters(generation: entry.place.generation, index: entry.place.index)
            }
            owners[entry.place] = entry
        }
        return nil
    }

    private func states() -> Violation? {
        if let jump = history.jumps.first { return .appliedOutOfOrder(member: jump.member, index: jump.place.index) }
        var known: [ClusterHistory.Place: ClusterHistory.State] = [:]
        for state in history.states {
            if let other = known[state.place], other.operations != state.operations {
                return .statesDiffer(index: state.place.index, members: [other.member, state.member].sorted())
            }
            known[state.place] = state
        }
        return nil
    }

    private func gaps(_ log: [ClusterHistory.Place]) -> Violation? {
        var before: (index: Int, term: Term?) = (0, nil)
        for place in log {
            guard place.index == before.index + 1 else {
                return .gap(generation: place.generation, index: before.index + 1)
            }
            if let term = history.terms[place], let former = before.term, term < former {
                return .termWentBack(index: place.index)
            }
            before = (place.index, history.terms[place])
        }
        return nil
    }

    private func operations(_ log: [ClusterHistory.Place]) -> Violation? {
        var seen: Set<Int> = []
        for operation in Self.operations(of: log.compactMap { history.writes[$0]?.first?.bytes }) {
            if !seen.insert(operation).inserted { return .twice(operation: operation) }
        }
        for (operation, answer) in history.answers.sorted(by: { $0.key < $1.key }) {
            switch answer {
            case .acknowledged:
                // What somebody's decision to go on from an older state took away is not the log's loss.
                let isExcused = history.acknowledgedAt[operation].map { isOvertaken($0.place) } ?? false
                if !seen.contains(operation), !isExcused { return .lost(operation: operation) }
            case .refused: if seen.contains(operation) { return .takenThoughRefused(operation: operation) }
            case .unknown: break
            }
        }
        return nil
    }

    private func staleReads() -> Violation? {
        for read in history.reads {
            let told = history.acknowledgedAt.values.filter {
                $0.time < read.askedAt && !isOvertaken($0.place, in: read.generation)
            }
            if let newest = told.map(\.place.index).max(), newest > read.index {
                return .staleRead(member: read.member, index: read.index, acknowledged: newest)
            }
        }
        return nil
    }

    /// The operations of whole batches, in the order of the log.
    static func operations(of entries: [[UInt8]]) -> [Int] {
        var found: [Int] = []
        var (pieces, nonce): ([UInt8], Nonce?) = ([], nil)
        for bytes in entries {
            guard let entry = try? LogEntry(reading: bytes) else { continue }
            if entry.header.piece == 0 || entry.header.nonce != nonce { pieces = [] }
            nonce = entry.header.nonce
            pieces += entry.payload
            if !entry.header.hasMore { found += operations(in: pieces) }
        }
        return found
    }

    /// A payload is the numbers of its operations with spaces between.
    static func operations(in payload: [UInt8]) -> [Int] {
        payload.split(separator: UInt8(ascii: " ")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    static func payload(_ operations: [Int]) -> [UInt8] {
        Array(operations.map(String.init).joined(separator: " ").utf8)
    }
}
