import ClusterLog
import JobEngine
import Replication
import Synchronization
import Values

@testable import SQLiteStore

/// Pieces as they come.
final class GatheredPieces: Sendable {
    let pieces = Mutex<[[UInt8]]>([])

    func take(_ piece: [UInt8]) { pieces.withLock { $0.append(piece) } }

    var all: [[UInt8]] { pieces.withLock { $0 } }
}

extension SQLiteStore {
    static let transferTime = Timestamp(milliseconds: 1_700_000_000_000)

    func pieces(_ request: StateRequest) async throws -> [[UInt8]] {
        let gathered = GatheredPieces()
        try await write(request, at: Self.transferTime) { (piece) throws(StateFault) in gathered.take(piece) }
        return gathered.all
    }

    func content(_ request: StateRequest) async throws -> [UInt8] { try await pieces(request).flatMap { $0 } }

    /// What this store asks another one for.
    func changesRequest(generation: Int = 1) async throws -> StateRequest {
        .changes(since: try await marks(), generation: generation)
    }

    func takeState(of other: SQLiteStore, generation: Int = 1) async throws -> AppliedEntry {
        let request = StateRequest.state(generation: generation)
        return try await take(StateContent(try await other.content(request)), for: request)
    }

    func takeChanges(of other: SQLiteStore) async throws -> AppliedEntry {
        let request = try await changesRequest()
        return try await take(StateContent(try await other.content(request)), for: request)
    }

    /// Fetches the past to its end.
    ///
    /// - Returns: How many pages that took, and how many bytes.
    @discardableResult
    func takePast(of other: SQLiteStore, generation: Int = 1) async throws -> (pages: Int, bytes: Int) {
        var (pages, bytes) = (0, 0)
        while let page = try await missingPage() {
            let content = try await other.content(.history(page, generation: generation))
            try await take(StateContent(content), for: page)
            pages += 1
            bytes += content.count
        }
        return (pages, bytes)
    }
}
