import GRDB
package import JobEngine
package import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a node remembers of commands, in the database file of the node.
package struct SQLiteCommands: CommandJournal {
    private let file: SQLiteFile
    private let limit: Int

    /// The commands in an open file.
    ///
    /// - Parameter limit: So many that were begun last are remembered for certain; those that have not ended always are.
    package init(_ file: SQLiteFile, limit: Int = 4096) {
        self.file = file
        self.limit = max(1, limit)
    }

    /// - Throws: `unavailable`.
    package func marks() async throws(StoreError) -> CommandMarks {
        try await file.read(CommandRow.marks)
    }

    /// - Throws: `full` or `unavailable`.
    package func raise(to term: CommandTerm) async throws(StoreError) {
        try await file.commit { try Self.raise(to: term, $0) }
    }

    /// - Throws: `unavailable`.
    package func commands(of job: JobID, step: Int) async throws(StoreError) -> [JournaledCommand] {
        try await file.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(CommandRow.columns), outcome FROM node_commands
                    WHERE job = ? AND job_node = ? AND step = ? ORDER BY place
                    """)
            return try Row.fetchAll(statement, arguments: [job.number, job.node, step]).map(CommandRow.command)
        }
    }

    /// - Throws: `full` or `unavailable`.
    package func begin(_ command: JournaledCommand) async throws(StoreError) -> CommandMarks {
        let (row, key, limit) = (CommandRow.row(command), command.key, limit)
        let term = command.order.term
        return try await file.commit { database in
            // With a command, what took it back is gone as well.
            try database.run(
                "DELETE FROM node_commands WHERE job = ? AND job_node = ? AND step = ? AND is_undo >= ?",
                [key.job.number, key.job.node, key.step, key.isUndo])
            try database.run(
                "INSERT INTO node_commands (\(CommandRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            try Self.raise(to: term, database)
            try Self.forget(before: database.lastInsertedRowID - Int64(limit), database)
            return try CommandRow.marks(database)
        }
    }

    /// - Throws: `full` or `unavailable`.
    package func end(
        _ command: JournaledCommand, _ outcome: CommandOutcome, at time: Timestamp
    ) async throws(StoreError) {
        let (key, order) = (command.key, command.order)
        let bytes = Data(JSON.bytes(outcome.value))
        try await file.commit { database in
            try database.run(
                """
                UPDATE node_commands SET outcome = ?, ended_at = ?
                WHERE job = ? AND job_node = ? AND step = ? AND is_undo = ? AND generation = ? AND epoch = ? AND number = ?
                """,
                [
                    bytes, time.milliseconds, key.job.number, key.job.node, key.step, key.isUndo,
                    order.term.generation, order.term.epoch, order.number,
                ])
        }
    }

    private static func raise(to term: CommandTerm, _ database: Database) throws {
        try database.run(
            """
            UPDATE command_marks SET generation = ?1, epoch = ?2
            WHERE generation IS NULL OR (generation, epoch) < (?1, ?2)
            """, [term.generation, term.epoch])
    }

    /// Forgets what ended and has a place up to this one.
    private static func forget(before place: Int64, _ database: Database) throws {
        guard place > 0 else { return }
        let old = "FROM node_commands WHERE place <= ? AND ended_at IS NOT NULL"
        let statement = try database.cachedStatement(
            sql: "SELECT generation, epoch, number \(old) ORDER BY generation DESC, epoch DESC, number DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement, arguments: [place]) else { return }
        let last: (Int, Int, Int) = (try row.at(0), try row.at(1), try row.at(2))
        try database.run(
            """
            UPDATE command_marks SET forgotten_generation = ?1, forgotten_epoch = ?2, forgotten_number = ?3
            WHERE forgotten_generation IS NULL
                OR (forgotten_generation, forgotten_epoch, forgotten_number) < (?1, ?2, ?3)
            """, [last.0, last.1, last.2])
        try database.run("DELETE \(old)", [place])
    }
}
