package import Values

/// How one reconciler stands, for whoever asks.
package struct ReconcilerStatus: Sendable, Hashable {
    /// Its name.
    package let name: String
    /// Whether a node acknowledges a revision before or after it.
    package let moment: ReconcilerMoment
    /// The revision it brought about last; `nil` before the first.
    package let revision: Int?
    /// Why the newest one is not brought about; `nil` when it is, or is about to be.
    package let fault: String?
    /// Since when all is well, or something is wrong.
    package let since: Timestamp
    /// Attempts that failed since the daemon started.
    package let failures: Int
    /// What is worth knowing besides.
    package let note: ReconcilerNote?
}
