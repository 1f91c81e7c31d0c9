import Access
import Certificates
import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The records of a chain whose text is another one than their hash was made of, and the records of the same chain that
/// say so.
///
/// Each record is handed in, in any order of files. One with another text is taken as good for the time being when a list
/// of the store has exactly that text for it; whether the chain itself speaks of that list is told at the end.
struct ReplacedAudit {
    /// How many records were taken as good.
    private(set) var count = 0
    /// The first record that was taken as good for each list.
    private var firsts: [Int: Int] = [:]
    /// Which lists records of the chain speak of.
    private var announced: [Int: Announcement] = [:]

    /// What a record of the log says of a list.
    private struct Announcement {
        let sequence: Int
        let list: ReplacementList

        private static let mark = NameReplacement(AuditEvent.Kind.pseudonymised.rawValue, by: "")

        init?(_ record: AuditRecord) {
            guard Self.mark.mayFind(in: record.text[...]),
                let event = (try? JSON.parse(record.text)).flatMap({ AuditEvent($0) }), event.kind == .pseudonymised,
                let list = ReplacementList(event.fields)
            else { return nil }
            sequence = record.sequence
            self.list = list
        }
    }

    /// Whether a record's text may be another one than its hash was made of.
    ///
    /// - Throws: ``AuditFault`` when the lists cannot be read.
    mutating func takes(_ record: AuditRecord, _ database: Database) throws(AuditFault) -> Bool {
        try takes(record) { try Self.batch(of: $0, database) }
    }

    /// The same where lists are looked up otherwise.
    ///
    /// - Parameter lookUp: Asked for the list that has a record as it is.
    mutating func takes(
        _ record: AuditRecord, lookUp: (AuditRecord) throws -> Int?
    ) throws(AuditFault) -> Bool {
        if record.isOriginal {
            // The first to speak of a list counts: nothing is added to one later.
            if let announcement = Announcement(record), announced[announcement.list.batch] == nil {
                announced[announcement.list.batch] = announcement
            }
            return false
        }
        let found: Int?
        do {
            found = try lookUp(record)
        } catch {
            throw AuditFault(record.sequence, "the list of replaced records cannot be read")
        }
        guard let found else { return false }
        firsts[found] = min(firsts[found] ?? .max, record.sequence)
        count += 1
        return true
    }

    /// The first record that was taken as good although no record behind it speaks of its list, as the list is now.
    func fault(_ database: Database) throws -> AuditFault? {
        for (batch, first) in firsts.sorted(by: { $0.value < $1.value }) {
            let list = try ReplacementList(of: batch, database)
            if let announcement = announced[batch], announcement.list == list, list.last < announcement.sequence {
                continue
            }
            return AuditFault(first, "record \(first) was altered: no record of the log says that it was replaced so")
        }
        return nil
    }

    /// The list that has a record as it is; its text has to show the list's pseudonym.
    static func batch(of record: AuditRecord, _ database: Database) throws -> Int? {
        guard try database.tableExists("audit_replacements") else { return nil }
        return try Int.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT list.batch FROM audit_replacements AS list JOIN pseudonyms ON pseudonyms.batch = list.batch
                    WHERE list.seq = ? AND list.digest = ? AND instr(?, CAST(pseudonyms.pseudonym AS BLOB)) > 0
                    ORDER BY list.batch DESC LIMIT 1
                    """),
            arguments: [record.sequence, Data(record.replacementDigest), Data(record.text)])
    }
}

/// A list of replaced records by its number, its ends and its digest.
struct ReplacementList: Hashable {
    let batch: Int
    private(set) var count = 0
    private(set) var first = 0
    private(set) var last = 0
    /// Of each record in turn SHA-256 over the digest so far, eight bytes of its number and what the list has of it.
    private(set) var digest = [UInt8](repeating: 0, count: 32)

    /// A list of the store as it is now, read one by one.
    init(of batch: Int, _ database: Database) throws {
        self.batch = batch
        let rows = try Row.fetchCursor(
            database, sql: "SELECT seq, digest FROM audit_replacements WHERE batch = ? ORDER BY seq",
            arguments: [batch])
        while let row = try rows.next() {
            let (sequence, record): (Int, Data) = (try row.at(0), try row.at(1))
            if count == 0 { first = sequence }
            last = sequence
            count += 1
            let number = (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (56 - 8 * $0)) }
            digest = Digest.sha256(digest + number + Array(record))
        }
    }

    /// What a record says of a list.
    init?(_ fields: [String: String]) {
        func number(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }
        guard let batch = number("list"), let count = number("records"), let first = number("first_seq"),
            let last = number("last_seq"), let digest = fields["digest"].flatMap({ Hex.bytes($0) })
        else { return nil }
        self.batch = batch
        self.count = count
        self.first = first
        self.last = last
        self.digest = digest
    }

    /// The same, as a record says it.
    var fields: [String: String] {
        [
            "list": String(batch), "records": String(count), "first_seq": String(first),
            "last_seq": String(last), "digest": Hex.text(digest),
        ]
    }
}
