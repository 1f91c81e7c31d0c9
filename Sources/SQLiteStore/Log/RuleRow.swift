import GRDB
import JobEngine
import Logging
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rules on which jobs may begin, as they lie in the table.
enum RuleRow {
    /// All of them; what is no rule (any more) is left out and reported.
    static func all(_ database: Database, _ log: Logger) throws -> [QueueRule] {
        let rows = try Row.fetchAll(database, sql: "SELECT number, rule FROM queue_rules ORDER BY number")
        return rows.compactMap { row in
            if let bytes = Data.fromDatabaseValue(row[1]), let value = try? JSON.parse(bytes),
                let rule = QueueRule(value)
            {
                return rule
            }
            log.error("a stored queue rule cannot be read and is left out", metadata: ["number": "\(row[0] as Int)"])
            return nil
        }
    }
}
