import JobEngine
import Synchronization
import Values

/// A cluster that is as the test says; this node is 11.
final class ScriptedCluster: Cluster {
    private struct State {
        var status: ClusterStatus
        var readers: [Int: AsyncStream<ClusterStatus>.Continuation] = [:]
        var latest = 0
    }

    static let booted = Timestamp(milliseconds: 1_594_131_247_000)
    private let state: Mutex<State>

    /// - Parameter members: Nodes that take part, all of them there; nobody decides.
    init(_ members: [Int] = [11, 12, 13]) {
        var status = ClusterStatus(
            ownNode: 11, master: nil, booted: Dictionary(uniqueKeysWithValues: members.map { ($0, Self.booted) }))
        for node in members { status.members[node] = Self.member(node) }
        state = Mutex(State(status: status))
    }

    static func member(_ node: Int, life: Int = 1) -> ClusterStatus.Member {
        var member = ClusterStatus.Member(
            id: "m\(node)-\(life)", address: "10.10.10.\(node)", port: 20_003, peerPort: 20_381)
        member.isPresent = true
        return member
    }

    var status: ClusterStatus { state.withLock { $0.status } }

    func changes() -> AsyncStream<ClusterStatus> {
        let (stream, reader) = AsyncStream<ClusterStatus>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state.latest += 1
            state.readers[state.latest] = reader
            reader.yield(state.status)
        }
        return stream
    }

    func change(_ change: (inout ClusterStatus) -> Void) {
        state.withLock { state in
            change(&state.status)
            for reader in state.readers.values { reader.yield(state.status) }
        }
    }

    /// Says who decides.
    func setMaster(_ node: Int?) {
        change { $0.master = node.map { .init(node: $0, name: "n\($0)", address: "10.10.10.\($0)") } }
    }
}
