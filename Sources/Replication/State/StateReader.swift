import Certificates
import Values
import Zlib

/// Reads a state that another node sent, row by row; in memory are one piece and the row that goes beyond it.
///
/// That it is whole is known with its end only: what is made of the rows before has to be undone when that does not come.
package struct StateReader {
    /// What stands before the rows.
    package let head: StateHead
    private var lines: StateLines
    private var texts = RevisionTexts(room: ReplicatedBatch.mostText)
    private var rows = 0
    private var isOver = false

    // Records are texts here; rules are as deep as the log takes them.
    private static let limits = JSON.Limits(depth: 202, count: 1_000_000)

    /// Reads the head.
    ///
    /// - Throws: `malformed` when there is none, and what the content throws.
    package init(_ content: StateContent) throws(StateFault) {
        var (lines, texts) = (StateLines(content), RevisionTexts(room: ReplicatedBatch.mostText))
        guard case .head(let head) = try Self.line(&lines, &texts, at: 0) else { throw .malformed("it has no head") }
        (self.head, self.lines) = (head, lines)
    }

    /// The next row, `nil` when that was all and it is whole.
    ///
    /// - Throws: `malformed`, and what the content throws.
    package mutating func next() throws(StateFault) -> StateRow? {
        if isOver { return nil }
        switch try Self.line(&lines, &texts, at: rows + 1) {
        case .row(let row):
            rows += 1
            return row
        case .end(let count, let sha256):
            guard count == rows, sha256 == Hex.text(lines.formerDigest), try lines.isAtEnd() else {
                throw .malformed("its end is not that of its rows")
            }
            isOver = true
            return nil
        case .head: throw .malformed("it has a second head")
        }
    }

    private static func line(
        _ lines: inout StateLines, _ texts: inout RevisionTexts, at place: Int
    ) throws(StateFault) -> StateLine {
        let bytes = try lines.next()
        let value: Value
        do throws(JSON.Fault) { value = try JSON.parse(bytes, limits: limits) } catch {
            throw .malformed("line \(place): \(error)")
        }
        do throws(ReplicatedBatchError) {
            var members = try RecordMembers(value, at: place)
            let line = try StateLine(&members, &texts)
            try members.end()
            return line
        } catch {
            throw .malformed("\(error)")
        }
    }
}

/// The lines of pieces that follow one another.
struct StateLines {
    private let content: StateContent
    private var place = 0
    private var buffer: [UInt8] = []
    /// What is behind it in the buffer was not read yet.
    private var start = 0
    private var digest = [UInt8](repeating: 0, count: 32)
    /// What all pieces but the newest one come to.
    private(set) var formerDigest: [UInt8] = []

    /// A line has at most so many bytes: that of a revision, or of a job with all it has done.
    private static let longest = 128 << 20

    init(_ content: StateContent) {
        self.content = content
    }

    /// Whether nothing is left.
    func isAtEnd() throws(StateFault) -> Bool {
        guard start == buffer.count else { return false }
        return try content.read(from: place, count: 1).isEmpty
    }

    /// The bytes of the next line.
    mutating func next() throws(StateFault) -> [UInt8] {
        var looked = start
        while true {
            if let end = buffer[looked...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            buffer.removeFirst(start)
            start = 0
            looked = buffer.count
            guard looked <= Self.longest else { throw .malformed("a line is longer than \(Self.longest) bytes") }
            buffer += try piece()
        }
    }

    private mutating func piece() throws(StateFault) -> [UInt8] {
        let length = try content.read(from: place, count: 4)
        guard length.count == 4 else { throw .malformed("it breaks off") }
        let size = length.reduce(0) { $0 << 8 | Int($1) }
        guard size <= StateWriter.largestPiece - 4 else { throw .malformed("a piece is too large") }
        let packed = try content.read(from: place + 4, count: size)
        guard packed.count == size else { throw .malformed("it breaks off") }
        let unpacked = Gzip.unpacked(packed, limit: StateWriter.content)
        guard unpacked.fault == nil, !unpacked.bytes.isEmpty else { throw .malformed("a piece is damaged") }
        place += 4 + size
        (formerDigest, digest) = (digest, Digest.sha256(digest + unpacked.bytes))
        return unpacked.bytes
    }
}
