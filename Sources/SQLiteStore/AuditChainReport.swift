/// What an examination of the audit log found.
package struct AuditChainReport: Sendable, Hashable {
    /// Entries that were examined.
    package var entries = 0
    /// The first entry that is missing, altered or out of its place; `nil` when the chain is whole.
    package var firstBreak: Int?

    /// Whether nothing was taken out, put in or altered.
    package var isIntact: Bool { firstBreak == nil }
}
