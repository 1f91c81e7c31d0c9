import GRDB
import JobEngine
import Replication
import Waiting

extension SQLiteFile {
    /// Reads all there is at one moment, on a connection and a thread of its own: neither changes nor other readers wait,
    /// however long it takes.
    ///
    /// What was replaced since stays beside the file meanwhile, so whoever reads has to come to an end.
    func snapshot<Success: Sendable>(
        _ fetch: @escaping @Sendable (Database) throws -> Success
    ) async throws(StateFault) -> Success {
        let reading = copier.submit { [pool, path] in
            Result { try pool.makeSnapshot().read(fetch) }.mapError { StateFault($0, path) }
        }
        switch await reading.answer() {
        case .success(let result): return try result.get()
        case .failure(.full): throw .refused("enough others are given the state of this node now")
        case .failure(let refusal): throw .store(.unavailable("the store \(path) cannot be read now: \(refusal)"))
        }
    }
}

extension StateFault {
    init(_ error: any Error, _ path: String) {
        self = error as? StateFault ?? .store(SQLiteFile.explain(error, path))
    }
}
