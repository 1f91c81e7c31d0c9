import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Changes of tables that have a row or two.
enum SmallTables {
    static func suspend(_ node: Int, isSuspended: Bool, _ database: Database) throws {
        let change =
            isSuspended
            ? "INSERT OR IGNORE INTO suspended_nodes (node) VALUES (?)"
            : "DELETE FROM suspended_nodes WHERE node = ?"
        try database.run(change, [node])
    }

    static func bytes(_ rule: QueueRule) -> Data { Data(JSON.bytes(rule.value)) }

    static func keep(rule number: Int, _ bytes: Data, _ database: Database) throws {
        try database.run("INSERT OR REPLACE INTO queue_rules (number, rule) VALUES (?, ?)", [number, bytes])
    }

    static func removeRule(_ number: Int, _ database: Database) throws {
        try database.run("DELETE FROM queue_rules WHERE number = ?", [number])
    }

    /// Numbers up to this one were given out.
    static func reserve(through number: Int, _ database: Database) throws {
        try database.run("UPDATE counters SET value = max(value, ? + 1) WHERE name = 'job'", [number])
    }
}
