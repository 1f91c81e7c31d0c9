import GRDB
package import JobEngine
import Values
import Zlib

extension SQLiteStore: JobArchive {
    /// At most 256 jobs at once, all of the same month.
    ///
    /// - Throws: `unavailable` naming file and cause; every job is where it was then.
    package func archive(_ due: DueJobs) async throws(StoreError) -> ArchivedBatch {
        try await file.archiving.take()
        defer { file.archiving.release() }
        let (log, folder) = (file.log, archives)
        // Files are written on the thread of a reader, which holds up no change.
        let (selection, member) = try await file.read { [file] database in
            file.reserve?.refill()
            let selection = try DueSelection(due, in: database, log: log)
            let batch = selection.batch
            return (selection, batch.jobs.isEmpty ? nil : try ArchiveMember(batch, into: folder, database))
        }
        if let member { try await file.commit { try member.perform($0, at: due.now) } }
        return ArchivedBatch(selection)
    }

    /// Found by its number alone, whatever became of the file.
    ///
    /// - Throws: `unavailable`.
    package func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? {
        try await file.read { database in
            try Self.place(of: id, database).map { row in
                ArchivedJob(
                    id: id, user: try row.at(0), archivedAt: Timestamp(milliseconds: try row.at(1)),
                    archive: try row.at(2))
            }
        }
    }

    /// A job as it stood when it went to the archive, read from its file; `nil` when it is in none.
    ///
    /// - Throws: `unavailable`, also for a file that is not there or damaged.
    package func archivedRecord(_ id: JobID) async throws(StoreError) -> JobRecord? {
        let folder = archives
        return try await file.read { database in
            guard let row = try Self.place(of: id, database) else { return nil }
            let name: String = try row.at(2)
            let member = try folder.read(name, from: try row.at(3), count: try row.at(4))
            let lines = Gzip.unpacked(member, limit: 1 << 30).bytes.split(separator: UInt8(ascii: "\n"))
            if let job = lines.lazy.compactMap(JobRow.record).first(where: { $0.id == id }) { return job }
            throw StoreError.unavailable("\(folder.path)/\(name) is damaged: job \(id) is not where it should be")
        }
    }

    var archives: ArchiveFolder { ArchiveFolder(beside: file.path) }

    private static func place(of id: JobID, _ database: Database) throws -> Row? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT job.user, member.made_at, archives.name, member.start, member.length
                FROM archived_jobs AS job
                JOIN archive_members AS member ON member.id = job.member JOIN archives ON archives.id = member.archive
                WHERE job.number = ? AND job.node = ?
                """, arguments: [id.number, id.node])
    }
}

extension ArchivedBatch {
    init(_ selection: DueSelection) {
        self.init(jobs: selection.batch.jobs.map(\.id), next: selection.next)
    }
}
