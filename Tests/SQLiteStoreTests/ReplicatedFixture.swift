import ClusterLog
import Foundation
import JobEngine
import Replication
import Testing
import Values
import Zlib

@testable import SQLiteStore

/// A log as members of a cluster read it.
struct RecordedLog {
    struct Entry {
        let records: [ReplicatedRecord]
        let bytes: [UInt8]
        let before: LogPlace
        let end: AppliedEntry
    }

    private(set) var entries: [Entry] = []

    mutating func append(_ records: [ReplicatedRecord], term: Term = Term(generation: 1, epoch: 7)) {
        let before = entries.last?.end.place ?? .start
        let bytes = ReplicatedBatch.bytes(of: records)
        let place = LogPlace(index: before.index + 1, chain: ChainValue(of: Array(before.chain.text.utf8) + bytes))
        entries.append(Entry(records: records, bytes: bytes, before: before, end: AppliedEntry(place, term: term)))
    }

    init() {}

    init(_ batches: [[ReplicatedRecord]]) {
        for batch in batches { append(batch) }
    }
}

extension SQLiteStore {
    func apply(_ entry: RecordedLog.Entry) async throws {
        try await apply(entry.records, audit: [], after: entry.before, upTo: entry.end)
    }

    /// Applies batches as entries of a log of their own.
    func apply(_ batches: [ReplicatedRecord]...) async throws {
        for entry in RecordedLog(batches).entries { try await apply(entry) }
    }
}

extension StoreFixture {
    /// The names of the archive files, with what `zcat` prints of each.
    func archiveTexts() throws -> [String: [UInt8]] {
        let folder = self.folder + "/archive"
        guard FileManager.default.fileExists(atPath: folder) else { return [:] }
        var texts: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            texts[name] = Gzip.unpacked(bytes, limit: 1 << 30).bytes
        }
        return texts
    }
}
