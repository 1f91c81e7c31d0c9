import Values

/// Whose password is checked next when more are to be checked than may be at once; pure, monotonic time is handed in.
///
/// A check is slow and strangers can ask for any number of them. The lowest rank goes first, however many wait, and finds a
/// place: whoever was right before (rank 0) may have all of them, an address without a failure (rank 1) all but one, and
/// all others together half. One address has half at most. When the line is full, the highest rank leaves it; for ranks 0
/// and 1 it is longer. Of equals the latest goes first and the earliest leaves: with more than can be done, some are answered
/// at once instead of all too late.
struct PasswordCheckQueue {
    /// Who is to be told something.
    struct Change: Hashable {
        /// They have a place now.
        var begun: [UInt64] = []
        /// They waited too long, or others go before them.
        var dismissed: [UInt64] = []
    }

    private struct Waiter {
        let number: UInt64
        let scope: String
        let rank: Int
        let until: Duration
    }

    private let policy: LoginPolicy
    private var line: [Waiter] = []
    private var underWay: [UInt64: Waiter] = [:]
    private var last: UInt64 = 0

    /// Nobody waits at first.
    init(_ policy: LoginPolicy) {
        self.policy = policy
    }

    /// Takes in a check of an address.
    ///
    /// - Returns: Its number, and who is told something now; it may be among them.
    mutating func enter(address: String, rank: Int, at now: Duration) -> (number: UInt64, change: Change) {
        last &+= 1
        let waiter = Waiter(
            number: last, scope: RemoteAddress(address).scope, rank: rank, until: now + policy.checkPatience)
        line.insert(waiter, at: line.firstIndex { $0.rank >= rank } ?? line.endIndex)
        return (last, goOn(at: now))
    }

    /// Gives the place of a check to whoever is next.
    mutating func leave(_ number: UInt64, at now: Duration) -> Change {
        underWay[number] = nil
        return goOn(at: now)
    }

    private mutating func goOn(at now: Duration) -> Change {
        var change = Change()
        change.dismissed = line.filter { $0.until <= now }.map(\.number)
        line.removeAll { $0.until <= now }
        while underWay.count < policy.checksAtOnce, let next = line.firstIndex(where: hasShare) {
            let waiter = line.remove(at: next)
            underWay[waiter.number] = waiter
            change.begun.append(waiter.number)
        }
        while let last = line.last, line.count > (last.rank > 1 ? policy.checksInLine : policy.longestLine) {
            change.dismissed.append(line.removeLast().number)
        }
        return change
    }

    private func hasShare(_ waiter: Waiter) -> Bool {
        let half = max(1, policy.checksAtOnce / 2)
        guard underWay.values.count(where: { $0.scope == waiter.scope }) < half else { return false }
        switch waiter.rank {
        case 0: return true
        case 1: return underWay.values.count { $0.rank > 0 } < max(1, policy.checksAtOnce - 1)
        default: return underWay.values.count { $0.rank > 1 } < half
        }
    }
}
