import Certificates
import JobEngine
import Values
import Zlib

/// Makes pieces of a state: lines of JSON, cut where a piece is full and packed one by one, with the length of each before it.
///
/// The last line says how many rows there were and what all pieces before it come to: what broke off is not taken for whole.
package struct StateWriter {
    /// No piece is larger, in bytes.
    package static let largestPiece = 320 * 1024
    /// So many bytes of lines lie in a piece.
    static let content = 256 * 1024

    private let take: ([UInt8]) throws(StateFault) -> Void
    private var lines: [UInt8] = []
    private var digest = [UInt8](repeating: 0, count: 32)
    private var rows = 0
    private var former: String?

    /// Begins a state.
    ///
    /// - Parameter take: Gets each piece.
    /// - Throws: What `take` throws.
    package init(
        _ head: StateHead, to take: @escaping ([UInt8]) throws(StateFault) -> Void
    ) throws(StateFault) {
        self.take = take
        try append(.head(head))
    }

    /// Adds a row.
    ///
    /// - Throws: What is thrown by who takes the pieces.
    package mutating func append(_ row: StateRow) throws(StateFault) {
        rows += 1
        try append(.row(row))
    }

    /// Ends the state.
    ///
    /// - Throws: What is thrown by who takes the pieces.
    package mutating func end() throws(StateFault) {
        try cut(leaving: 0)
        try append(.end(rows: rows, sha256: Hex.text(digest)))
        try cut(leaving: 0)
    }

    private mutating func append(_ line: StateLine) throws(StateFault) {
        lines += JSON.bytes(line.value(former: &former))
        lines.append(UInt8(ascii: "\n"))
        try cut(leaving: Self.content - 1)
    }

    /// Hands out pieces until no more bytes are left than these.
    private mutating func cut(leaving rest: Int) throws(StateFault) {
        var start = 0
        while lines.count - start > rest {
            let end = min(start + Self.content, lines.count)
            try handOut(lines[start..<end])
            start = end
        }
        lines.removeFirst(start)
    }

    private mutating func handOut(_ content: ArraySlice<UInt8>) throws(StateFault) {
        guard let packed = Gzip.packed(content, level: 1) else {
            throw .store(.unavailable("there is no memory to compress a piece of the state"))
        }
        digest = Digest.sha256(digest + content)
        try take(withUnsafeBytes(of: UInt32(packed.count).bigEndian) { Array($0) } + packed)
    }
}
