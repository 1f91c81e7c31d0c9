import Access
import Certificates
import EtcdStore
import JobEngine
import PeerLink
import Replication

/// Where nodes have no votes, as the log is in an external etcd: gives each node the authority of the cluster, as any of them may
/// decide next, and has to let others in then. Voters of an etcd of the nodes' own are given it with their vote.
struct AuthoritySharing {
    private static let pace = Duration.seconds(1)
    private static let patience = Duration.seconds(10)

    private let link: NodeLink
    private let log: NodeLog
    private let time = SystemTimeSource()

    init(_ link: NodeLink, _ log: NodeLog) { (self.link, self.log) = (link, log) }

    /// Tells every member once, while this node decides, until the task is cancelled.
    func run() async {
        // By the ids of lives: one that joins again has none.
        var told: Set<String> = []
        while !Task.isCancelled {
            let status = log.cluster.status
            if status.isMaster, let authority = try? ClusterAuthorityFiles(root: link.root).read() {
                let (file, members) = (link.file, status.members)
                for (node, member) in members where node != file.node && member.isPresent && !told.contains(member.id) {
                    let order = VoteOrder(
                        cluster: file.cluster, generation: file.generation, life: 1, member: nil, others: [:],
                        authority: authority.certificate.pem, authorityKey: authority.keyPEM)
                    let place = PeerAddress(node: node, address: member.address, port: member.peerPort)
                    let answer = try? await link.caller.ask(
                        JoinSteps.voteRoute, order.value, of: place, within: Self.patience)
                    if answer != nil { told.insert(member.id) }
                }
                told.formIntersection(members.values.map(\.id))
            }
            await time.sleep(until: time.monotonic + Self.pace)
        }
    }
}
