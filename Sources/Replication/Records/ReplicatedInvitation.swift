package import JobEngine
package import Values

/// A machine that was asked to become a node. It proves itself by a secret, of which there is the digest only.
package struct ReplicatedInvitation: Sendable, Hashable {
    /// The node it is to be, which is in the configuration already.
    package let node: Int
    /// SHA-256 of the secret.
    package let secretHash: [UInt8]
    /// The address the node has inside the cluster, without port.
    package let address: String
    /// The job that added the node; `nil` for one that was there.
    package let job: JobID?
    /// When it was made.
    package let madeAt: Timestamp
    /// When it ends by itself.
    package let expiresAt: Timestamp
    /// Who has used it; `nil` for nobody yet.
    package var use: InvitationUse?

    /// An invitation of these parts, not used.
    package init(
        node: Int, secretHash: [UInt8], address: String, job: JobID?, madeAt: Timestamp, expiresAt: Timestamp
    ) {
        self.node = node
        self.secretHash = secretHash
        self.address = address
        self.job = job
        self.madeAt = madeAt
        self.expiresAt = expiresAt
    }
}

/// What an invitation came to.
package struct InvitationUse: Sendable, Hashable {
    /// SHA-256 of the key that got a certificate for it, in 64 hexadecimal digits: who has that key may go on with it.
    package let key: String
    /// When.
    package let at: Timestamp
    /// The address the machine asked from.
    package let from: String

    /// A use of these parts.
    package init(key: String, at: Timestamp, from: String) {
        self.key = key
        self.at = at
        self.from = from
    }
}

/// A certificate the authority of the cluster gave to a node.
package struct ReplicatedCertificate: Sendable, Hashable {
    /// Lower-case hexadecimal digits of its number.
    package let serialNumber: String
    /// The node.
    package let node: Int
    /// Which life of the node it is for: the id of the member.
    package let member: String
    /// Counts the lives of that node, from 1 on.
    package let life: Int
    /// Since when it holds.
    package let issuedAt: Timestamp
    /// When it ends by itself.
    package let notAfter: Timestamp
    /// Since when it counts for nothing; `nil` for one that was not taken back.
    package var revokedAt: Timestamp?
    /// The job that took it back; `nil` also where it was none.
    package var revokedBy: JobID?

    /// A certificate that holds.
    package init(
        serialNumber: String, node: Int, member: String, life: Int, issuedAt: Timestamp, notAfter: Timestamp
    ) {
        self.serialNumber = serialNumber
        self.node = node
        self.member = member
        self.life = life
        self.issuedAt = issuedAt
        self.notAfter = notAfter
    }
}
