/// What an etcd is started with, by its version.
package struct EtcdCommandLine: Sendable, Hashable {
    /// What follows the program's name; nothing of it is secret.
    package let arguments: [String]

    /// - Parameters:
    ///   - version: What the program said of itself.
    ///   - data: Its data folder, absolute.
    ///   - tls: The folder with its certificate files.
    package init(_ plan: EtcdMemberPlan, version: EtcdVersion, data: String, tls: String) {
        let (clients, peers) = ("https://\(plan.clients)", "https://\(plan.peers)")
        var members = plan.others.mapValues { "https://\($0)" }
        members[plan.identity.name] = peers
        let cluster = members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let (node, authority) = ("\(tls)/\(EtcdTLS.nodeFile)", "\(tls)/\(EtcdTLS.authorityFile)")
        let list = "\(tls)/\(EtcdTLS.revocationsFile)"
        arguments =
            [
                Self.name(plan.identity), Self.data(data),
                "--listen-client-urls=\(clients)", "--advertise-client-urls=\(clients)",
                "--listen-peer-urls=https://\(plan.listening)", "--initial-advertise-peer-urls=\(peers)",
                "--initial-cluster=\(cluster)", "--initial-cluster-state=\(plan.joins ? "existing" : "new")",
                "--initial-cluster-token=\(plan.identity.token)",
                "--cert-file=\(node)", "--key-file=\(node)", "--trusted-ca-file=\(authority)",
                "--client-cert-auth", "--client-crl-file=\(list)",
                "--peer-cert-file=\(node)", "--peer-key-file=\(node)", "--peer-trusted-ca-file=\(authority)",
                "--peer-client-cert-auth", "--peer-crl-file=\(list)",
                "--pre-vote", "--quota-backend-bytes=2147483648", "--auto-compaction-mode=periodic",
                "--auto-compaction-retention=1h", "--logger=zap", "--log-outputs=stderr",
            ] + Self.byVersion(version)
    }

    /// The argument that names a member; with ``data(_:)`` it says whose process one is.
    static func name(_ identity: EtcdIdentity) -> String { "--name=\(identity.name)" }

    /// The argument with the data folder.
    static func data(_ folder: String) -> String { "--data-dir=\(folder)" }

    /// What other versions call otherwise, or have no more.
    private static func byVersion(_ version: EtcdVersion) -> [String] {
        // A watch that is silent for 6 s is taken for dead.
        let experimental = version.minor < 6 ? "experimental-" : ""
        let progress = "--\(experimental)watch-progress-notify-interval=2s"
        // So many entries, and as many again, are kept in memory.
        return version.minor < 7 ? [progress, "--snapshot-count=5000"] : [progress]
    }
}
