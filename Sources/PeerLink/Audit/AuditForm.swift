import Access
import Values

/// The form questions about an audit log and their answers have between nodes. What members are called never changes.
enum AuditForm {
    /// What the records of one answer may have, in bytes; a longer page ends early.
    static let mostBytes = 1 << 20
    /// How many records one answer may have.
    static let mostRecords = 1000
    private static let mostWords = 1000
    private static let largestNumber = 1 << 53
    // To the end of the year 9999, in milliseconds since 1970.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    // MARK: Asking

    static func value(of query: AuditQuery) -> Value {
        .members([
            "limit": .int(query.limit), "below": query.below.map(Value.int),
            "since": query.since.map { .int(Int($0)) }, "until": query.until.map { .int(Int($0)) },
            "kinds": .strings(query.kinds.map(\.rawValue)), "users": .strings(query.users),
        ])
    }

    /// `nil` for what is none. A kind this version does not know is left out of those that are asked for; where none is left,
    /// nothing is found.
    static func query(_ value: Value) -> AuditQuery? {
        guard let limit = value["limit"]?.int, (1...mostRecords).contains(limit), let kinds = texts(value["kinds"]),
            let users = texts(value["users"])
        else { return nil }
        var query = AuditQuery()
        query.limit = limit
        query.below = value["below"]?.int
        query.since = value["since"]?.int.map { Int64($0) }
        query.until = value["until"]?.int.map { Int64($0) }
        query.kinds = kinds.compactMap(AuditEvent.Kind.init)
        query.users = users
        if query.kinds.isEmpty, !kinds.isEmpty { query.below = 0 }
        return query
    }

    private static func texts(_ value: Value?) -> [String]? {
        guard let list = value?.list, list.count <= mostWords else { return nil }
        let texts = list.compactMap(\.string)
        return texts.count == list.count ? texts : nil
    }

    // MARK: Answering

    /// One line of an answer.
    enum Line {
        case record(AuditEntry)
        /// The last one: whether more follow, and what is in archives.
        case end(hasMore: Bool, ArchivedAudit?)
    }

    /// A page as the lines of an answer, as many of its records as fit.
    static func lines(of page: AuditPage) -> [Value] {
        var (lines, bytes, page) = ([Value](), 0, page)
        for entry in page.entries {
            let line = value(of: entry)
            bytes += JSON.bytes(line).count
            if bytes > mostBytes, !lines.isEmpty {
                (page.hasMore, page.archived) = (true, nil)
                break
            }
            lines.append(line)
        }
        let archived = page.archived.map { ["last": .int($0.last), "file": .string($0.file)] as Value }
        return lines + [.members(["more": .bool(page.hasMore), "archived": archived])]
    }

    private static func value(of entry: AuditEntry) -> Value {
        [
            "seq": .int(entry.sequence), "event": entry.event.value,
            "prev_hash": .string(Hex.text(entry.previousHash)), "hash": .string(Hex.text(entry.hash)),
        ]
    }

    /// `nil` for what is none.
    static func line(_ value: Value) -> Line? {
        if let hasMore = value["more"]?.bool {
            guard let told = value["archived"] else { return .end(hasMore: hasMore, nil) }
            guard let last = number(told["last"]), let file = told["file"]?.string, file.utf8.count <= 255 else {
                return nil
            }
            return .end(hasMore: hasMore, ArchivedAudit(last: last, file: file))
        }
        guard let sequence = number(value["seq"]), let event = value["event"].flatMap({ AuditEvent($0) }),
            times.contains(event.time), let previous = hash(value["prev_hash"]), let hash = hash(value["hash"])
        else { return nil }
        return .record(AuditEntry(sequence: sequence, event: event, previousHash: previous, hash: hash))
    }

    private static func number(_ value: Value?) -> Int? {
        value?.int.flatMap { (1...largestNumber).contains($0) ? $0 : nil }
    }

    private static func hash(_ value: Value?) -> [UInt8]? {
        guard let text = value?.string, let bytes = Hex.bytes(text), bytes.count == 32 else { return nil }
        return bytes
    }
}
