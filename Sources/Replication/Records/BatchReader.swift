/// Goes through the bytes of a batch: lines, and what some of them say stands behind them.
struct BatchReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    /// The bytes up to the end of the line, `nil` when it has none.
    mutating func line() -> ArraySlice<UInt8>? {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    /// So many bytes, with the end of a line behind them; `nil` when they are not there.
    mutating func next(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count < bytes.count - position, bytes[position + count] == UInt8(ascii: "\n") else {
            return nil
        }
        defer { position += count + 1 }
        return bytes[position..<position + count]
    }
}
