package import JobEngine
package import Replication
package import Values

/// How a node stops being a member.
package enum Departure {
    /// What the log is told, at once, of a node that is still in the configuration: what removes it from there says the same in
    /// the entry of its revision.
    ///
    /// - Parameter job: What removed it; `nil` for one that left by itself.
    package static func records(of node: Int, at now: Timestamp, by job: JobID?) -> [ReplicatedRecord] {
        ReplicatedRecord.departure(of: node, at: now, by: job)
    }

    /// Why a node cannot go; `nil` when it can.
    ///
    /// - Parameters:
    ///   - members: All there are, the node among them.
    ///   - volumes: Volumes that lie on it and nowhere else, by name.
    ///   - databases: Databases that run on it or have their data there.
    package static func refusal(
        of node: Int, among members: [Votes.Member], volumes: [String], databases: [String]
    ) -> JobError? {
        guard let own = members.first(where: { $0.node == node }) else {
            return JobError(.objectMissing, "\(Self.capitalised(node)) is no member of the cluster.")
        }
        let voters = members.filter(\.isVoter).count
        if own.isVoter, voters == 1, members.count > 1 {
            return JobError(
                .unsupported,
                "\(Self.capitalised(node)) has the last vote: nothing could be changed without it. Have a third node join, with "
                    + "which others get votes, or remove the other nodes first.")
        }
        let things = [("volumes", volumes), ("databases", databases)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.sorted().joined(separator: ", "))" }
        guard !things.isEmpty else { return nil }
        return JobError(
            .objectBusy,
            "Node \(node) has \(things.joined(separator: " and ")), which live there and nowhere else: move or remove them "
                + "first.")
    }

    /// What a node is told that was removed and comes again; `nil` for one that never was a member, or is one.
    package static func notice(
        for node: Int, certificates: [ReplicatedCertificate], members: [ReplicatedMember]
    ) -> String? {
        guard !members.contains(where: { $0.node == node }) else { return nil }
        let last = certificates.filter { $0.node == node }.max { $0.issuedAt < $1.issuedAt }
        guard let last, let time = last.revokedAt else { return nil }
        let who = last.revokedBy.map { " by job \($0)" } ?? ""
        let name = ClusterStatus.words(of: node)
        return "\(name) was removed on \(JoinRefusal.minute(time))\(who); to bring it back: invite and join"
    }

    /// As ``ClusterStatus/words(of:)``, where a sentence begins.
    static func capitalised(_ node: Int) -> String {
        let words = ClusterStatus.words(of: node)
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
