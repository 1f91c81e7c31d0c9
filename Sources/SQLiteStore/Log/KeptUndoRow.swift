import GRDB
import JobEngine
import Logging
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is owed to a node that is away, as it lies in the table.
struct KeptUndoRow: Sendable {
    private let key: CommandKey
    private let bytes: Data

    init(_ undo: KeptUndo) {
        key = undo.key
        bytes = Data(JSON.bytes(undo.value))
    }

    func keep(_ database: Database) throws {
        try database.run(
            "INSERT OR REPLACE INTO kept_undos (job, job_node, step, undo) VALUES (?, ?, ?, ?)",
            [key.job.number, key.job.node, key.step, bytes])
    }

    static func remove(_ key: CommandKey, _ database: Database) throws {
        try database.run(
            "DELETE FROM kept_undos WHERE job = ? AND job_node = ? AND step = ?",
            [key.job.number, key.job.node, key.step])
    }

    /// All of them; what is none (any more) is left out and reported.
    static func all(_ database: Database, _ log: Logger) throws -> [KeptUndo] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT job, undo FROM kept_undos ORDER BY job, job_node, step DESC")
        return rows.compactMap { row in
            if let bytes = Data.fromDatabaseValue(row[1]), let value = try? JSON.parse(bytes),
                let undo = KeptUndo(value)
            {
                return undo
            }
            log.error("what is owed to a node cannot be read and is left out", metadata: ["job": "\(row[0] as Int)"])
            return nil
        }
    }
}
