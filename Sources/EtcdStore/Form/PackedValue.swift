import ClusterLog
import Zlib

/// The form values have in etcd: a byte that says which, and the value behind it.
enum PackedValue {
    /// The value as it is.
    private static let plain: UInt8 = 0
    /// Deflated (RFC 1951).
    private static let deflated: UInt8 = 1
    /// Below it a value gains nothing.
    static let worthwhile = 200

    /// The form a value is stored in: the shorter one.
    static func packed(_ value: [UInt8]) -> [UInt8] {
        if value.count >= worthwhile, let body = Deflater(.deflate, level: 1)?.add(value, isLast: true),
            body.count < value.count
        {
            return [deflated] + body
        }
        return [plain] + value
    }

    /// The value of a stored form. What is none is handed out as it is stored: whoever reads it says that it is no entry.
    ///
    /// - Throws: When there is no memory for it, which says nothing of what is stored.
    static func unpacked(_ stored: [UInt8]) throws(EtcdFault) -> [UInt8] {
        switch stored.first {
        case plain: return Array(stored.dropFirst())
        case deflated:
            guard let inflater = Inflater(.deflate) else { throw .meant(.failed("there is no memory for a value")) }
            return inflated(stored.dropFirst(), by: inflater) ?? stored
        default: return stored
        }
    }

    /// `nil` for what is damaged, and for what would have more bytes than any entry.
    private static func inflated(_ body: ArraySlice<UInt8>, by inflater: Inflater) -> [UInt8]? {
        var (rest, value) = (body, [UInt8]())
        while true {
            let (piece, outcome) = inflater.inflate(&rest, room: 64 << 10)
            value += piece
            if value.count > LogEntry.largest { return nil }
            switch outcome {
            case .ended: return rest.isEmpty ? value : nil
            case .damaged: return nil
            case .more: if piece.isEmpty { return nil }
            }
        }
    }
}
