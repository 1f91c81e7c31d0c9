package import EXAConf

/// What the operator of this machine allows; said by settings of the daemon, which no job can change.
package struct OperatorPolicy: Sendable, Hashable {
    /// Which roles members of `exaadm` may give and take, and whose users they may change.
    package enum Grants: String, Sendable, Hashable, CaseIterable {
        /// Their own and those below.
        case own
        /// Every role; they are root then whenever they like.
        case all
    }

    /// Where things may lie.
    package var roots = PlaceRoots()
    /// Default: ``Grants/own``.
    package var grants = Grants.own
    /// The port of the daemon itself, where it is not the configuration that says it.
    package var port: Int?

    /// What holds where the operator says nothing.
    package init() {}
}
