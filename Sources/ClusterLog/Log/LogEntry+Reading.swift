import Values

/// Why bytes are no entry.
package enum LogEntryError: Error, Hashable, CustomStringConvertible {
    /// It is written in a form this version does not know.
    case unknownFormat(Int)
    /// It is larger than any entry may be.
    case tooLarge(limit: Int)
    /// A part is missing or is not what it has to be.
    case malformed(String)

    package var description: String {
        switch self {
        case .unknownFormat(let format): "it is written in form \(format); this version reads form \(LogEntry.format)"
        case .tooLarge(let limit): "it has more than \(limit) bytes"
        case .malformed(let part): "its \(part) cannot be read"
        }
    }
}

extension LogEntry {
    /// What an entry may have at most, its first line included.
    package static let largest = 4 << 20
    /// What the first line may have at most.
    private static let longestLine = 4096

    /// Reads an entry as it was stored.
    ///
    /// - Throws: What keeps it from being one.
    package init(reading bytes: [UInt8]) throws(LogEntryError) {
        if bytes.count > Self.largest { throw .tooLarge(limit: Self.largest) }
        guard let end = bytes.prefix(Self.longestLine).firstIndex(of: UInt8(ascii: "\n")),
            let value = try? JSON.parse(bytes[..<end], limits: JSON.Limits(depth: 3, count: 40))
        else { throw .malformed("first line") }
        guard let format = value["format"]?.int else { throw .malformed("format") }
        guard format == Self.format else { throw .unknownFormat(format) }
        header = try Self.header(value)
        payload = Array(bytes[(end + 1)...])
        self.bytes = bytes
        chain = ChainValue(of: bytes)
    }

    static func line(_ header: Header) -> [UInt8] {
        JSON.bytes([
            "format": .int(format),
            "index": .int(header.index),
            "generation": .int(header.term.generation),
            "epoch": .int(header.term.epoch),
            "level": .int(header.level),
            "node": .int(header.node),
            "at": .int(header.at.milliseconds),
            "nonce": .string(header.nonce.text),
            "previous": .string(header.previous.text),
            "piece": .int(header.piece),
            "more": .bool(header.hasMore),
        ])
    }

    private static func header(_ value: Value) throws(LogEntryError) -> Header {
        func number(_ name: String, from least: Int) throws(LogEntryError) -> Int {
            guard let number = value[name]?.int, number >= least else { throw .malformed(name) }
            return number
        }
        guard let nonce = value["nonce"]?.string.flatMap(Nonce.init) else { throw .malformed("nonce") }
        guard let previous = value["previous"]?.string.flatMap(ChainValue.init) else { throw .malformed("previous") }
        guard let hasMore = value["more"]?.bool else { throw .malformed("more") }
        var header = Header(
            index: try number("index", from: 1),
            term: Term(generation: try number("generation", from: 1), epoch: try number("epoch", from: 1)),
            level: try number("level", from: 1), node: try number("node", from: 0),
            at: Timestamp(milliseconds: try number("at", from: 0)), nonce: nonce, previous: previous)
        header.piece = try number("piece", from: 0)
        header.hasMore = hasMore
        return header
    }
}
