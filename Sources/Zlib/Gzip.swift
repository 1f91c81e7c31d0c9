import CZlib

/// Whole contents in the gzip form (RFC 1952), in which members may follow one another.
package enum Gzip {
    /// What packed bytes stand for.
    package struct Unpacked: Sendable {
        /// Up to the end, to where the fault is, or to the limit.
        package let bytes: [UInt8]
        package let fault: Fault?
    }

    /// Why it is not whole.
    package enum Fault: Sendable {
        /// It has more bytes than it may have.
        case tooLong
        /// The packed bytes are damaged or cut off.
        case damaged
        case noMemory
    }

    private static let chunk = 256 * 1024

    /// One member; `nil` when there is no memory for it.
    ///
    /// - Parameter level: 1 for speed to 9 for size.
    package static func packed(_ bytes: some Sequence<UInt8>, level: Int32 = 5) -> [UInt8]? {
        Deflater(.gzip, level: level)?.add(bytes, isLast: true)
    }

    /// What members stand for that follow one another.
    package static func unpacked(_ packed: some Sequence<UInt8>, limit: Int) -> Unpacked {
        guard let inflater = Inflater(.gzip) else { return Unpacked(bytes: [], fault: .noMemory) }
        var (rest, plain) = (Array(packed)[...], [UInt8]())
        while true {
            let (piece, outcome) = inflater.inflate(&rest, room: chunk)
            plain += piece
            if plain.count > limit { return Unpacked(bytes: Array(plain.prefix(limit)), fault: .tooLong) }
            switch outcome {
            case .more where piece.isEmpty, .damaged: return Unpacked(bytes: plain, fault: .damaged)
            case .more: continue
            case .ended where rest.isEmpty: return Unpacked(bytes: plain, fault: nil)
            case .ended: if !inflater.restart() { return Unpacked(bytes: plain, fault: .damaged) }
            }
        }
    }
}

/// The checksum of archives (RFC 1952, 8).
package struct CRC32: Sendable {
    /// That of all bytes so far.
    package private(set) var value: UInt32 = 0

    /// That of no bytes.
    package init() {}

    package mutating func add(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), bytes, bytes.count))
    }
}
