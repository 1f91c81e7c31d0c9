import Values

/// What one node knows of itself beside the objects that lie on it.
extension FindingRule {
    /// A port of a node is wanted by one service alone.
    static let portIsForOne = FindingRule(.port) { state, _, now in
        guard state.actual == "contested" else { return nil }
        let port = state.name.drop { $0 != "-" }.dropFirst()
        return state.finding(
            .portContested, .warning, at: now,
            cause:
                "Port \(port) of node \(state.node ?? 0) is wanted by several, and only the first has it\(state.reason)",
            cure:
                "Give all but one another port: db_configure has 'port' for a database, bucketfs_modify has 'http_port' and "
                + "'https_port' for a file service.")
    }

    /// The audit log is as it was written.
    static let auditIsWhole = FindingRule(.audit) { state, _, now in
        guard state.actual == "damaged" else { return nil }
        return state.finding(
            .auditDamaged, .critical, at: now,
            cause: "The audit log of node \(state.node ?? 0) is not what was written\(state.reason)",
            cure:
                "Put the records or the file back from a copy, and run 'confd audit verify' on that node. Where there is none, "
                + "find out who can write there; what a collector of audit.syslog received is still good.")
    }
}
