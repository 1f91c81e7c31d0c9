import Synchronization
import Values

/// Somebody who was not answered, for the audit log: one record for many of the same kind and address.
package struct PeerRefusal: Sendable, Hashable {
    /// What was wrong.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No certificate where one is needed, or one of somebody else's.
        case stranger
        /// The certificate has ended, or has not begun.
        case expired
        /// The authority took the certificate back.
        case revoked
        /// The certificate is good, and its node no member any more.
        case notMember = "not-member"
        /// The caller's term is over.
        case lowerTerm = "lower-term"
        /// An open route did not take what it was given, such as a wrong token.
        case guess
    }

    /// What was wrong.
    package let kind: Kind
    /// Where it came from, the latest one.
    package let address: String
    /// Whose certificate was shown, when it is one of the cluster.
    package let node: Int?
    /// The reason in words, of the latest one.
    package let detail: String
    /// How many there were.
    package let count: Int
}

/// Folds refusals: the first of a kind and an address is told at once, those behind it once a minute. Pure, monotonic time is
/// handed in.
struct RefusalTallies: Sendable {
    /// How long they are counted before they are told.
    static let span = Duration.seconds(60)
    /// Kinds and addresses that are counted apart; more are counted together.
    static let capacity = 1024

    private struct Key: Hashable {
        let kind: PeerRefusal.Kind
        let scope: String
    }

    private struct Tally {
        var latest: PeerRefusal
        var count = 0
        let until: Duration
    }

    private var tallies: [Key: Tally] = [:]

    /// Counts one.
    ///
    /// - Returns: It, when it is to be told at once.
    mutating func take(_ refusal: PeerRefusal, at now: Duration) -> PeerRefusal? {
        var key = Key(kind: refusal.kind, scope: RemoteAddress(refusal.address).scope)
        if tallies[key] == nil, tallies.count >= Self.capacity { key = Key(kind: refusal.kind, scope: "") }
        guard var tally = tallies[key] else {
            tallies[key] = Tally(latest: refusal, until: now + Self.span)
            return refusal
        }
        tally.latest = refusal
        tally.count += 1
        tallies[key] = tally
        return nil
    }

    /// What was counted for as long as it may be; everything with `isFinal`.
    mutating func due(at now: Duration, isFinal: Bool = false) -> [PeerRefusal] {
        var told: [PeerRefusal] = []
        for (key, tally) in tallies where isFinal || tally.until <= now {
            tallies[key] = nil
            guard tally.count > 0 else { continue }
            let last = tally.latest
            told.append(
                PeerRefusal(
                    kind: last.kind, address: last.address, node: last.node, detail: last.detail, count: tally.count))
            // Whoever goes on has one record a minute, not a first one again.
            tallies[key] = Tally(latest: last, until: now + Self.span)
        }
        return told
    }
}
