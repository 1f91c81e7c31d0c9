package import Values

/// Something that is not as it should be, with what cures it.
package struct Finding: Sendable, Hashable {
    /// How bad it is; the worse one is the greater.
    package enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Worth knowing; nothing suffers by it.
        case notice
        /// Something will fail, or works with less than it should have.
        case warning
        /// Something that should work does not.
        case critical

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .notice: 0
            case .warning: 1
            case .critical: 2
            }
        }
    }

    /// A job that cures it.
    package struct Job: Sendable, Hashable {
        /// Its type, such as `db_start`.
        package let type: String
        /// Its parameters, complete.
        package let parameters: [String: Value]

        /// A job as it would be asked for.
        package init(_ type: String, _ parameters: [String: Value]) {
            (self.type, self.parameters) = (type, parameters)
        }
    }

    /// What kind of finding it is: a word of ``FindingCode``.
    package let code: FindingCode
    /// The object, such as `db:SALES`.
    package let object: String
    /// The node that knows of it; `nil` for what every node knows by itself.
    package let node: Int?
    /// How bad it is.
    package let severity: Severity
    /// Since when; as long as it lasts it stays the same, over restarts as well.
    package var since: Timestamp
    /// What is wrong, in a sentence for the administrator.
    package let cause: String
    /// What they do about it, in a sentence.
    package let cure: String
    /// The job that does it; `nil` where none does.
    package let job: Job?
    /// Somebody's word that it is known; `nil` for none.
    package var silence: FindingSilence?

    /// A finding as a rule makes it.
    package init(
        _ code: FindingCode, _ object: String, node: Int? = nil, severity: Severity, since: Timestamp, cause: String,
        cure: String, job: Job? = nil
    ) {
        (self.code, self.object, self.node, self.severity) = (code, object, node, severity)
        (self.since, self.cause, self.cure, self.job) = (since, cause, cure, job)
    }

    /// What it is asked for by, the same as long as the same is wrong with the same object: `database-down:db:SALES`.
    ///
    /// It stands in paths: what needs an escape there is a `_`.
    package var id: String {
        "\(code.rawValue):\(object)".replacing(/[^A-Za-z0-9._:-]/, with: "_")
    }
    /// Whether it counts for the verdict: it is not muted.
    package var counts: Bool { silence?.kind != .muted }
    /// Whether somebody is to be told of it: nobody has said that it is known.
    package var alarms: Bool { silence == nil }
}

/// Somebody's word that a finding is known.
package struct FindingSilence: Sendable, Hashable {
    /// What was said of it.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It does not count and nobody is told, until the end.
        case muted
        /// Somebody looks after it: nobody is told again; it is shown and counts.
        case acknowledged
    }

    /// What was said.
    package let kind: Kind
    /// Why.
    package let reason: String
    /// By whom.
    package let user: String
    /// When.
    package let at: Timestamp
    /// When it ends by itself.
    package let until: Timestamp

    /// A word as it was kept.
    package init(_ kind: Kind, reason: String, user: String, at: Timestamp, until: Timestamp) {
        (self.kind, self.reason, self.user, self.at, self.until) = (kind, reason, user, at, until)
    }
}
