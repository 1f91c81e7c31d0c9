/// What the witness of a cluster says of itself when it is asked.
package struct WitnessSign: Sendable, Hashable {
    /// Its version.
    package let version: String
    /// What is wrong with its etcd, in words; `nil` while it has its vote and all is well, and while it has none.
    package let fault: String?

    /// A sign of life.
    package init(version: String, fault: String?) { (self.version, self.fault) = (version, fault) }
}
