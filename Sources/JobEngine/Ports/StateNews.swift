/// What was applied to the state of this node, in the order of the log, whoever appended it.
package struct StateNews: Sendable {
    /// What was decided; records that are none of an engine are left out.
    package let records: [LogRecord]
    /// The entry they came with.
    package let index: Int
    /// Whether it begins a term of office: its index names the term.
    package let beginsTerm: Bool
    /// Whether this node decided it.
    package let isOwn: Bool
    /// Whether the state is now that of another node up to this entry: what led there is not told, it stands in the store.
    package let isLeap: Bool

    /// News of one entry.
    package init(_ records: [LogRecord], index: Int, beginsTerm: Bool = false, isOwn: Bool) {
        self.records = records
        self.index = index
        self.beginsTerm = beginsTerm
        self.isOwn = isOwn
        isLeap = false
    }

    /// The state was taken over from another node, up to this entry.
    package init(leapTo index: Int) {
        records = []
        self.index = index
        beginsTerm = false
        isOwn = false
        isLeap = true
    }
}

/// Tells what is applied here without this node having decided it.
package protocol StateFeed: Sendable {
    /// What is applied from now on, nothing left out but by a leap; for one reader: another one takes its place.
    func news() -> AsyncStream<StateNews>
}
