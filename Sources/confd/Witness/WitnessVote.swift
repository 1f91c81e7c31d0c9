import EtcdStore
import PeerLink
import Replication
import Values
import Waiting

/// The vote of a witness: its etcd starts and ends as whoever decides says, by what etcd has about that.
final class WitnessVote: Sendable {
    private let link: MemberLink
    private let etcd: NodeEtcd
    /// One etcd is put aside before another one begins.
    private let turns = Turns()

    init(_ link: MemberLink, _ etcd: NodeEtcd) { (self.link, self.etcd) = (link, etcd) }

    /// The route by which a master gives it its vote, and by an empty question takes it back.
    func route(_ terms: WitnessTerms) -> PeerRoute {
        PeerRoute(JoinSteps.voteRoute, wantsTerm: true, questionLimit: 256 << 10) { question throws(PeerFault) in
            guard let node = question.node, let term = question.term,
                await terms.word(on: term, of: node) == .holds
            else { throw PeerFault(.lowerTerm, "Nothing says that this node decides.") }
            if question.body.map?.isEmpty == true {
                try await self.follow(nil)
            } else if let order = VoteOrder(question.body) {
                try await self.follow(order)
            } else {
                throw PeerFault(.malformed, "The order to have a vote cannot be read: another version?")
            }
            terms.follow()
            return .value([:])
        }
    }

    /// - Throws: `refused`; the text says why.
    private func follow(_ order: VoteOrder?) async throws(PeerFault) {
        await turns.begin()
        defer { turns.end() }
        guard let order else { return try etcd.endVote() }
        guard order.cluster == link.file.cluster, order.generation >= link.file.generation else {
            throw PeerFault(.refused, "The order is for another cluster than this one, or for a former etcd of it.")
        }
        try await leaveFormer(order.generation)
        try await etcd.vote(by: order)
    }

    /// The log goes on in another etcd: that of before ends, and its vote counts for nothing any more. Nothing is done where it is
    /// that of this one already.
    ///
    /// - Throws: `refused`; the text says why.
    func enter(_ generation: Int) async throws(PeerFault) {
        await turns.begin()
        defer { turns.end() }
        try await leaveFormer(generation)
    }

    /// Puts away what was left by a process that was killed when it had written down that it has no vote.
    ///
    /// - Throws: `refused`.
    func settle() async throws(PeerFault) {
        await turns.begin()
        defer { turns.end() }
        if !link.file.isVoter { try await putAside(before: link.file.generation) }
    }

    private func leaveFormer(_ generation: Int) async throws(PeerFault) {
        guard generation > link.file.generation else { return }
        try link.keep { ($0.generation, $0.isVoter) = (generation, false) }
        etcd.stop()
        try await putAside(before: generation)
    }

    private func putAside(before generation: Int) async throws(PeerFault) {
        do throws(EtcdRefusal) {
            try await EtcdFolder(root: link.root).putAside(before: generation, into: link.asidePath)
        } catch {
            throw PeerFault(.refused, "The former etcd cannot be put aside: \(error)")
        }
    }
}
