import DequeModule
import Values

/// The newest events, in order and without gaps, within bounds.
///
/// Events are kept in blocks of a fixed length: finding one costs the same wherever it stands, whoever reads holds a block
/// and no lock, and appending copies at most the block that is being filled.
struct EventLog {
    private struct Block {
        var events: ContiguousArray<Event> = []
        var size = 0
    }

    static let blockLength = 128

    private let limits: EventLimits
    private var blocks: Deque<Block> = []
    private var size = 0
    /// The number of the event appended last; 0 before the first one.
    private(set) var newest = 0
    /// The number of the oldest event that is kept; one more than ``newest`` when none is.
    private(set) var oldest = 1

    init(limits: EventLimits) {
        self.limits = limits
    }

    /// Appends what happened, and drops what need not be kept for it.
    @discardableResult
    mutating func append(_ fact: Event.Fact, at now: Timestamp) -> Event {
        newest += 1
        let event = Event(number: newest, time: now, fact: fact)
        if blocks.last.map({ $0.events.count == Self.blockLength }) ?? true {
            trim(at: now)
            blocks.append(Block())
        }
        blocks[blocks.count - 1].events.append(event)
        blocks[blocks.count - 1].size += event.size
        size += event.size
        return event
    }

    /// The events behind a number, as far as they stand together; empty when there is none.
    ///
    /// - Parameter number: Not below ``oldest`` less one: what stood before that is gone.
    func events(after number: Int) -> ArraySlice<Event> {
        guard number >= oldest - 1, number < newest else { return [] }
        let (block, index) = (number + 1 - oldest).quotientAndRemainder(dividingBy: Self.blockLength)
        return ArraySlice(blocks[block].events[index...])
    }

    private mutating func trim(at now: Timestamp) {
        while let first = blocks.first, let last = first.events.last,
            newest - last.number >= limits.count,
            size > limits.size || last.time.milliseconds < now.milliseconds - limits.milliseconds
        {
            size -= first.size
            oldest = last.number + 1
            blocks.removeFirst()
        }
    }
}

/// How much of the past is kept for readers.
package struct EventLimits: Sendable, Hashable {
    /// So many events are kept however old they are. Default 10,000.
    package var count = 10_000
    /// Events are kept so long, as long as there is room for them. Default one hour.
    package var milliseconds = 3_600_000
    /// Beyond ``count``, events are dropped early when all of them take more bytes than this. Default 32 MiB.
    package var size = 32 * 1024 * 1024
    /// So many events may happen before a reader takes the first of them. Default 1,000.
    package var lag = 1_000

    /// The bounds of a daemon.
    package init() {}
}
