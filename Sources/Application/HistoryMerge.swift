/// Several sources, each newest first and read in blocks, as one list in the order of time.
///
/// Nothing is told while a source has to be read first: what it has may be later than what others have.
struct HistoryMerge: Sendable {
    typealias Source = HistoryEntry.Source

    /// Below which number each source goes on; nothing for one that was not read yet. Positions of sources that are not among
    /// those of this list stay as they were given.
    private(set) var below: [Source: Int]
    private var ahead: [Source: ArraySlice<HistoryEntry>] = [:]
    /// Those of which something may come; one that ended or was left out is not among them.
    private var open: [Source]

    /// - Parameter below: Where an earlier list of the same sources ended.
    init(_ sources: [Source], below: [Source: Int]) {
        open = sources
        self.below = below
    }

    /// The sources that have to be read before anything more can be told, from their ``below`` on.
    var hungry: [Source] { open.filter { ahead[$0]?.isEmpty ?? true } }

    /// Whether there is nothing more to be found.
    var isOver: Bool { open.isEmpty && ahead.values.allSatisfy(\.isEmpty) }

    /// Takes what was read of a source, newest first. A first block binds the list to what the source had then.
    mutating func add(_ block: [HistoryEntry], of source: Source, hasMore: Bool) {
        if below[source] == nil, let first = block.first, first.number < .max { below[source] = first.number + 1 }
        ahead[source, default: []] += block
        // Without an entry there is no number from which it could be read on.
        if !hasMore || block.isEmpty { leaveOut(source) }
    }

    /// Goes on without a source; where it stands is kept, for a list that goes on where this one ends.
    mutating func leaveOut(_ source: Source) { open.removeAll { $0 == source } }

    /// The latest entry that is left; of some of one moment that of the source that comes first.
    ///
    /// - Returns: `nil` when there is none, or when a source has to be read first.
    mutating func take() -> HistoryEntry? {
        guard hungry.isEmpty else { return nil }
        let first = ahead.values.compactMap(\.first).max {
            ($0.time, $1.source) < ($1.time, $0.source)
        }
        guard let first else { return nil }
        ahead[first.source]?.removeFirst()
        below[first.source] = first.number
        return first
    }
}
