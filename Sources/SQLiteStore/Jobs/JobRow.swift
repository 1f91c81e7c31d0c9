import GRDB
import JobEngine
import Logging
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A stored job as it lies in the table, not decoded yet.
struct JobRow: FetchableRecord, Sendable {
    let number: Int
    /// The how-manieth end it was, where the statement says so.
    let end: Int?
    let bytes: Data?

    init(row: Row) throws {
        number = try row.at(0)
        end = row.count > 2 ? Int.fromDatabaseValue(row[2]) : nil
        // Anything but a blob is damage; it must not end the reading of a whole list.
        bytes = Data.fromDatabaseValue(try row.at(1))
    }

    // What we wrote ourselves is trusted to be large; the depth still bounds the reader's stack.
    static let limits = JSON.Limits(depth: 200, count: 20_000_000)

    /// The job bytes are the record of, `nil` when they are none.
    static func record(_ bytes: some Collection<UInt8>) -> JobRecord? {
        (try? JSON.parse(bytes, limits: limits)).flatMap { JobRecord($0) }
    }

    /// The job, `nil` when the bytes are not a record (any more), which is reported.
    func record(_ log: Logger) -> JobRecord? {
        if let bytes, let record = Self.record(bytes), record.id.number == number { return record }
        log.error("a stored job cannot be read and is left out", metadata: ["number": "\(number)"])
        return nil
    }
}
