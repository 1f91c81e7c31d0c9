import EtcdStore
import PeerLink

/// The vote of a machine, a node or a witness: what its file says of it, and whether its etcd runs, are one thing.
extension NodeEtcd {
    /// Has it begin as an order says, and returns when it answers.
    ///
    /// - Throws: `refused`; the text says why.
    func vote(by order: VoteOrder) async throws(PeerFault) {
        try link.keep {
            $0.isVoter = true
            $0.life = order.life
        }
        var plan = link.etcdPlan
        plan.joins = true
        plan.member = order.member.map { EtcdMemberID($0) }
        plan.others = order.others.mapValues { EtcdEndpoint(host: $0.address, port: $0.port) }
        try await start(plan)
        try await answers(plan)
    }

    /// Ends it for good.
    ///
    /// - Throws: `refused`; the text says why.
    func endVote() throws(PeerFault) {
        stop()
        try link.keep { $0.isVoter = false }
    }
}

extension MemberLink {
    /// Changes the file, for somebody who asked for it.
    ///
    /// - Throws: `refused`; the text says why.
    func keep(_ change: (inout MemberFile) -> Void) throws(PeerFault) {
        do throws(MemberFileFault) {
            try self.change(change)
        } catch {
            throw PeerFault(.refused, error.description)
        }
    }
}
