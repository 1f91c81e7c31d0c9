import GRDB
import JobEngine
import Values

/// The ended jobs a node has to know to take part, and to decide: those retention keeps however long ago they ended, and the
/// newest ones, as these are what people look at.
struct NeededJobs {
    private let keyed: Timestamp

    // As `Retention` has it: how long an idempotency key stands for its job, in milliseconds.
    private static let keyLife = 86_400_000
    /// At most a page of the past; the last end, which counts the next ones, is among them.
    static let newest = 500
    // By hand started and stopped databases, of which an automatic start asks.
    private static let starts = 1000

    init(at now: Timestamp) {
        keyed = Timestamp(milliseconds: max(0, now.milliseconds) - Self.keyLife)
    }

    func numbers(in database: Database) throws -> Set<Int> {
        var numbers = Set(
            try Int.fetchAll(
                database,
                sql: "SELECT number FROM job_index WHERE ended IS NOT NULL ORDER BY ended DESC LIMIT ?",
                arguments: [Self.newest]))
        numbers.formUnion(
            try Int.fetchAll(
                database,
                sql: """
                    SELECT number FROM jobs WHERE type IN ('db_start', 'db_stop') AND done = 1
                    ORDER BY number DESC LIMIT ?
                    """, arguments: [Self.starts]))
        // The next number is given out behind it, also by who has nothing of the past yet.
        if let highest = try Int.fetchOne(database, sql: "SELECT max(number) FROM jobs WHERE done = 1") {
            numbers.insert(highest)
        }
        numbers.formUnion(try keyed(in: database))
        numbers.formUnion(try wanted(in: database))
        return numbers
    }

    /// Whoever repeats a request is told its job, and of a batch all jobs.
    private func keyed(in database: Database) throws -> [Int] {
        let block = try Int.fetchOne(
            database, sql: "SELECT min(block) FROM job_spans WHERE last > ?", arguments: [keyed.milliseconds])
        guard let block else { return [] }
        return try Int.fetchAll(
            database,
            sql: """
                SELECT number FROM jobs WHERE number >= ? AND submitted_at > ? AND done = 1
                    AND (idempotency_key IS NOT NULL OR instr(record, CAST('"batch_of"' AS BLOB)) > 0)
                """, arguments: [block * Schema.spanLength, keyed.milliseconds])
    }

    /// The ended jobs that open ones wait for or repeat.
    private func wanted(in database: Database) throws -> [Int] {
        var wanted: Set<Int> = []
        let records = try JobRow.fetchCursor(
            database, sql: "SELECT number, record FROM jobs INDEXED BY jobs_open WHERE done = 0")
        while let row = try records.next() {
            guard let record = row.bytes.flatMap({ JobRow.record($0) }) else { continue }
            wanted.formUnion(record.dependencies.map(\.number))
            if let origin = record.retryOf { wanted.insert(origin.number) }
        }
        let isEnded = try database.cachedStatement(sql: "SELECT 1 FROM jobs WHERE number = ? AND done = 1")
        return try wanted.filter { try Int.fetchOne(isEnded, arguments: [$0]) != nil }
    }
}
