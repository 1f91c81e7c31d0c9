package import Values

/// Somebody's word that a finding is known, until a time.
///
/// It is kept as a rule of the queue, as ``Maintenance`` is: every node has it, and it ends by itself. No jobs are held by it.
package struct SilencedFinding: Sendable, Hashable {
    /// What is said of which finding.
    package struct Subject: Sendable, Hashable {
        /// The finding, by its id.
        package let finding: String
        /// Whether it counts no more and nobody is told; otherwise somebody looks after it.
        package let isMuted: Bool

        /// A word on one finding.
        package init(_ finding: String, isMuted: Bool) { (self.finding, self.isMuted) = (finding, isMuted) }
    }

    /// What is said of which finding.
    package let subject: Subject
    /// When it was said.
    package let since: Timestamp
    /// When it ends by itself.
    package let until: Timestamp
    /// Why, in words.
    package let reason: String
    /// Who said so.
    package let user: String

    /// How long it may last.
    package static let longest = Duration.seconds(366 * 86_400)
    /// How long the id of a finding may be, in bytes.
    package static let longestID = 512

    /// What a rule says; `nil` for one that is about something else, or never ends.
    package init?(_ rule: QueueRule) {
        guard case .silence(let subject) = rule.action, let end = rule.expiresAt else { return nil }
        (self.subject, since, until) = (subject, rule.at, end)
        (reason, user) = (rule.reason ?? "", rule.user)
    }
}

extension SilencedFinding.Subject {
    /// The members on the wire.
    package var value: Value { ["finding": .string(finding), "muted": .bool(isMuted)] }

    /// - Returns: `nil` for what is none.
    init?(_ value: Value) {
        guard let finding = value["finding"]?.string, let isMuted = value["muted"]?.bool,
            (1...SilencedFinding.longestID).contains(finding.utf8.count)
        else { return nil }
        self.init(finding, isMuted: isMuted)
    }
}

extension PublishedConfiguration {
    /// What is said of findings at a moment, by their ids; of several words on one the newest.
    package func silences(at now: Timestamp) -> [String: SilencedFinding] {
        let lasting = silences.filter { $0.value.until > now }.sorted { $0.key < $1.key }
        return Dictionary(lasting.map { ($0.value.subject.finding, $0.value) }) { $1 }
    }
}
