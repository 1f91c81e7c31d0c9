/// A dictionary that never holds more than `capacity` entries: the ones longest untouched give way.
///
/// Making room takes away an eighth at once, so that the sorting it needs is paid by many insertions.
package struct BoundedMap<Key: Hashable, Value> {
    fileprivate struct Slot {
        var value: Value
        var touched: UInt64
    }

    private var slots: [Key: Slot] = [:]
    private var clock: UInt64 = 0
    let capacity: Int

    /// An empty one; at least one entry fits.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { slots.count }
    var isEmpty: Bool { slots.isEmpty }

    /// The value of a key, which does not count as touched by that.
    package func value(for key: Key) -> Value? { slots[key]?.value }

    /// Stores a value and counts it as touched just now.
    ///
    /// Entries for which `isPrecious` is true give way only when nothing else is left.
    package mutating func set(_ value: Value, for key: Key, isPrecious: (Value) -> Bool = { _ in false }) {
        if slots[key] == nil, slots.count >= capacity {
            makeRoom(isPrecious)
        }
        clock &+= 1
        slots[key] = Slot(value: value, touched: clock)
    }

    /// Takes a value out.
    @discardableResult
    package mutating func remove(_ key: Key) -> Value? { slots.removeValue(forKey: key)?.value }

    mutating func removeAll() { slots.removeAll() }

    mutating func removeAll(where isUnwanted: (Key, Value) -> Bool) {
        slots = slots.filter { !isUnwanted($0.key, $0.value.value) }
    }

    /// All entries, in no order.
    var entries: [(key: Key, value: Value)] { slots.map { ($0.key, $0.value.value) } }

    private mutating func makeRoom(_ isPrecious: (Value) -> Bool) {
        let order = slots.map { (key: $0.key, precious: isPrecious($0.value.value), touched: $0.value.touched) }
            .sorted { $0.precious == $1.precious ? $0.touched < $1.touched : !$0.precious }
        for entry in order.prefix(max(1, capacity / 8)) {
            slots.removeValue(forKey: entry.key)
        }
    }
}

extension BoundedMap.Slot: Sendable where Key: Sendable, Value: Sendable {}
extension BoundedMap: Sendable where Key: Sendable, Value: Sendable {}
