package import Access

/// One kept event with its place in the chain.
package struct AuditEntry: Sendable, Hashable {
    /// Its place, from 1 on without a gap.
    package let sequence: Int
    /// What happened, as it was stored; the chain of hashes covers all of it.
    package let event: AuditEvent
    /// The hash of the entry before it, 32 bytes; zeros for the first.
    package let previousHash: [UInt8]
    /// SHA-256 over the previous hash and the JSON text of the event, 32 bytes.
    package let hash: [UInt8]
}

/// What an examination of the audit log found.
package struct AuditChainReport: Sendable, Hashable {
    /// Entries that were examined.
    package var entries = 0
    /// The first entry that is missing, altered or out of its place; `nil` when the chain is whole.
    package var firstBreak: Int?

    /// Whether nothing was taken out, put in or altered.
    package var isIntact: Bool { firstBreak == nil }
}
