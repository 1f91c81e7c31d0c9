import Synchronization

/// Accounts of the operating system that are looked up again after a minute: a lookup may ask the network.
package final class RememberedAccounts: SystemAccounts {
    private let accounts: any SystemAccounts
    private let time: any TimeSource
    private let known = Mutex(BoundedMap<String, (account: SystemAccount?, until: Duration)>(capacity: 1000))

    private static let age = Duration.seconds(60)

    /// Asks these accounts, and remembers what they say.
    package init(_ accounts: any SystemAccounts, time: any TimeSource) {
        self.accounts = accounts
        self.time = time
    }

    package func account(of user: String) async throws(AccessError) -> SystemAccount? {
        let now = time.monotonic
        if let found = known.withLock({ $0.value(for: user) }), found.until > now { return found.account }
        let account = try await accounts.account(of: user)
        // One that is opened again is open at once.
        if account?.isLocked == true || account?.hasExpired == true { return account }
        known.withLock { $0.set((account, now + Self.age), for: user) }
        return account
    }

    package func name(of userID: Int) async throws(AccessError) -> String? {
        try await accounts.name(of: userID)
    }
}
