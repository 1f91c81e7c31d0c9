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

extension SQLiteAudit {
    /// Reads the archives and the store of a folder, and computes the chain of all records again, beside a daemon that may run
    /// on it. Nothing is made, repaired or brought up to date, and no other process is held up.
    ///
    /// - Returns: The place of the newest record, or the first damage.
    /// - Throws: `unavailable` when there is no store, or it cannot be read.
    package static func verify(inFolder folder: String) throws(StoreError) -> Result<AuditLink, AuditDamage> {
        let path = "\(folder)/\(SQLiteFile.name)"
        if access(path, F_OK) != 0, errno == ENOENT { throw .unavailable("there is no store \(path)") }
        let archives = ArchiveFolder(beside: path)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let found: (seals: [AuditSeal], strangers: [String], store: AuditChainReport)
        do {
            found = try DatabaseQueue(path: path, configuration: configuration).read { database in
                let seals = try AuditSeal.all(database)
                return (seals, try unknown(in: archives, beside: seals, database), try chain(database))
            }
        } catch {
            throw SQLiteFile.explain(error, path)
        }
        // Sealed files never change: they are read when the store is not held any more.
        if let damage = damage(of: found.seals, in: archives) { return .failure(damage) }
        if let name = found.strangers.first {
            let fault = AuditFault(
                AuditSeal.first(of: name) ?? 0,
                "the store knows no such archive; it was put there, or the store is another one than before")
            return .failure(AuditDamage(file: name, fault: fault))
        }
        if let fault = found.store.fault { return .failure(AuditDamage(file: SQLiteFile.name, fault: fault)) }
        return .success(found.store.end)
    }

    private static func damage(of seals: [AuditSeal], in archives: ArchiveFolder) -> AuditDamage? {
        var end = AuditLink.beginning
        for seal in seals {
            do throws(AuditFault) {
                if seal.first > end.sequence &+ 1 { throw AuditFault(end.sequence &+ 1, upTo: seal.first - 1) }
                guard seal.before == end else {
                    throw AuditFault(seal.first, "the archive does not begin where the one before it ends")
                }
                try AuditArchiveFile.verify(seal, in: archives)
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
            try AuditArchiveFile.verify(seal, in: archives)
            return seal
        } catch {
            return nil
        }
    }
}
