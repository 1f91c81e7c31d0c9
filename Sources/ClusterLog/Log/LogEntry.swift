package import Values

/// One entry of the log: a batch of changes, or a piece of one that is too large for a single put.
///
/// It is stored as one line of JSON and, behind it, the payload as it is. Whoever stores it may compress the whole.
package struct LogEntry: Sendable, Hashable {
    /// The form of entries this version writes.
    package static let format = 1

    /// Everything an entry says but its payload.
    package struct Header: Sendable, Hashable {
        /// One more than that of the entry before it, in every term.
        package var index: Int
        /// Who appended it.
        package var term: Term
        /// What may stand in the payload; a member that does not know it stops.
        package var level: Int
        /// The node that appended it, and when by its clock; for reading only.
        package var node: Int
        /// When it was made, by the clock of that node.
        package var at: Timestamp
        /// That of the batch, in each of its pieces.
        package var nonce: Nonce
        /// What the entries before it come to.
        package var previous: ChainValue
        /// Which piece of its batch it is, from 0 on.
        package var piece = 0
        /// Whether the batch goes on in the next entry.
        package var hasMore = false
    }

    /// What it says of itself.
    package let header: Header
    /// What it carries; the log does not look into it.
    package let payload: [UInt8]
    /// It as it is stored.
    package let bytes: [UInt8]
    /// What the log comes to with it.
    package let chain: ChainValue

    /// An entry of these parts.
    package init(_ header: Header, payload: [UInt8]) {
        self.header = header
        self.payload = payload
        bytes = Self.line(header) + [UInt8(ascii: "\n")] + payload
        chain = ChainValue(of: bytes)
    }

    /// Its place in the log.
    package var place: LogPlace { LogPlace(index: header.index, chain: chain) }

    /// The payloads of the entries a batch is stored in: one, or as many as it takes with none above a limit.
    package static func pieces(of payload: [UInt8], limit: Int) -> [[UInt8]] {
        let limit = max(1, limit)
        if payload.count <= limit { return [payload] }
        return stride(from: 0, to: payload.count, by: limit).map {
            Array(payload[$0..<min($0 + limit, payload.count)])
        }
    }
}

extension LogEntry.Header {
    /// A header of these parts; `piece` and `hasMore` are set by whoever splits a batch.
    package init(
        index: Int, term: Term, level: Int, node: Int, at: Timestamp, nonce: Nonce, previous: ChainValue
    ) {
        self.index = index
        self.term = term
        self.level = level
        self.node = node
        self.at = at
        self.nonce = nonce
        self.previous = previous
    }
}
