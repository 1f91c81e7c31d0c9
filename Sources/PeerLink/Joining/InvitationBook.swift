import Certificates
package import Replication
package import Values

/// Which invitations hold, as a value: what the log says of them, and what somebody comes with.
package struct InvitationBook: Sendable {
    /// What a machine comes with.
    package struct Claim: Sendable, Hashable {
        /// The node it says it is to be.
        package let node: Int
        /// The secret it knows.
        package let secret: [UInt8]
        /// SHA-256 of its key, in hexadecimal digits; `nil` while it only looks.
        package let key: String?

        /// What a machine says.
        package init(node: Int, secret: [UInt8], key: String? = nil) {
            (self.node, self.secret, self.key) = (node, secret, key)
        }
    }

    private let invitations: [Int: ReplicatedInvitation]

    /// The invitations of a state.
    package init(_ invitations: [ReplicatedInvitation]) {
        self.invitations = Dictionary(invitations.map { ($0.node, $0) }) { _, last in last }
    }

    /// The invitation somebody comes with, when it holds for them.
    ///
    /// A used one holds on for the key that has used it, so that who was interrupted can go on; whoever has the secret alone
    /// cannot. Only who knows the secret is told more than that there is no such invitation.
    ///
    /// - Throws: Why not.
    package func invitation(
        for claim: Claim, at now: Timestamp
    ) throws(InvitationRefusal) -> ReplicatedInvitation {
        let known = invitations[claim.node]
        // As much work for a node without an invitation.
        let isRight = ConstantTime.equal(
            Digest.sha256(claim.secret), known?.secretHash ?? [UInt8](repeating: 0, count: 32))
        guard let known, isRight else { throw .unknown }
        if let use = known.use {
            guard let key = claim.key, ConstantTime.equal(Array(key.utf8), Array(use.key.utf8)) else {
                throw .used(at: use.at, from: use.from)
            }
            return known
        }
        guard now < known.expiresAt else { throw .expired(at: known.expiresAt) }
        return known
    }
}
