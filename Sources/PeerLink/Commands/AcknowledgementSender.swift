import Access
import JobEngine
import Synchronization
import Values
import Waiting

/// Tells who decides which revision this node has, until it knows.
final class AcknowledgementSender: Sendable {
    private let caller: any PeerCaller
    private let cluster: any Cluster
    private let board: AcknowledgementBoard
    private let time: any TimeSource
    private let newest = Mutex<NodeAcknowledgement?>(nil)
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// Who decides is told again after so long: a daemon that was restarted has forgotten it, and may decide again before
    /// anybody sees that it did not.
    static let interval = Duration.seconds(10)
    static let pause = Duration.milliseconds(500)
    private static let callLimit = Duration.seconds(5)

    init(caller: any PeerCaller, cluster: any Cluster, board: AcknowledgementBoard, time: any TimeSource) {
        (self.caller, self.cluster, self.board, self.time) = (caller, cluster, board, time)
        (news, tell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes that this node has a revision.
    func acknowledge(_ acknowledgement: NodeAcknowledgement) {
        // A lower one counts as well: the state of this node became another one.
        newest.withLock { $0 = acknowledgement }
        tell.yield()
    }

    /// Tells it until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask {
                var master: ClusterStatus.Master?
                for await status in self.cluster.changes() where status.master != master {
                    master = status.master
                    self.tell.yield()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    await self.time.sleep(until: self.time.monotonic + Self.interval)
                    self.tell.yield()
                }
            }
            for await _ in news { await tellMaster() }
            group.cancelAll()
        }
    }

    /// Tells who decides now what is the newest now, until somebody knows it or nobody decides.
    private func tellMaster() async {
        while !Task.isCancelled, let told = newest.withLock({ $0 }) {
            let status = cluster.status
            guard let master = status.master else { return }
            if master.node == status.ownNode { return board.insert(told) }
            if let member = status.members[master.node], await isKnown(told, to: member, of: master.node) { return }
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    private func isKnown(
        _ told: NodeAcknowledgement, to member: ClusterStatus.Member, of node: Int
    ) async -> Bool {
        let peer = PeerAddress(node: node, address: member.address, port: member.peerPort)
        let body: Value = ["revision": .int(told.revision), "at": .int(told.at.milliseconds)]
        do throws(PeerFault) {
            _ = try await caller.ask("ack", body, of: peer, within: Self.callLimit)
            return true
        } catch {
            return false
        }
    }
}
