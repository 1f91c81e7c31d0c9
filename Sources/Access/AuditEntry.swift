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

    /// An entry as it was found; nothing is computed or compared.
    package init(sequence: Int, event: AuditEvent, previousHash: [UInt8], hash: [UInt8]) {
        self.sequence = sequence
        self.event = event
        self.previousHash = previousHash
        self.hash = hash
    }
}
