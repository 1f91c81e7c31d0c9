import Access
import JobEngine
import Replication
import SQLiteStore

/// Where the daemon keeps sessions and tokens, and who moves jobs to the archive: this node's file, until all of it follows the log of
/// a cluster.
struct LoginStores: Sendable {
    let sessions: SessionsInForce
    let tokens: TokensInForce
    let archive: ArchiveInForce
    private let file: SQLiteFile

    init(_ file: SQLiteFile) {
        self.file = file
        sessions = SessionsInForce(SQLiteSessions(file))
        tokens = TokensInForce(SQLiteTokens(file))
        archive = ArchiveInForce(SQLiteStore(file))
    }

    /// Has them follow the log.
    func follow(_ log: NodeLog, _ notes: LoginNotes) async {
        let (file, store) = (file, log.store)
        await sessions.change { (_) async in
            await tokens.change { (_) async in
                await archive.change { (_) async in ReplicatedArchive(store, planner: log.link.store) }
                return ReplicatedTokens(store, node: SQLiteTokens(file))
            }
            return ReplicatedSessions(store, node: SQLiteSessions(file), notes: notes)
        }
    }
}
