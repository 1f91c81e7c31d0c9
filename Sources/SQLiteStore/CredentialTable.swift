import Access
import GRDB
import JobEngine
import Logging

/// A table of what lets users in, its errors told as those of a login.
struct CredentialTable: Sendable {
    private let file: SQLiteFile
    private let contents: String

    /// - Parameter contents: What lies in it, for the log, such as `sessions`.
    init(_ file: SQLiteFile, of contents: String) {
        self.file = file
        self.contents = contents
    }

    func commit<Success: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Success
    ) async throws(AccessError) -> Success {
        do { return try await file.commit(for: .administration, change) } catch { throw report(error) }
    }

    func read<Success: Sendable>(
        _ fetch: @escaping @Sendable (Database) throws -> Success
    ) async throws(AccessError) -> Success {
        do { return try await file.read(fetch) } catch { throw report(error) }
    }

    // The caller is told to come again; the cause is the operator's.
    private func report(_ error: StoreError) -> AccessError {
        file.log.error("\(contents) cannot be kept or read", metadata: ["cause": "\(error)"])
        if case .full = error { return .outOfSpace }
        return .unavailable(retryAfter: .seconds(1))
    }
}
