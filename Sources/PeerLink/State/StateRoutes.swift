package import Access
import Posix
package import Replication
import Values

/// What other members are given of the state of this one. It lies in a file before the first byte goes out: no reading of
/// the store waits for the network.
package struct StateRoutes: Sendable {
    private let source: any StateSource
    private let spool: StateSpool
    private let time: any TimeSource
    private let doubt: @Sendable () -> String?

    /// Routes over the store of this node.
    ///
    /// - Parameter doubt: Why what this node has may not be what the cluster has; `nil` when it is known to be. Nothing is given
    ///   of it meanwhile: a state that was never the cluster's would be handed on from node to node.
    package init(
        _ source: any StateSource, spool: StateSpool, time: any TimeSource,
        doubt: @escaping @Sendable () -> String? = { nil }
    ) {
        (self.source, self.spool, self.time, self.doubt) = (source, spool, time, doubt)
    }

    /// `state`, `changes` and `history`, each for members only.
    package var all: [PeerRoute] {
        StateRequest.routes.map { name in
            PeerRoute(name, questionLimit: 4096) { (question) throws(PeerFault) in
                try await answer(name, question)
            }
        }
    }

    private func answer(_ name: String, _ question: PeerQuestion) async throws(PeerFault) -> PeerAnswer {
        let request: StateRequest
        do throws(ReplicatedBatchError) { request = try StateRequest(question.body) } catch {
            throw PeerFault(.malformed, "\(error)")
        }
        guard request.route == name else { throw PeerFault(.malformed, "this is no question for '\(name)'") }
        if let doubt = doubt() { throw PeerFault(.refused, "this node gives nothing of its state: \(doubt)") }
        do throws(StateFault) {
            let pieces = PieceFile(try spool.file())
            try await source.write(request, at: Timestamp(milliseconds: Int(time.now))) {
                (piece) throws(StateFault) in try pieces.take(piece)
            }
            return .file(pieces.file)
        } catch {
            throw PeerFault(.refused, "\(error)")
        }
    }
}

extension StateRequest {
    static let routes = ["state", "changes", "history"]

    /// The route it is asked by.
    var route: String {
        switch self {
        case .state: "state"
        case .changes: "changes"
        case .history: "history"
        }
    }
}
