import Access
import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a sealed archive of audit records holds, as the store notes it and as the file's first line says it: the places
/// in the chain between which its records stand.
struct AuditSeal: Sendable, Hashable {
    /// Of the file, in the folder of archives.
    let name: String
    /// The place in front of its first record.
    let before: AuditLink
    /// That of its last record.
    let last: AuditLink

    var first: Int { before.sequence + 1 }

    init(name: String, before: AuditLink, last: AuditLink) {
        self.name = name
        self.before = before
        self.last = last
    }

    // MARK: Files

    /// The name of a file, in which digits are filled up so that names stand in the order of records.
    ///
    /// - Parameter copy: 2 and so on for further files of the same numbers.
    static func name(first: Int, last: Int, copy: Int) -> String {
        "audit-\(padded(first))-\(padded(last))\(copy == 1 ? "" : "-\(copy)").ndjson.gz"
    }

    /// The number of a file's first record as its name says it; `nil` for other files.
    static func first(of name: String) -> Int? {
        guard name.hasPrefix("audit-"), name.hasSuffix(".ndjson.gz") else { return nil }
        return Int(String(name.dropFirst("audit-".count).prefix { $0 != "-" }))
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    /// The first line of the file.
    var header: Value {
        [
            "format": "confd-audit", "version": 1, "first": .int(first), "last": .int(last.sequence),
            "prev_hash": .string(Hex.text(before.hash)), "hash": .string(Hex.text(last.hash)),
        ]
    }

    /// What a file's first line says; `nil` when it is none.
    init?(header: Value, name: String) {
        guard header["format"] == "confd-audit", header["version"] == 1,
            let first = header["first"]?.int, let last = header["last"]?.int, first >= 1, first <= last,
            last < Int.max / 2,
            let previous = header["prev_hash"]?.string.flatMap({ Hex.bytes($0) }),
            let hash = header["hash"]?.string.flatMap({ Hex.bytes($0) })
        else { return nil }
        self.init(
            name: name, before: AuditLink(sequence: first - 1, hash: previous),
            last: AuditLink(sequence: last, hash: hash))
    }

    // MARK: Notes of the store

    private static let columns = "name, first, last, prev_hash, hash"

    /// All archives, in the order of their records; none in a store of before there were any.
    static func all(_ database: Database) throws -> [AuditSeal] {
        guard try database.tableExists("audit_archives") else { return [] }
        return try Row.fetchAll(database, sql: "SELECT \(columns) FROM audit_archives ORDER BY first").map {
            try AuditSeal($0)
        }
    }

    /// The archive with the newest records.
    static func newest(_ database: Database) throws -> AuditSeal? {
        guard try database.tableExists("audit_archives") else { return nil }
        return try Row.fetchOne(database, sql: "SELECT \(columns) FROM audit_archives ORDER BY first DESC LIMIT 1")
            .map { try AuditSeal($0) }
    }

    /// The place in the chain up to which records are in archives.
    static func end(_ database: Database) throws -> AuditLink { try newest(database)?.last ?? .beginning }

    private init(_ row: Row) throws {
        let (first, last): (Int, Int) = (try row.at(1), try row.at(2))
        let (previous, hash): (Data, Data) = (try row.at(3), try row.at(4))
        guard first >= 1, first <= last, last < Int.max / 2 else {
            throw StoreError.unavailable("a note of an audit archive was altered: it says records \(first) to \(last)")
        }
        self.init(
            name: try row.at(0), before: AuditLink(sequence: first - 1, hash: Array(previous)),
            last: AuditLink(sequence: last, hash: Array(hash)))
    }

    /// Notes the archive; its records may leave the store from then on.
    func note(_ database: Database, at now: Int64) throws {
        guard try Self.end(database) == before else {
            throw StoreError.unavailable("somebody else has archived audit records from \(first) on")
        }
        try database.run(
            "INSERT INTO audit_archives (name, first, last, prev_hash, hash, sealed_at) VALUES (?, ?, ?, ?, ?, ?)",
            [name, first, last.sequence, Data(before.hash), Data(last.hash), now])
    }
}
