import GRDB
import JobEngine
import Logging
import Values

extension Schema {
    // Beside the jobs and not in their rows: a search reads these few bytes of each job and none of the record, and the
    // order of ends needs no clock.
    static func listsAndRules(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE job_index (number INTEGER PRIMARY KEY, ended INTEGER, text TEXT NOT NULL);
                CREATE TRIGGER job_index_shrink AFTER DELETE ON jobs BEGIN
                    DELETE FROM job_index WHERE number = old.number;
                END;
                CREATE TABLE queue_rules (number INTEGER PRIMARY KEY, rule BLOB NOT NULL);
                """)
        try indexPresentJobs(database)
        try database.execute(
            sql: "CREATE UNIQUE INDEX job_index_by_end ON job_index (ended) WHERE ended IS NOT NULL")
    }

    private static func indexPresentJobs(_ database: Database) throws {
        let log = Logger(label: "store")
        let rows = try JobRow.fetchCursor(database, sql: "SELECT number, record FROM jobs")
        let insert = try database.makeStatement(
            sql: "INSERT INTO job_index (number, ended, text) VALUES (?, ?, ?)")
        while let row = try rows.next() {
            let record = row.record(log)
            let end = record.flatMap { $0.isDone ? $0.endedAt?.milliseconds ?? 0 : nil }
            try insert.execute(arguments: [row.number, end, record?.searchText ?? ""])
        }
        try database.execute(
            sql: """
                UPDATE job_index SET ended = ranked.place
                FROM (SELECT number, row_number() OVER (ORDER BY ended, number) AS place
                      FROM job_index WHERE ended IS NOT NULL) AS ranked
                WHERE ranked.number = job_index.number
                """)
    }
}
