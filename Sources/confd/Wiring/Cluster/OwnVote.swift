import Certificates
import EtcdStore
import PeerLink

/// The vote of this node: its etcd starts and ends as whoever decides says, which may be this node itself.
struct OwnVote {
    private let link: NodeLink
    private let etcd: NodeEtcd

    init(_ log: NodeLog) { (link, etcd) = (log.link, log.ownEtcd) }

    /// Starts the etcd of this node and returns when it answers, or ends it for good.
    ///
    /// - Throws: `refused`; the text says why.
    func follow(_ order: VoteOrder?) async throws(PeerFault) {
        guard let order else { return try etcd.endVote() }
        guard order.cluster == link.file.cluster, order.generation == link.file.generation else {
            throw PeerFault(.refused, "The order is for another cluster than this node's.")
        }
        guard let certificate = order.authority, let key = order.authorityKey else {
            throw PeerFault(.malformed, "The order has no authority of the cluster, which a node with a vote keeps.")
        }
        do {
            let authority = try ClusterAuthority(certificate: Array(certificate.utf8), key: Array(key.utf8))
            try ClusterAuthorityFiles(root: link.root).write(authority)
        } catch {
            throw PeerFault(.refused, "The authority of the cluster cannot be kept: \(error)")
        }
        if link.file.isEtcdExternal { return }
        try await etcd.vote(by: order)
    }
}
