import GRDB
package import JobEngine

/// A node that takes part in no cluster has nothing of one in its store but what it decided with others.
extension SQLiteStore {
    /// Forgets the cluster this node was in: members, their certificates and invitations, who was suspended, what its log came
    /// to, and the catalogue of buckets. Jobs, revisions and logins stay. Where nothing of a cluster is known nothing is changed.
    ///
    /// - Returns: Whether anything was forgotten.
    /// - Throws: `full` or `unavailable`.
    @discardableResult
    package func forgetCluster() async throws(StoreError) -> Bool {
        guard try await knowsCluster() else { return false }
        try await file.commit(for: .administration) { database in
            for table in [
                "members", "node_certificates", "invitations", "suspended_nodes", "applied_chains", "past_ranges",
                "kept_undos", "bucket_files",
            ] {
                try database.run("DELETE FROM \(table)")
            }
            // A log of another cluster begins behind the entries there were; none of them is one of its own.
            try database.run(
                """
                UPDATE log_end SET generation = 1, epoch = 0, level = 1, master = NULL, since = NULL, chain = NULL,
                    applied = applied + 1, buckets_listed = 0
                """)
        }
        return true
    }

    /// Whether this node ever followed the log of a cluster it has not left since.
    ///
    /// - Throws: `unavailable`.
    package func knowsCluster() async throws(StoreError) -> Bool {
        try await file.read { database in
            // One of a founding that broke off has no members yet.
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM members) OR EXISTS (SELECT 1 FROM node_certificates)
                        OR EXISTS (SELECT 1 FROM log_end WHERE epoch > 0)
                    """) ?? false
        }
    }
}
