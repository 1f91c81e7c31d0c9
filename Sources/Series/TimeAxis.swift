/// The moments at which something was measured, ascending; when there are as many as are kept, the oldest goes.
///
/// Moments are whole numbers since 1970, of minutes or of quarters of an hour. All columns beside an axis have a value for each
/// of its places. What was not measured has no place, so that a time that was slept through costs nothing.
struct TimeAxis: Sendable, Hashable {
    let capacity: Int
    private(set) var count = 0
    private var slots: [UInt32]
    private var oldest = 0

    init(capacity: Int) {
        self.capacity = capacity
        slots = [UInt32](repeating: 0, count: capacity)
    }

    var first: UInt32? { count > 0 ? slots[oldest] : nil }
    var last: UInt32? { count > 0 ? self[count - 1] : nil }

    /// The moment of a position, from 0 for the oldest on.
    subscript(position: Int) -> UInt32 { slots[place(position)] }

    /// Where columns have the value of a position.
    func place(_ position: Int) -> Int { (oldest + position) % capacity }

    /// Adds a moment behind all others.
    ///
    /// - Returns: Where columns have its value.
    mutating func append(_ slot: UInt32) -> Int {
        if count < capacity { count += 1 } else { oldest = (oldest + 1) % capacity }
        let place = place(count - 1)
        slots[place] = slot
        return place
    }

    /// Forgets all moments from one on.
    mutating func drop(from slot: UInt32) {
        while let last, last >= slot { count -= 1 }
    }

    /// The first position whose moment is one or later; `count` where there is none.
    func position(from slot: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if Int(self[middle]) < slot { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
