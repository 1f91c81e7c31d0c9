import GRDB
import JobEngine
import Logging
import Replication

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Records of a cluster's log in the form in which the database takes them, to be applied one after the other.
///
/// They come to the same in every store, however they are divided into batches: nothing but the records and what they met is
/// looked at, and nothing is refused.
struct ReplicatedWrite: Sendable {
    private enum Step: Sendable {
        case job(PreparedJob)
        case revision(RevisionRecord)
        case acknowledgements([Acknowledgement], revision: Int)
        case loginsEnded(EndedLogins)
        case archive(ArchiveOrder)
        case suspension(node: Int, isSuspended: Bool)
        case rule(Int, Data)
        case ruleRemoved(Int)
        case undoKept(KeptUndoRow)
        case undoSettled(CommandKey)
        case numbers(through: Int)
        case statements([ClusterStatement])
    }

    private let steps: [Step]

    init(_ records: [ReplicatedRecord]) {
        steps = Self.withoutPassing(records).map(Self.step)
    }

    /// Leaves out how a job stood before it stood otherwise in the same batch, as nobody can have seen it. A first end counts,
    /// as ends are counted in their order; and an archive looks at which job is the last one.
    private static func withoutPassing(_ records: [ReplicatedRecord]) -> [ReplicatedRecord] {
        var kept: [ReplicatedRecord?] = []
        kept.reserveCapacity(records.count)
        var open: [JobID: (place: Int, digest: String?)] = [:]
        for record in records {
            let record = record.told
            switch record {
            case .job(var job):
                let former = open.removeValue(forKey: job.id)
                if let former { kept[former.place] = nil }
                job.digest = job.digest ?? former?.digest
                if !job.isDone { open[job.id] = (kept.count, job.digest) }
                kept.append(.job(job))
            case .archive:
                open.removeAll()
                kept.append(record)
            default: kept.append(record)
            }
        }
        return kept.compactMap { $0 }
    }

    private static func step(_ record: ReplicatedRecord) -> Step {
        switch record {
        case .job(let job): .job(PreparedJob(job))
        case .engine(.job(let job, let digest)): .job(PreparedJob(job, digest: digest))
        case .engine(.revision(let revision)): .revision(revision)
        case .engine(.acknowledgements(let nodes, let revision)): .acknowledgements(nodes, revision: revision)
        case .engine(.suspension(let node, let isSuspended)): .suspension(node: node, isSuspended: isSuspended)
        case .engine(.rule(let rule)): .rule(rule.number, SmallTables.bytes(rule))
        case .engine(.ruleRemoved(let number)): .ruleRemoved(number)
        case .engine(.undoKept(let undo)): .undoKept(KeptUndoRow(undo))
        case .engine(.undoSettled(let key)): .undoSettled(key)
        case .engine(.loginsEnded(let ended)): .loginsEnded(ended)
        case .engine(.numbers(let number)): .numbers(through: number)
        case .archive(let order): .archive(order)
        default: .statements(ClusterStatement.all(for: record))
        }
    }

    /// Applies all of it inside the caller's savepoint.
    ///
    /// - Parameter entry: The entry it is of, where it comes by the log.
    /// - Throws: What keeps a store from being read or written; never for what a record says.
    func apply(_ database: Database, of entry: Int? = nil, archives: ArchiveFolder, log: Logger) throws {
        for step in steps {
            switch step {
            case .job(let job): try keep(job, database)
            case .revision(let revision): try RevisionTable.put(database, revision)
            case .acknowledgements(let nodes, let number):
                let isHere = try RevisionTable.replaceAcknowledgements(database, of: number, with: nodes)
                // It comes with the past, from whoever has applied this.
                if !isHere, let entry { try HistoryRest.require(entry, of: .revisions, database) }
            case .loginsEnded(let ended):
                try LoginEndings.note(ended, with: RevisionTable.head(database) ?? 0, database)
            case .archive(let order): try ArchiveStep(order).apply(database, into: archives, log: log)
            case .suspension(let node, let isSuspended):
                try SmallTables.suspend(node, isSuspended: isSuspended, database)
            case .rule(let number, let bytes): try SmallTables.keep(rule: number, bytes, database)
            case .ruleRemoved(let number): try SmallTables.removeRule(number, database)
            case .undoKept(let undo): try undo.keep(database)
            case .undoSettled(let key): try KeptUndoRow.remove(key, database)
            case .numbers(let number): try SmallTables.reserve(through: number, database)
            case .statements(let statements):
                for statement in statements { try database.run(statement.sql, statement.arguments) }
            }
        }
    }

    private func keep(_ job: PreparedJob, _ database: Database) throws {
        if try job.keep(database) { return }
        // Numbers are one node's in the whole cluster; what has this one is of a life before it.
        try database.run("DELETE FROM jobs WHERE number = ?", [job.id.number])
        _ = try job.keep(database)
    }
}
