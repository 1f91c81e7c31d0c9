/// Puts numbers of four bytes behind one another.
struct LittleEndianWriter {
    var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func add(_ number: UInt32) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// How many, and each of them.
    mutating func add(_ numbers: [UInt32]) {
        add(UInt32(numbers.count))
        for number in numbers { add(number) }
    }
}

/// Reads what ``LittleEndianWriter`` wrote; whatever the bytes are, it reads none that are not there.
struct LittleEndianReader {
    private let all: [UInt8]
    private var next = 0
    private var end: Int

    init(_ bytes: [UInt8]) {
        (all, end) = (bytes, bytes.count)
    }

    var isAtEnd: Bool { next == end }

    /// The last eight bytes as one number.
    var checksum: UInt64? {
        guard all.count >= 8 else { return nil }
        return all.suffix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Has reading end before the last bytes.
    ///
    /// - Returns: False when that was passed already.
    mutating func end(before count: Int) -> Bool {
        guard all.count - count >= next else { return false }
        end = all.count - count
        return true
    }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= end - next else { return nil }
        defer { next += count }
        return all[next..<next + count]
    }

    mutating func number() -> UInt32? {
        bytes(4).map { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }

    mutating func numbers(_ count: Int) -> [UInt32]? {
        guard count >= 0, count <= (end - next) / 4 else { return nil }
        let first = next
        next += 4 * count
        return all.withUnsafeBytes { raw in
            (0..<count).map { UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: first + 4 * $0, as: UInt32.self)) }
        }
    }

    /// Numbers with their count in front, each higher than the one before.
    mutating func axis() -> [UInt32]? {
        guard let count = number(), let slots = numbers(Int(count)),
            zip(slots, slots.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        return slots
    }
}
