/// What was applied to the state of this node, in the order of the log, whoever appended it.
package struct StateNews: Sendable {
    /// What was decided; records that are none of an engine are left out. Reading them may cost as much as they are large, each
    /// time: see ``read()``.
    package var records: [LogRecord] { content() }
    private let content: @Sendable () -> [LogRecord]
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
        self.init(reading: { records }, index: index, beginsTerm: beginsTerm, isOwn: isOwn)
    }

    /// News of one entry whose records are not read before somebody wants them.
    package init(
        reading content: @escaping @Sendable () -> [LogRecord], index: Int, beginsTerm: Bool = false, isOwn: Bool
    ) {
        self.content = content
        self.index = index
        self.beginsTerm = beginsTerm
        self.isOwn = isOwn
        isLeap = false
    }

    /// The state was taken over from another node, up to this entry, or nobody took what led there in time.
    ///
    /// - Parameter isOwn: Whether all that is left out was decided by this node. Default false.
    package init(leapTo index: Int, isOwn: Bool = false) {
        content = { [] }
        self.index = index
        beginsTerm = false
        self.isOwn = isOwn
        isLeap = true
    }

    /// The same with records that were read.
    package func read() -> StateNews {
        if isLeap { return self }
        let records = records
        return StateNews(records, index: index, beginsTerm: beginsTerm, isOwn: isOwn)
    }
}

/// Tells what is applied here without this node having decided it.
package protocol StateFeed: Sendable {
    /// What is applied from now on, nothing left out but by a leap, which also stands for what a slow reader has not taken; for one
    /// reader: another one takes its place.
    func news() -> AsyncStream<StateNews>
}
