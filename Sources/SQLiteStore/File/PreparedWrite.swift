import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A change in the form in which the database takes it, so that nothing is left to encode while the writer is held.
struct PreparedWrite: Sendable {
    private let jobs: [PreparedJob]
    private let digests: [(JobID, String)]
    private let revisions: [RevisionRecord]
    private let expectedHead: Int?
    private let acknowledgements: [(Int, [Acknowledgement])]
    private let suspensions: [(Int, Bool)]
    private let rules: [(Int, Data)]
    private let removedRules: [Int]
    private let keptUndos: [KeptUndoRow]
    private let settledUndos: [CommandKey]
    private let endedLogins: EndedLogins
    private let lastNumber: Int?

    init(_ write: StoreWrite) {
        lastNumber = write.lastNumber
        jobs = write.jobs.map { PreparedJob($0, digest: write.requestDigests[$0.id]) }
        let ids = Set(write.jobs.map(\.id))
        digests = write.requestDigests.filter { !ids.contains($0.key) }.map { ($0.key, $0.value) }
        revisions = write.revisions
        expectedHead = write.expectedHead
        acknowledgements = write.acknowledgements.map { ($0.key, $0.value) }
        suspensions = write.suspensions.map { ($0.key, $0.value) }
        rules = write.rules.map { ($0.number, SmallTables.bytes($0)) }
        removedRules = write.removedRules
        keptUndos = write.keptUndos.map { KeptUndoRow($0) }
        settledUndos = write.settledUndos
        endedLogins = write.endedLogins
    }

    /// Looks whether the change may be made; what was appended to a log was looked at before.
    ///
    /// - Throws: `headMoved` when its revisions were made on another head, `keyTaken` when an idempotency key belongs to
    ///   another job.
    func check(_ database: Database) throws {
        if let expectedHead {
            let head = try RevisionTable.head(database) ?? 0
            if expectedHead != head { throw StoreError.headMoved(to: head) }
            var last = expectedHead
            for revision in revisions {
                guard revision.number > last else {
                    throw StoreError.unavailable("revision \(revision.number) cannot follow revision \(last)")
                }
                last = revision.number
            }
        }
        var taken: [IdempotencyKey: JobID] = [:]
        for job in jobs {
            guard let key = job.key else { continue }
            if let owner = try taken[key] ?? job.rival(database), owner != job.id { throw StoreError.keyTaken(owner) }
            taken[key] = job.id
        }
    }

    /// Makes the change inside the caller's savepoint; whatever it throws has to undo all of it.
    ///
    /// - Throws: What can only come of a store that is damaged, or of a number that was given out twice.
    func apply(_ database: Database) throws {
        for revision in revisions { try RevisionTable.insert(database, revision) }
        for job in jobs {
            guard try job.keep(database) else {
                throw StoreError.unavailable("the number of job \(job.id) belongs to a job of another node")
            }
        }
        for (id, digest) in digests {
            try database.run(
                "UPDATE jobs SET request_digest = ? WHERE number = ? AND node = ?", [digest, id.number, id.node])
        }
        for (number, nodes) in acknowledgements {
            guard try RevisionTable.replaceAcknowledgements(database, of: number, with: nodes) else {
                throw StoreError.unavailable("there is no revision \(number) to acknowledge")
            }
        }
        for (node, isSuspended) in suspensions { try SmallTables.suspend(node, isSuspended: isSuspended, database) }
        for (number, bytes) in rules { try SmallTables.keep(rule: number, bytes, database) }
        if let newest = revisions.last {
            try LoginEndings.note(endedLogins, with: newest.number, database)
        }
        for number in removedRules { try SmallTables.removeRule(number, database) }
        for key in settledUndos { try KeptUndoRow.remove(key, database) }
        for undo in keptUndos { try undo.keep(database) }
        if let lastNumber { try SmallTables.reserve(through: lastNumber, database) }
    }
}
