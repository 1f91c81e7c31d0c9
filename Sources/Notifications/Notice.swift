import Values

/// What somebody is told: something is wrong, is over, or a job failed.
package struct Notice: Codable, Sendable, Hashable {
    /// How bad it is; the worse one is the greater.
    package enum Severity: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
        case notice, warning, critical

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// What happened.
    package enum Kind: String, Codable, Sendable, Hashable {
        case raised, cleared, failed, test
        /// Others of the same cause were not told one by one.
        case repeated
    }

    /// The same each time the same thing is told: receivers that know it need not look again.
    package let id: String
    /// What rules go by: `finding.database-down`, `job.failed.db_backup_start`, `test`.
    package let topic: String
    /// What happened.
    package let kind: Kind
    /// How bad it is.
    package let severity: Severity
    /// When, in milliseconds since 1970.
    package let at: Int
    /// What is wrong, in a sentence.
    package let summary: String
    /// What to do about it, in a sentence; `nil` where nobody knows.
    package var cure: String?
    /// What it is about, such as `db:SALES`.
    package var object: String?
    /// Since when, in milliseconds since 1970.
    package var since: Int?
    /// The job that failed, such as `11.42`.
    package var job: String?
    /// The node that knows of it.
    package var node: Int?
    /// What the cluster is called.
    package var cluster: String?

    /// The longest sentence that is kept.
    private static let longest = 2000

    /// - Parameters:
    ///   - summary: Secrets in it that have the form of some are masked; what is too long is cut.
    ///   - at: In milliseconds since 1970.
    package init(_ id: String, topic: String, kind: Kind, severity: Severity, at: Int, summary: String) {
        (self.id, self.topic, self.kind, self.severity, self.at) = (id, topic, kind, severity, at)
        self.summary = Secret.masked(String(summary.prefix(Self.longest)))
    }
}

extension Notice {
    /// What stands in for others of the same kind that were not told one by one.
    func repeated(_ count: Int, at now: Int) -> Notice {
        var notice = Notice(
            "\(id)/\(now)", topic: topic, kind: .repeated, severity: severity, at: now,
            summary: "\(count) more of this kind: \(summary)")
        (notice.cure, notice.object, notice.cluster) = (cure, object, cluster)
        return notice
    }
}
