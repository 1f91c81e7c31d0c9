import GRDB
import JobEngine
import Values
import Zlib

/// Replaces a name in the archives of jobs, each of which is written again under another name.
///
/// A file is noted as a rest before it is made, and the former one when the new one takes its place: whatever is a rest and
/// no archive goes at the next occasion.
struct PseudonymisedArchives: Sendable {
    let file: SQLiteFile
    let run: PseudonymRun

    private static let mostBytesOfAMember = 1 << 30
    private static let lineEnd = UInt8(ascii: "\n")

    private struct Archive: Sendable {
        let id: Int
        let name: String
        let month: String
        let length: Int
    }

    private struct Member: Sendable {
        let id: Int
        let start: Int
        let length: Int
    }

    private var folder: ArchiveFolder { ArchiveFolder(beside: file.path) }

    // MARK: Files nobody needs

    /// Takes away what crashes left beside the archives.
    ///
    /// - Returns: Files that are none of the store's, and are for somebody to look at.
    func tidy() async throws(StoreError) -> [String] {
        try folder.removeRests()
        try await removeRests()
        let (strangers, copies) = try await file.read { database in try unknown(database) }
        for name in copies { try folder.remove(name) }
        return strangers.map { "archive/\($0): the store knows no such archive" }
    }

    private func unknown(_ database: Database) throws -> (strangers: [String], copies: [String]) {
        let known = try Set(
            String.fetchAll(database, sql: "SELECT name FROM archives UNION ALL SELECT name FROM audit_archives"))
        var (strangers, copies) = ([String](), [String]())
        for name in try folder.names() where !known.contains(name) {
            // What it holds is in the store as well, and goes to an archive again.
            let isCopy =
                try AuditSeal.first(of: name) != nil && SQLiteAudit.unnoted(name, in: folder, database) != nil
            if isCopy { copies.append(name) } else { strangers.append(name) }
        }
        return (strangers, copies)
    }

    private func removeRests() async throws(StoreError) {
        let rests = try await file.read { database in
            try String.fetchAll(
                database, sql: "SELECT name FROM archive_rests WHERE name NOT IN (SELECT name FROM archives)")
        }
        for name in rests { try folder.remove(name) }
        try await file.commit(for: .administration) { try $0.run("DELETE FROM archive_rests") }
    }

    // MARK: Archives

    /// Adds what it did to a report.
    func replace(_ report: inout PseudonymReport) async throws(StoreError) {
        let archives = try await file.read { database in
            try Row.fetchAll(database, sql: "SELECT id, name, month, length FROM archives ORDER BY id").map { row in
                Archive(id: try row.at(0), name: try row.at(1), month: try row.at(2), length: try row.at(3))
            }
        }
        for archive in archives {
            try run.check()
            // One that somebody took away has no name in it.
            guard let present = try folder.length(of: archive.name) else { continue }
            guard try await cutRest(of: archive, present: present) else {
                report.left.append("archive/\(archive.name): it is not as the store left it")
                continue
            }
            let members = try await members(of: archive)
            guard let isDamaged = try await holdsName(archive, members) else { continue }
            if isDamaged { report.left.append("archive/\(archive.name): part of it cannot be read") }
            if try await rewrite(archive, members) { report.archives += 1 }
        }
    }

    private func members(of archive: Archive) async throws(StoreError) -> [Member] {
        try await file.read { database in
            try Row.fetchAll(
                database, sql: "SELECT id, start, length FROM archive_members WHERE archive = ? ORDER BY start",
                arguments: [archive.id]
            ).map { Member(id: try $0.at(0), start: try $0.at(1), length: try $0.at(2)) }
        }
    }

    /// Takes away what a crash let stand behind the end of a file.
    ///
    /// - Returns: False when the file is another one than was left.
    private func cutRest(of archive: Archive, present: Int) async throws(StoreError) -> Bool {
        if present == archive.length { return true }
        let isOurs = try await file.read { database in
            try ArchiveMember.canGrow(archive.name, from: archive.length, in: folder, database)
        }
        if isOurs { try folder.cut(archive.name, at: archive.length) }
        return isOurs
    }

    /// Whether something in a file that may have the name cannot be read; `nil` when the name is nowhere in it, and all can.
    private func holdsName(_ archive: Archive, _ members: [Member]) async throws(StoreError) -> Bool? {
        var (isFound, isDamaged) = (false, false)
        for member in members {
            try run.check()
            let text = try await file.read { _ in
                Gzip.unpacked(
                    try folder.read(archive.name, from: member.start, count: member.length),
                    limit: Self.mostBytesOfAMember)
            }
            if text.fault != nil { isDamaged = true }
            if run.names.mayFind(in: text.bytes[...]) { isFound = true }
        }
        return isFound || isDamaged ? isDamaged : nil
    }

    /// - Returns: Whether the file was replaced: one with the name as part of other words alone is not.
    private func rewrite(_ archive: Archive, _ members: [Member]) async throws(StoreError) -> Bool {
        let name = try await newName(for: archive)
        var (moved, isChanged) = ([Member](), false)
        do throws(StoreError) {
            for member in members {
                try run.check()
                let start = moved.last.map { $0.start + $0.length } ?? 0
                let (length, isOther) = try await file.read { _ in
                    let old = try folder.read(archive.name, from: member.start, count: member.length)
                    let new = try replaced(old)
                    try folder.write(new ?? old, to: name, at: start)
                    return ((new ?? old).count, new != nil)
                }
                moved.append(Member(id: member.id, start: start, length: length))
                if isOther { isChanged = true }
            }
            if isChanged { try await exchange(archive, for: name, moved) }
        } catch {
            // Room for others on a full disk; the next run removes what this cannot.
            try? await removeRests()
            throw error
        }
        try await removeRests()
        return isChanged
    }

    private func newName(for archive: Archive) async throws(StoreError) -> String {
        try await file.commit(for: .administration) { database in
            for number in 1... {
                let name = ArchiveMember.name(of: archive.month, number)
                let isKnown = try Int.fetchOne(
                    database, sql: "SELECT 1 FROM archives WHERE name = ?", arguments: [name])
                if isKnown != nil { continue }
                if try folder.length(of: name) != nil { continue }
                try database.run("INSERT OR REPLACE INTO archive_rests (name) VALUES (?)", [name])
                return name
            }
            throw StoreError.unavailable("there is no name for an archive of \(archive.month)")
        }
    }

    /// Puts a file in the place of another one, in the notes of the store.
    private func exchange(_ archive: Archive, for name: String, _ members: [Member]) async throws(StoreError) {
        let length = members.last.map { $0.start + $0.length } ?? 0
        try await file.commit(for: .administration) { database in
            try database.run(
                "UPDATE archives SET name = ?, length = ? WHERE id = ? AND name = ? AND length = ?",
                [name, length, archive.id, archive.name, archive.length])
            guard database.changesCount == 1 else {
                throw StoreError.unavailable("somebody else has written to \(archive.name)")
            }
            for member in members {
                try database.run(
                    "UPDATE archive_members SET start = ?, length = ? WHERE id = ?",
                    [member.start, member.length, member.id])
            }
            try database.run("DELETE FROM archive_rests WHERE name = ?", [name])
            try database.run("INSERT OR REPLACE INTO archive_rests (name) VALUES (?)", [archive.name])
        }
    }

    /// A member with the pseudonym; `nil` when it has the name nowhere, or cannot be read.
    private func replaced(_ packed: [UInt8]) throws(StoreError) -> [UInt8]? {
        let text = Gzip.unpacked(packed, limit: Self.mostBytesOfAMember)
        guard text.fault == nil, run.names.mayFind(in: text.bytes[...]) else { return nil }
        var (lines, isChanged) = ([UInt8](), false)
        for line in text.bytes.split(separator: Self.lineEnd) {
            if run.names.mayFind(in: line), let value = try? JSON.parse(line, limits: JobRow.limits),
                let changed = run.names.job(value)
            {
                lines += JSON.bytes(changed)
                isChanged = true
            } else {
                lines += line
            }
            lines.append(Self.lineEnd)
        }
        guard isChanged else { return nil }
        guard let bytes = Gzip.packed(lines, level: 6) else {
            throw .unavailable("there is no memory to compress jobs of an archive")
        }
        return bytes
    }
}
