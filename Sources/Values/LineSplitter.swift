/// Lines out of bytes as they come.
package struct LineSplitter: Sendable, Hashable {
    private static let lineEnd = UInt8(ascii: "\n")
    private let limit: Int
    private var rest: [UInt8] = []
    /// Whether a line has more bytes than it may have; nothing is read of it and of what follows.
    package private(set) var isTooLong = false

    /// - Parameter limit: Bytes of a line at most.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes more bytes and returns the lines that are whole with them; empty ones are left out.
    package mutating func add(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for piece in Array(bytes).split(separator: Self.lineEnd, omittingEmptySubsequences: false).enumerated() {
            if piece.offset > 0 {
                if !rest.isEmpty { lines.append(rest) }
                rest = []
            }
            isTooLong = isTooLong || rest.count + piece.element.count > limit
            if isTooLong { break }
            rest += piece.element
        }
        return lines
    }

    /// What stands behind the last line end once there is no more: an error may come without one.
    package mutating func end() -> [UInt8]? {
        defer { rest = [] }
        return isTooLong || rest.isEmpty ? nil : rest
    }
}
