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

    /// Routes over the store of this node.
    package init(_ source: any StateSource, spool: StateSpool, time: any TimeSource) {
        (self.source, self.spool, self.time) = (source, spool, time)
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
