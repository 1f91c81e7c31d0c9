import Certificates
import EtcdStore
import JobEngine
import PeerLink
import Values

/// What a witness can say of itself: whether its daemon runs, and by etcd whether it has its vote.
struct WitnessReport {
    private let root: WitnessRoot

    init(_ root: WitnessRoot) { self.root = root }

    /// The same in a sentence and in members.
    func value() async -> Value {
        let runs = ((try? InstallationLock.holder(of: root.installation)) ?? nil) != nil
        let voters = await voters()
        let vote = voters.map { $0.contains(root.file.node) }
        var value: [String: Value] = [
            "role": .string(ClusterStatus.Witness.name), "cluster": .string(root.file.cluster), "running": .bool(runs),
            "address": .string(root.file.address),
            "sentence": .string(Self.sentence(runs: runs, vote: vote, voters: voters)),
        ]
        value["vote"] = vote.map(Value.bool)
        value["votes"] = voters.map { .int($0.count) }
        return .map(value)
    }

    private static func sentence(runs: Bool, vote: Bool?, voters: Set<Int>?) -> String {
        let own = "the \(ClusterStatus.Witness.name) \(runs ? "runs" : "does not run: start its daemon")"
        guard let voters, let vote else { return "\(own); too few members with a vote answer, or none is known" }
        let count = "\(voters.count) vote\(voters.count == 1 ? "" : "s")"
        return "\(own); \(count), \(vote ? "one is its own" : "it has none: there has to be a second node first")"
    }

    /// Who has a vote, as more than half of etcd say; `nil` when nobody does.
    private func voters() async -> Set<Int>? {
        guard let link = try? MemberLink(root.file, of: root.installation, logger: root.settings.makeLogger()) else {
            return nil
        }
        var found: Set<Int>?
        if let credentials = try? link.etcdCredentials() {
            let file = root.file
            let own = file.isVoter ? [link.etcdPlan.clients] : []
            let places = own + file.others.map { EtcdEndpoint(host: $0.address, port: file.ports.etcdClients) }
            let client = EtcdClient(places, credentials: credentials)
            for _ in places where found == nil {
                guard let members = try? await client.members() else { continue }
                found = Set(members.filter { !$0.isLearner }.compactMap { EtcdVoters.node($0.name) })
            }
            await client.close()
        }
        await link.caller.close()
        return found
    }
}
