/// What an append is guarded by, and what its answer means.
extension LogWriter {
    /// What an answer says of an entry.
    enum Meaning: Sendable, Hashable {
        /// It is in the log.
        case stored
        /// It is not, and never will be.
        case deposed
        /// The log cannot tell.
        case trimmed
        /// It is none of the answers there are; the entry is asked for again.
        case unreadable
    }

    /// The entry before has to be there as well: a request that comes out of a member's socket after its index was trimmed
    /// would find the index free again.
    func transaction(_ entry: LogEntry) -> Transaction {
        let index = entry.header.index
        let key = keys.entry(index)
        var comparisons: [Transaction.Comparison] = [.created(keys.master, at: term.epoch), .isMissing(key)]
        if index - 1 > base { comparisons.append(.exists(keys.entry(index - 1))) }
        return Transaction(
            comparisons: comparisons, success: [.put(key, value: entry.bytes, lease: nil)],
            failure: [.get(key), .get(keys.master), .first(keys.entries), .last(keys.entries), .get(keys.format)])
    }

    func meaning(of answer: TransactionAnswer, for entry: LogEntry) -> Meaning {
        if answer.succeeded { return .stored }
        guard answer.found.count == 5 else { return .unreadable }
        guard let format = answer.found[4].first.flatMap({ LogFormat($0.value) }) else { return .unreadable }
        // Another etcd was made from the state of some member, with or without the entry.
        guard format.generation == term.generation else { return .trimmed }
        let index = entry.header.index
        if let there = answer.found[0].first {
            return there.value == entry.bytes ? .stored : .deposed
        }
        let (first, last) = (answer.found[2].first, answer.found[3].first)
        if let first {
            guard let oldest = keys.index(of: first.key) else { return .unreadable }
            if oldest > index { return .trimmed }
        }
        let newest = last.flatMap { keys.index(of: $0.key) } ?? base
        // An etcd that has lost entries proves nothing by not having this one.
        if newest < index - 1 { return .trimmed }
        return answer.found[1].first?.created == term.epoch ? .unreadable : .deposed
    }
}
