import GRDB
package import JobEngine
package import Replication

extension SQLiteStore: JoiningTables {
    /// - Throws: `unavailable`.
    package func invitations() async throws(StoreError) -> [ReplicatedInvitation] {
        try await file.read { database in
            try Row.fetchAll(database, sql: "SELECT \(InvitationRow.columns) FROM invitations ORDER BY node")
                .map(InvitationRow.invitation)
        }
    }

    /// - Throws: `unavailable`.
    package func certificates() async throws(StoreError) -> [ReplicatedCertificate] {
        try await file.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT \(NodeCertificateRow.columns) FROM node_certificates ORDER BY node, issued_at, serial"
            ).map(NodeCertificateRow.certificate)
        }
    }
}
