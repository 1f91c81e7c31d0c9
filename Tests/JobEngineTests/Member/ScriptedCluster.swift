import JobEngine
import Synchronization
import Values

/// A cluster that is as the test says.
final class ScriptedCluster: Cluster {
    private struct State {
        var status: ClusterStatus
        var readers: [Int: AsyncStream<ClusterStatus>.Continuation] = [:]
        var latest = 0
        var handOvers: [Int] = []
        var refusal: JobError?
    }

    static let booted = Timestamp(milliseconds: 1_594_131_247_000)
    private let state: Mutex<State>

    /// - Parameters:
    ///   - members: Nodes that take part, all of them there; nobody decides.
    ///   - node: This one.
    init(_ members: [Int] = [11, 12, 13], as node: Int = 11) {
        var status = ClusterStatus(
            ownNode: node, master: nil, booted: Dictionary(uniqueKeysWithValues: members.map { ($0, Self.booted) }))
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

    /// The nodes this one wanted to hand over to, in order. What comes of it is up to the test.
    var handOvers: [Int] { state.withLock { $0.handOvers } }

    /// Has handing over refused, `nil` to allow it.
    func refuseHandOver(_ refusal: JobError?) { state.withLock { $0.refusal = refusal } }

    func handOver(to node: Int) async throws(JobError) {
        let refusal = state.withLock { state in
            state.handOvers.append(node)
            return state.refusal
        }
        if let refusal { throw refusal }
    }

    /// Says who decides.
    func setMaster(_ node: Int?) {
        change { $0.master = node.map { .init(node: $0, name: "n\($0)", address: "10.10.10.\($0)") } }
    }
}
