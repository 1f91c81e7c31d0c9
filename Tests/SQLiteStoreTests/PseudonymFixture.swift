import Access
import Foundation
import GRDB
import Support
import Synchronization
import Values
import Zlib

@testable import JobEngine
@testable import SQLiteStore

/// A store in which somebody called jane did things and others did things about her: thirty audit records, ten of them in
/// each of two archives; six jobs, four of them in an archive; two revisions.
struct PseudonymFixture {
    let audit: AuditFixture
    static let names = NameReplacement("jane", by: "user-00000000000000aa")

    var file: SQLiteFile { audit.file }
    var store: SQLiteStore { SQLiteStore(audit.file) }

    init() async throws {
        audit = try AuditFixture()
        for number in 1...30 { await audit.audit.record(Self.event(number)) }
        for rest in [20, 10] { try await audit.archive(keeping: rest) }
        for number in 1...6 { try await store.apply(StoreWrite(job: Self.job(number))) }
        var due = DueJobs(at: Timestamp(milliseconds: 1_800_000_000_000))
        due.count = 2
        _ = try await store.archive(due)
        try await store.apply(
            StoreWrite(revisions: [.sample(1, text: Self.configuration), .sample(2)], on: nil))
    }

    /// Of every third she is the user, and every fifth is about her.
    static func event(_ number: Int) -> AuditEvent {
        AuditEvent(
            kind: .login, time: AuditFixture.begin + Int64(number) * AuditFixture.day,
            user: number.isMultiple(of: 3) ? "jane" : "admin", address: "10.0.0.7", method: .password,
            detail: number.isMultiple(of: 5) ? "asked for by jane" : "nothing",
            fields: ["user_agent": "lynx", "objects": number.isMultiple(of: 5) ? "user:jane" : "db:DB1"])
    }

    static let told = (1...30).filter { $0.isMultiple(of: 3) || $0.isMultiple(of: 5) }

    /// Of every second she is the user, and the third is about her.
    static func job(_ number: Int) -> JobRecord {
        var job = JobRecord.ended(number, user: number.isMultiple(of: 2) ? "jane" : "admin")
        if number == 3 { job.intent = "jane is to have it" }
        job.request.headers = ["user-agent": "lynx"]
        job.request.path = "/users/jane"
        if number == 5 { job.request.path = "/jobs" }
        return job
    }

    static let configuration = """
        [Global]
            Revision = 1
            Checksum = NONE
        [Groups]
            [[exausers]]
                ID = 500
        [Users]
            [[admin]]
                ID = 1000
                Group = exausers
            [[jane]]
                ID = 3000
                Group = exausers
                LoginEnabled = True
                Passwd = $6$salt$hash

        """

    @discardableResult
    func pseudonymise(
        _ names: NameReplacement = Self.names, in number: Int = 99, users: Set<String> = []
    ) async throws -> PseudonymReport {
        var request = PseudonymRequest(names, by: "root", in: JobID(node: 11, number: number), at: 1_800_000_000_000)
        request.users = users
        return try await SQLitePseudonymiser(file).pseudonymise(request)
    }

    /// Files in the folder of the store that hold a text, packed ones included.
    func holding(_ text: String) throws -> [String] {
        let manager = FileManager.default
        return try manager.subpathsOfDirectory(atPath: audit.store.folder).sorted().filter { name in
            guard let bytes = manager.contents(atPath: "\(audit.store.folder)/\(name)") else { return false }
            let plain = Gzip.unpacked(bytes, limit: 1 << 30).bytes
            return bytes.firstRange(of: Data(text.utf8)) != nil || Data(plain).firstRange(of: Data(text.utf8)) != nil
        }
    }

    /// What an examination of the whole log says.
    func verified() throws -> WholeAudit { try SQLiteAudit.verify(inFolder: audit.store.folder).get() }

    /// A record of the store as it lies there.
    func record(_ number: Int) async throws -> AuditRecord? {
        try await file.read { database in
            try Row.fetchOne(
                database, sql: "SELECT \(SQLiteAudit.columns) FROM audit WHERE seq = ?", arguments: [number]
            ).map { try SQLiteAudit.record($0) }
        }
    }
}

/// Room for so many more transactions.
final class Room: Sendable {
    private let left: Atomic<Int>

    init(for count: Int) {
        left = Atomic(count)
    }

    func take() -> Bool { left.subtract(1, ordering: .relaxed).newValue >= 0 }
}
