package import Access
package import Certificates
import Synchronization

/// What a witness was told of the cluster, by whichever nodes ask it.
package final class WitnessBoard: Sendable {
    private struct State {
        var told: WitnessQuestion?
        var askedAt: Duration?
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    /// Nobody has asked yet.
    package init(time: any TimeSource) { self.time = time }

    /// Takes what a node tells.
    ///
    /// - Returns: Whether anything of it is news: who the nodes are, or what was taken back.
    package func take(_ question: WitnessQuestion) -> Bool {
        let now = time.monotonic
        return state.withLock { state in
            state.askedAt = now
            guard question.isNewer(than: state.told) else { return false }
            let isNews = question.members != state.told?.members || question.revoked != state.told?.revoked
            state.told = question
            return isNews
        }
    }

    /// The nodes, as the one that was further than all others told; `nil` before any has asked.
    package var members: [PeerAddress]? { state.withLock { $0.told?.members } }

    /// Which etcd of the cluster the node follows that was further than all others; `nil` before any has asked.
    package var generation: Int? { state.withLock { $0.told?.generation } }

    /// What the authority of the cluster took back.
    package var revoked: [RevokedCertificate] { state.withLock { $0.told?.revoked ?? [] } }

    /// How long nobody has asked; `nil` before anybody has.
    package var silence: Duration? {
        let now = time.monotonic
        return state.withLock { $0.askedAt.map { now - $0 } }
    }
}
