/// What a job changes in the state of the cluster when it ends well, beside the configuration.
struct StateChanges: Sendable, Hashable {
    /// Nodes that are suspended (`true`) or resumed.
    var suspensions: [Int: Bool] = [:]
    /// What begins or ends of maintenance.
    var maintenance: MaintenanceChange?

    /// Nothing.
    init() {}

    /// What a plan says.
    init(_ plan: Plan?) {
        suspensions = plan?.suspensions ?? [:]
        maintenance = plan?.maintenance
    }
}
