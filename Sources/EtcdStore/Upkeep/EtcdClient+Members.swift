package import ClusterLog
import Values

// Who belongs to etcd. Changes need a majority, and are refused for some seconds after one another.
extension EtcdClient {
    /// A change of members is agreed on and written by all of them first.
    private static let patience = Duration.seconds(5)

    /// All members, as the member that is asked knows them.
    package func members() async throws(EtcdError) -> [EtcdMember] {
        do throws(EtcdFault) {
            return try await call("/v3/cluster/member/list", [:], reading: EtcdMember.list)
        } catch {
            throw error.meaning
        }
    }

    /// Takes in a member that has no vote yet and is not started yet.
    ///
    /// - Parameter peers: Where other members will reach it.
    package func addLearner(_ peers: [String]) async throws(EtcdError) -> EtcdMember {
        let body: Value = ["peerURLs": .strings(peers), "isLearner": true]
        do throws(EtcdFault) {
            return try await call("/v3/cluster/member/add", body, patience: Self.patience) {
                (answer) throws(EtcdFault) in
                guard let member = answer["member"] else { throw .unreadable("member") }
                return try EtcdMember(member)
            }
        } catch {
            throw error.meaning
        }
    }

    /// Gives a member its vote. It is refused until that one has come far enough.
    package func promote(_ member: EtcdMemberID) async throws(EtcdError) {
        try await order("/v3/cluster/member/promote", ["ID": member.value], patience: Self.patience)
    }

    /// Removes a member for good; one that is no member is well.
    package func remove(_ member: EtcdMemberID) async throws(EtcdError) {
        do throws(EtcdFault) {
            try await call("/v3/cluster/member/remove", ["ID": member.value], patience: Self.patience) { _ in }
        } catch {
            if case .refused(let refusal) = error, refusal.isNotFound { return }
            throw error.meaning
        }
    }
}
