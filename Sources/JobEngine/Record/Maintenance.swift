import EXAConf
package import Values

/// Work on a node or a database that was told beforehand: until it is over, or its time is, nothing is started there by itself
/// and nobody is alarmed.
///
/// It is kept as a rule of the queue, which every node has, and which ends by itself.
package struct Maintenance: Sendable, Hashable {
    /// What is worked on.
    package enum Subject: Sendable, Hashable {
        /// A node, and so the databases that live there.
        case node(Int)
        /// A database, by its name.
        case database(String)

        /// For people: `node 12`, `database DB1`.
        package var text: String {
            switch self {
            case .node(let node): "node \(node)"
            case .database(let name): "database \(name)"
            }
        }
    }

    /// What is worked on.
    package let subject: Subject
    /// When it began.
    package let since: Timestamp
    /// When it ends by itself.
    package let until: Timestamp
    /// What for, in words.
    package let reason: String
    /// Who said so.
    package let user: String

    /// How long it is when nobody says so.
    package static let usual = Duration.seconds(3600)
    /// How long it may be.
    package static let longest = Duration.seconds(7 * 86_400)

    /// What a rule says; `nil` for one that is about something else, or never ends.
    package init?(_ rule: QueueRule) {
        guard case .maintenance(let subject) = rule.action, let end = rule.expiresAt else { return nil }
        (self.subject, since, until) = (subject, rule.at, end)
        (reason, user) = (rule.reason ?? "", rule.user)
    }

    /// For whoever asks why something is not done, or an alarm is none.
    package var note: String { "maintenance until \(until)" }
}

/// What a job does about maintenance when it ends well.
package enum MaintenanceChange: Sendable, Hashable {
    /// It is on until then, in place of what was said of the same before.
    case begin(Maintenance.Subject, until: Timestamp, reason: String)
    /// It is over.
    case end(Maintenance.Subject)

    /// What is worked on.
    package var subject: Maintenance.Subject {
        switch self {
        case .begin(let subject, _, _), .end(let subject): subject
        }
    }
}

extension PublishedConfiguration {
    /// What is on at a moment, nodes first.
    package func maintenance(at now: Timestamp) -> [Maintenance] {
        maintenance.values.filter { $0.until > now }.sorted { $0.subject.order < $1.subject.order }
    }

    /// The one a node is in; `nil` for none.
    package func maintenance(ofNode node: Int, at now: Timestamp) -> Maintenance? {
        maintenance(at: now).first { $0.subject == .node(node) }
    }

    /// The one a database is in, itself or with a node it lives on; of several the one that is on for longest, `nil` for none.
    package func maintenance(ofDatabase name: String, at now: Timestamp) -> Maintenance? {
        guard !maintenance.isEmpty else { return nil }
        let nodes = document.databases.first { $0.name == name }?.nodes ?? []
        let subjects = [Maintenance.Subject.database(name)] + nodes.map { .node($0) }
        return maintenance(at: now).filter { subjects.contains($0.subject) }.max { $0.until < $1.until }
    }
}

extension Maintenance.Subject {
    fileprivate var order: (Int, Int, String) {
        switch self {
        case .node(let node): (0, node, "")
        case .database(let name): (1, 0, name)
        }
    }
}
