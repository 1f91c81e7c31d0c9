/// Keeps addresses away that come with wrong invitations again and again; pure, monotonic time is handed in.
///
/// A secret has 128 bits, so nobody guesses one. What is kept short is the work and the log.
struct GuessLimit: Sendable {
    /// So many wrong ones an address may come with within the pause.
    static let most = 10
    /// How long it is not heard then.
    static let pause = Duration.seconds(600)
    /// Addresses that are counted; of more the one is forgotten that was quiet longest.
    static let capacity = 1024

    private struct Tally {
        var count: Int
        var since: Duration
        var latest: Duration
    }

    private var tallies: [String: Tally] = [:]

    /// Whether an address is not heard now.
    mutating func refuses(_ address: String, at now: Duration) -> Bool {
        guard let tally = tallies[address] else { return false }
        if now - tally.since < Self.pause { return tally.count >= Self.most }
        tallies[address] = nil
        return false
    }

    /// Counts a wrong one.
    mutating func failed(_ address: String, at now: Duration) {
        if var tally = tallies[address], now - tally.since < Self.pause {
            tally.count = min(tally.count + 1, Self.most)
            tally.latest = now
            // The pause begins with the one that was too many.
            if tally.count == Self.most { tally.since = now }
            tallies[address] = tally
            return
        }
        if tallies.count >= Self.capacity, let oldest = tallies.min(by: { $0.value.latest < $1.value.latest }) {
            tallies[oldest.key] = nil
        }
        tallies[address] = Tally(count: 1, since: now, latest: now)
    }
}
