import Values

extension ClusterStatus {
    /// Why no change is decided now; `nil` when nothing is in the way. Of two members one may be away.
    var refusalOfChanges: JobError? {
        guard members.count >= Self.fewestWithQuorum, !hasQuorum else { return nil }
        let absent = members.filter { !$0.value.isPresent }.keys.sorted().map { "\($0)" }
        return JobError(
            .noQuorum,
            "Half or more of the cluster's nodes are away (\(absent.joined(separator: ", "))): changes wait for them. Bring "
                + "them back, or suspend or remove those that will not come.",
            details: ["absent": .list(absent.map { .string($0) })])
    }

    private static let fewestWithQuorum = 3
}
