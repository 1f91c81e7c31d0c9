/// Whose password is checked next when more are to be checked than may be at once; pure, monotonic time is handed in.
///
/// A check is slow and strangers can ask for any number of them. The lowest rank goes first, however many wait; checks of
/// one address have half of the places at most, so that some are left when they hang; and when the line is full, the
/// highest rank leaves it. Of equals the latest goes first and the earliest leaves: with more than can be done, some are
/// answered at once instead of all too late.
struct CheckLine {
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
    private var underWay: [UInt64: String] = [:]
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
            underWay[waiter.number] = waiter.scope
            change.begun.append(waiter.number)
        }
        while line.count > policy.checksInLine { change.dismissed.append(line.removeLast().number) }
        return change
    }

    private func hasShare(_ waiter: Waiter) -> Bool {
        underWay.values.count { $0 == waiter.scope } < max(1, policy.checksAtOnce / 2)
    }
}
