import Posix
import Replication

/// Asks members for states, each into a file of its own.
package struct StateAsking: Sendable {
    private let caller: any PeerCaller
    private let spool: StateSpool
    private let members: @Sendable () async -> [PeerAddress]

    /// What is read from others at most, in bytes.
    private static let largest = 64 << 30
    /// A page holds a few MiB, and what goes beyond that is one job or revision.
    private static let largestPage = 256 << 20

    /// - Parameter members: Those that are ready, whoever is to be asked first before others, and never this node.
    package init(
        _ caller: any PeerCaller, spool: StateSpool, members: @escaping @Sendable () async -> [PeerAddress]
    ) {
        (self.caller, self.spool, self.members) = (caller, spool, members)
    }

    /// Asks one member after the other until what one of them sent was taken.
    ///
    /// - Parameter take: Gets what a member sent.
    /// - Returns: What `take` made of it, or for each member that was asked why nothing came of it.
    func first<Success: Sendable>(
        _ request: StateRequest,
        _ take: (StateContent) async throws(StateFault) -> Success
    ) async -> Asked<Success> {
        var refusals: [Refusal] = []
        for member in await members() {
            if Task.isCancelled { break }
            do throws(StateFault) {
                return .taken(try await take(try await ask(request, of: member)), from: member)
            } catch {
                refusals.append(Refusal(member: member, fault: error))
                // Nobody else's would be taken either.
                if case .store = error { break }
            }
        }
        return .refused(refusals)
    }

    private func ask(_ request: StateRequest, of member: PeerAddress) async throws(StateFault) -> StateContent {
        let file = try spool.file()
        let limit = if case .history = request { Self.largestPage } else { Self.largest }
        do throws(PeerFault) {
            try await caller.fetch(request.route, request.value, of: member, into: file, limit: limit)
        } catch {
            throw .refused("\(error)")
        }
        return StateSpool.content(file)
    }
}

/// What came of asking.
enum Asked<Success: Sendable>: Sendable {
    case taken(Success, from: PeerAddress)
    case refused([Refusal])
}

/// Why nothing came of asking a member.
struct Refusal: Sendable {
    let member: PeerAddress
    let fault: StateFault

    var text: String { "node \(member.node): \(fault)" }
}
