import PeerLink

/// What a recovery says it has done.
enum RecoveryTexts {
    static func done(
        _ outlook: ClusterRecovery.Outlook, behind entry: Int, _ suspended: [Int], aside: String?, hasAuthority: Bool
    ) -> [String] {
        let (plan, node) = (outlook.plan, outlook.plan.own.node)
        var texts = [
            "generation \(plan.generation) of \(outlook.name) begins on node \(node), behind entry \(entry)"
        ]
        if let aside {
            texts.append("the former etcd of this node is in \(aside); remove it when nobody misses anything")
        }
        if !suspended.isEmpty {
            let nodes = suspended.map(String.init).joined(separator: ", ")
            texts.append(
                "suspended, as they did not answer: \(nodes). One that comes back follows by itself; the job node_resume has it "
                    + "waited for again, and 'confd cluster remove' takes out what is lost")
        }
        let count = plan.others.count + plan.silent.count + 1
        texts.append(Votes.sentence(nodes: count, voters: [node], standby: nil))
        if count > 2 { texts.append("Nodes that are there get their votes within a minute.") }
        if !hasAuthority {
            texts.append(
                "The key of the cluster's authority was on nodes with a vote, and none is here: nobody can be invited until such "
                    + "a node is back. When they are lost: remove them, have this node leave (confd cluster leave), start it "
                    + "again, and invite others anew.")
        }
        return texts
    }
}
