import Synchronization

/// Counts what is open of each kind: strangers have a small share, so that they cannot take that of members, and each address of
/// theirs has a smaller one that others cannot take.
final class PeerShare: Sendable {
    private struct Count {
        var all = 0
        var byScope: [String: Int] = [:]

        func hasRoom(_ most: Int, of scope: String, _ mostOfScope: Int) -> Bool {
            all < most && byScope[scope, default: 0] < mostOfScope
        }

        func holds(_ count: Int, of scope: String) -> Bool { byScope[scope, default: 0] >= count }

        mutating func enter(_ scope: String) {
            all += 1
            byScope[scope, default: 0] += 1
        }

        mutating func leave(_ scope: String) {
            guard let count = byScope[scope] else { return }
            all -= 1
            byScope[scope] = count > 1 ? count - 1 : nil
        }
    }

    private struct State {
        var connections = Count()
        var strangers = Count()
        var openQuestions = Count()
    }

    private let limits: PeerLimits
    private let state = Mutex(State())

    init(_ limits: PeerLimits) {
        self.limits = limits
    }

    /// Whether a connection may be opened; it is that of a stranger at first.
    func enter(_ scope: String) -> Bool {
        state.withLock { state in
            guard state.connections.hasRoom(limits.connections, of: scope, limits.perAddress),
                state.strangers.hasRoom(limits.strangers, of: scope, limits.strangersPerAddress)
                    || !state.strangers.holds(limits.strangersInAnyCase, of: scope)
            else { return false }
            state.connections.enter(scope)
            state.strangers.enter(scope)
            return true
        }
    }

    /// The connection is that of a member.
    func recognise(_ scope: String) { state.withLock { $0.strangers.leave(scope) } }

    /// The connection is closed.
    func leave(_ scope: String, wasRecognised: Bool) {
        state.withLock { state in
            state.connections.leave(scope)
            if !wasRecognised { state.strangers.leave(scope) }
        }
    }

    /// A turn for a question of a stranger, `nil` when there are too many under way. It is over when nobody holds it.
    func openTurn(_ scope: String) -> Turn? {
        let isFree = state.withLock { state in
            let open = state.openQuestions
            guard
                open.hasRoom(limits.openQuestions, of: scope, limits.openQuestionsPerAddress)
                    || (!open.holds(1, of: scope) && open.all < limits.openQuestionsInAll)
            else { return false }
            state.openQuestions.enter(scope)
            return true
        }
        return isFree ? Turn(of: scope, in: self) : nil
    }

    final class Turn: Sendable {
        private let scope: String
        private let share: PeerShare

        fileprivate init(of scope: String, in share: PeerShare) {
            (self.scope, self.share) = (scope, share)
        }

        deinit { share.state.withLock { $0.openQuestions.leave(scope) } }
    }
}
