/// What users have added to the history within their hours.
package struct HistoryShares: Sendable, Hashable {
    /// Users who have added as much as may be, whose looks leave no record for now.
    package let spent: Int
    /// Bytes of the one who has added most.
    package let largest: Int

    /// Shares of users whose hour is not over.
    package init(spent: Int, largest: Int) {
        self.spent = spent
        self.largest = largest
    }
}

/// How much each user has added to the history; pure, monotonic time is handed in.
///
/// A user's hour begins with the first job that is counted.
struct HistoryBudget: Sendable {
    private struct Account {
        var bytes = 0
        let until: Duration
    }

    /// What a user may add in an hour.
    static let bytes = 1 << 30
    private static let span = Duration.seconds(3600)

    private var accounts: [String: Account] = [:]

    /// Whether the user has added as much as may be.
    func isSpent(by user: String, at now: Duration) -> Bool {
        guard let account = accounts[user], now < account.until else { return false }
        return account.bytes >= Self.bytes
    }

    /// What is counted now, of all users.
    func shares(at now: Duration) -> HistoryShares {
        let shares = accounts.values.filter { now < $0.until }.map(\.bytes)
        return HistoryShares(spent: shares.count { $0 >= Self.bytes }, largest: shares.max() ?? 0)
    }

    /// Counts what was kept for a user.
    mutating func add(_ bytes: Int, for user: String, at now: Duration) {
        if accounts[user].map({ now < $0.until }) != true {
            // Users come and go; whose hour is over needs no account.
            accounts = accounts.filter { now < $0.value.until }
            accounts[user] = Account(until: now + Self.span)
        }
        accounts[user]?.bytes += bytes
    }
}
