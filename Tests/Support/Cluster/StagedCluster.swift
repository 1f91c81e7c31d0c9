package import JobEngine
import Synchronization

/// A cluster that is as a test says, from one moment to the next.
package final class StagedCluster: Cluster {
    private let state: Mutex<State>

    private struct State {
        var status: ClusterStatus
        var readers: [AsyncStream<ClusterStatus>.Continuation] = []
    }

    /// It begins like this.
    package init(_ status: ClusterStatus) {
        state = Mutex(State(status: status))
    }

    package var status: ClusterStatus { state.withLock { $0.status } }

    package func changes() -> AsyncStream<ClusterStatus> {
        let (states, tell) = AsyncStream<ClusterStatus>.makeStream()
        state.withLock { state in
            state.readers.append(tell)
            tell.yield(state.status)
        }
        return states
    }

    /// How many read the changes.
    package var readers: Int { state.withLock { $0.readers.count } }

    /// Changes what it is, and tells so.
    package func change(_ change: (inout ClusterStatus) -> Void) {
        state.withLock { state in
            change(&state.status)
            for reader in state.readers { reader.yield(state.status) }
        }
    }

    /// Nothing more is told.
    package func finish() {
        state.withLock { state in
            for reader in state.readers { reader.finish() }
        }
    }
}

extension ClusterStatus {
    /// Nodes from 11 on, all of them there and ready, as one of them sees it; node 11 decides and serves at port 20011.
    package static func cluster(of count: Int, voters: Int? = nil, seenBy node: Int = 12) -> ClusterStatus {
        var status = ClusterStatus(
            ownNode: node, master: .init(node: 11, name: "n11", address: "10.0.0.11", port: 20_011), booted: [:])
        for id in 11..<11 + count {
            var member = Member(id: "m\(id)", address: "10.0.0.\(id)", port: 20_000 + id, peerPort: 21_000 + id)
            member.isVoter = id < 11 + (voters ?? count)
            (member.isPresent, member.isReady, member.version, member.applied) = (true, true, "0.3", 100)
            status.members[id] = member
        }
        status.age = .milliseconds(200)
        return status
    }

    /// The same with nodes away.
    package func without(_ nodes: Int...) -> ClusterStatus {
        var status = self
        for node in nodes {
            status.members[node]?.isPresent = false
            status.members[node]?.isReady = false
            status.members[node]?.version = ""
        }
        return status
    }
}
