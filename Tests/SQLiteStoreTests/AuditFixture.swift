import Access
import Foundation
import GRDB
import JobEngine
import Zlib

@testable import SQLiteStore

/// A store with records of the audit log, one a day, and its archives.
struct AuditFixture {
    let store = StoreFixture()
    let file: SQLiteFile
    // 2023-11-14T22:13:20Z
    static let begin: Int64 = 1_700_000_000_000
    static let day: Int64 = 86_400_000

    var audit: SQLiteAudit { SQLiteAudit(file) }
    var folder: String { store.folder + "/archive" }

    init() throws {
        file = try store.open()
    }

    static func event(_ number: Int) -> AuditEvent {
        AuditEvent(
            kind: .login, time: begin + Int64(number) * day, user: "admin", address: "10.0.0.1", method: .password,
            detail: "ä \"\(number)\"\n", fields: ["request_id": "r\(number)"])
    }

    /// Records these numbers.
    func record(_ numbers: ClosedRange<Int>) async {
        for number in numbers { await audit.record(Self.event(number)) }
    }

    /// Archives all but the newest so many, as many hours after the begin.
    @discardableResult
    func archive(keeping count: Int, afterHours hours: Int = 0) async throws -> ArchivedAudit? {
        var keeping = AuditKeeping()
        keeping.count = count
        return try await audit.archive(keeping, at: Self.begin + Int64(hours) * Self.day / 24)
    }

    /// Three archives of ten records each, and ten records in the store.
    func fill() async throws {
        await record(1...40)
        for rest in [30, 20, 10] { try await archive(keeping: rest) }
    }

    /// The numbers of the records in the store.
    func kept() async throws -> [Int] {
        try await file.read { try Int.fetchAll($0, sql: "SELECT seq FROM audit ORDER BY seq") }
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    /// The lines of an archive, as `zcat` prints them.
    func lines(_ name: String) throws -> [String] {
        let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        return String(decoding: Gzip.unpacked(bytes, limit: 1 << 30).bytes, as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    /// Writes an archive with these lines in its place.
    func write(_ lines: [String], to name: String) throws {
        let bytes = Gzip.packed(lines.map { $0 + "\n" }.joined().utf8) ?? []
        try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    /// What an examination beside the open store says: nothing when all is whole.
    func damage() throws -> String? {
        switch try SQLiteAudit.verify(inFolder: store.folder) {
        case .success: nil
        case .failure(let damage): damage.description
        }
    }

    static func name(_ first: Int, _ last: Int) -> String { AuditSeal.name(first: first, last: last, copy: 1) }
}
