/// Changes inputs; the same seed makes the same changes.
struct Mutator: RandomNumberGenerator {
    private var state: UInt64
    private let words: [[UInt8]]
    private let longest: Int

    /// Numbers at which something may end.
    private static let edges = [
        0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x1FF, 0x200, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF, 1 << 50, 1 << 53, .max - 1, .max, .min, -1, -8,
    ]

    init(seed: UInt64, words: [String], longest: Int) {
        (state, self.longest) = (seed, longest)
        self.words = words.map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xEF, 0xBB, 0xBF], Array("é".utf8)]
    }

    /// splitmix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// An input changed in one to eight places.
    ///
    /// - Parameter other: Another input, of which a part may be taken.
    mutating func changed(_ input: [UInt8], other: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...8, using: &self) { change(&bytes, other) }
        return Array(bytes.prefix(longest))
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let place = range(of: bytes)
        switch Int.random(in: 0..<9, using: &self) {
        case 0: bytes.removeSubrange(place)
        case 1: bytes.replaceSubrange(place.lowerBound..<place.lowerBound, with: word())
        case 2: bytes.replaceSubrange(place, with: word())
        case 3: bytes.insert(contentsOf: bytes[place], at: Int.random(in: 0...bytes.count, using: &self))
        case 4: if !place.isEmpty { bytes[place.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &self) }
        case 5: if !place.isEmpty { bytes[place.lowerBound] = UInt8.random(in: 0...255, using: &self) }
        case 6: bytes.replaceSubrange(place, with: other[range(of: other)])
        case 7: writeNumber(at: place.lowerBound, in: &bytes)
        default: bytes.replaceSubrange(digits(near: place.lowerBound, in: bytes), with: "\(edge())".utf8)
        }
        // A piece that is put into itself again and again must not grow without bound.
        if bytes.count > 2 * longest { bytes.removeLast(bytes.count - longest) }
    }

    private mutating func word() -> [UInt8] {
        let word = words.randomElement(using: &self) ?? []
        // Things that are nested or stand often.
        guard Int.random(in: 0..<16, using: &self) == 0 else { return word }
        return (0..<Int.random(in: 2...200, using: &self)).flatMap { _ in word }
    }

    private mutating func edge() -> Int { Self.edges.randomElement(using: &self) ?? 0 }

    private mutating func range(of bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &self)
        let most = Int.random(in: 0..<8, using: &self) == 0 ? 600 : 12
        return start..<min(bytes.count, start + Int.random(in: 0...most, using: &self))
    }

    /// Overwrites bytes with a binary number.
    private mutating func writeNumber(at start: Int, in bytes: inout [UInt8]) {
        let (value, count) = (edge(), [1, 2, 4, 8].randomElement(using: &self) ?? 1)
        let isLittle = Bool.random(using: &self)
        for index in 0..<count where start + index < bytes.count {
            bytes[start + index] = UInt8(truncatingIfNeeded: value >> (8 * (isLittle ? index : count - 1 - index)))
        }
    }

    /// The next decimal digits behind a place, at most twelve bytes away.
    private func digits(near start: Int, in bytes: [UInt8]) -> Range<Int> {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let first = bytes[start...].prefix(12).firstIndex(where: isDigit) ?? start
        let count = bytes[first...].prefix(while: isDigit).count
        return first..<first + count
    }
}
