package import Access
import GRDB
import Glibc
package import JobEngine

/// What is wrong with an audit log, and where.
package struct AuditDamage: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file it was found in: an archive, or that of the store.
    package let file: String
    /// The record, and what is wrong with it.
    package let fault: AuditFault

    package var description: String { "\(file): \(fault)" }
}

/// An audit log in which nothing is wrong.
package struct WholeAudit: Sendable, Hashable {
    /// The place of the newest record.
    package let end: AuditLink
    /// Records whose text was replaced, as later records of the log say.
    package let replaced: Int

    /// By default nothing was replaced.
    package init(end: AuditLink, replaced: Int = 0) {
        self.end = end
        self.replaced = replaced
    }
}

extension SQLiteAudit {
    /// Reads the archives and the store of a folder, and computes the chain of all records again, beside a daemon that may run
    /// on it. Nothing is made, repaired or brought up to date, and no other process is held up.
    ///
    /// - Returns: What there is, or the first damage.
    /// - Throws: `unavailable` when there is no store, or it cannot be read.
    package static func verify(inFolder folder: String) throws(StoreError) -> Result<WholeAudit, AuditDamage> {
        let path = "\(folder)/\(SQLiteFile.name)"
        if access(path, F_OK) != 0, errno == ENOENT { throw .unavailable("there is no store \(path)") }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            return try verify(
                DatabaseQueue(path: path, configuration: configuration), ArchiveFolder(beside: path))
        } catch {
            throw SQLiteFile.explain(error, path)
        }
    }

    /// What the store says once all archives were read that it knows.
    private struct Found {
        let seals: [AuditSeal]
        let strangers: [String]
        let store: AuditChainReport
        let replaced: Int
        let unauthorised: AuditFault?
    }

    private static func verify(
        _ queue: DatabaseQueue, _ archives: ArchiveFolder
    ) throws -> Result<WholeAudit, AuditDamage> {
        var seals = try queue.read { try AuditSeal.all($0) }
        var verified = 0
        var replaced = ReplacedAudit()
        while true {
            // Files are read while nothing is held; the store, which changes with them, is read after them.
            if let damage = damage(of: seals, behind: verified, in: archives, queue, &replaced) {
                return .failure(damage)
            }
            verified = seals.count
            let known = replaced
            let found = try queue.read { database in
                var all = known
                let chain = try Self.chain(database, &all)
                let seals = try AuditSeal.all(database)
                return Found(
                    seals: seals, strangers: try unknown(in: archives, beside: seals, database), store: chain,
                    replaced: all.count, unauthorised: try all.fault(database))
            }
            seals = found.seals
            // Archives that were made meanwhile have their turn.
            if seals.count <= verified { return verdict(found) }
        }
    }

    private static func verdict(_ found: Found) -> Result<WholeAudit, AuditDamage> {
        if let name = found.strangers.first {
            let fault = AuditFault(
                AuditSeal.first(of: name) ?? 0,
                "the store knows no such archive; it was put there, or the store is another one than before")
            return .failure(AuditDamage(file: name, fault: fault))
        }
        if let fault = found.store.fault { return .failure(AuditDamage(file: SQLiteFile.name, fault: fault)) }
        if let fault = found.unauthorised {
            let seal = found.seals.first { ($0.first...$0.last.sequence).contains(fault.sequence) }
            return .failure(AuditDamage(file: seal?.name ?? SQLiteFile.name, fault: fault))
        }
        return .success(WholeAudit(end: found.store.end, replaced: found.replaced))
    }

    private static func damage(
        of seals: [AuditSeal], behind verified: Int, in archives: ArchiveFolder, _ queue: DatabaseQueue,
        _ replaced: inout ReplacedAudit
    ) -> AuditDamage? {
        var end = seals.prefix(verified).last?.last ?? AuditLink.beginning
        for seal in seals.dropFirst(verified) {
            do throws(AuditFault) {
                if seal.first > end.sequence &+ 1 { throw AuditFault(end.sequence &+ 1, upTo: seal.first - 1) }
                guard seal.before == end else {
                    throw AuditFault(seal.first, "the archive does not begin where the one before it ends")
                }
                try AuditArchiveFile.read(
                    seal, in: archives,
                    isReplaced: { (record) throws(AuditFault) in
                        try replaced.takes(record) { record in
                            try queue.read { try ReplacedAudit.batch(of: record, $0) }
                        }
                    }, take: { _ in })
            } catch {
                return AuditDamage(file: seal.name, fault: error)
            }
            end = seal.last
        }
        return nil
    }

    /// Archives the store has no note of. One that holds what the store holds is not among them: it is about to be noted.
    private static func unknown(
        in archives: ArchiveFolder, beside seals: [AuditSeal], _ database: Database
    ) throws -> [String] {
        let known = Set(seals.map(\.name))
        return try archives.names().filter { name in
            guard AuditSeal.first(of: name) != nil, !known.contains(name) else { return false }
            return try unnoted(name, in: archives, database) == nil
        }
    }

    /// What a file holds that the store has no note of, when the store has the same records: a daemon ended between the two.
    static func unnoted(_ name: String, in archives: ArchiveFolder, _ database: Database) throws -> AuditSeal? {
        guard let seal = try AuditArchiveFile.seal(of: name, in: archives),
            try hash(of: seal.before.sequence, database) == seal.before.hash,
            try hash(of: seal.last.sequence, database) == seal.last.hash
        else { return nil }
        do throws(AuditFault) {
            var replaced = ReplacedAudit()
            try AuditArchiveFile.read(
                seal, in: archives,
                isReplaced: { (record) throws(AuditFault) in try replaced.takes(record, database) }, take: { _ in })
            return seal
        } catch {
            return nil
        }
    }
}
