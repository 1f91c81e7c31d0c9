import Values

/// Logins that wait for the caller's answers, by the name that was given out for each; pure, time is handed in.
struct PendingLogins: Sendable {
    struct Entry: Sendable {
        let attempt: LoginService.Attempt
        let conversation: any LoginConversation
        /// How many answers are wanted.
        let prompts: Int
        /// How often the login has asked, this time included.
        let rounds: Int
        let until: Duration
    }

    private var entries: [String: Entry] = [:]

    var count: Int { entries.count }

    /// Number of logins of an address that wait.
    func count(of address: String) -> Int {
        let scope = RemoteAddress(address).scope
        return entries.values.count { RemoteAddress($0.attempt.address).scope == scope }
    }

    mutating func keep(_ entry: Entry, as id: String) {
        entries[id] = entry
    }

    /// The login with this name; it is answered from where it was begun, or not at all.
    func entry(_ id: String, from address: String, at now: Duration) -> Entry? {
        guard let entry = entries[id], entry.attempt.address == address, now < entry.until else { return nil }
        return entry
    }

    mutating func remove(_ id: String) {
        entries[id] = nil
    }

    /// Takes away and returns what nobody answered in time.
    mutating func takeOutlived(at now: Duration) -> [Entry] {
        if entries.isEmpty { return [] }
        let outlived = entries.filter { $0.value.until <= now }
        for id in outlived.keys { entries[id] = nil }
        return Array(outlived.values)
    }
}
