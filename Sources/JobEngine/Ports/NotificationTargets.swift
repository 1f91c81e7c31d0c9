/// Whom this node tells what happened, as jobs see it.
package protocol NotificationTargets: Sendable {
    /// How it stands with each target, in the order of the settings.
    var standings: [NotificationStanding] { get }
    /// Tells one something now, past whatever waits, to see whether it can be reached.
    ///
    /// - Throws: ``JobError/Code/objectMissing`` for a name that is none; ``JobError/Code/jobFailed`` with the reason.
    func tryTarget(_ name: String) async throws(JobError)
}

/// How it stands with one target.
package struct NotificationStanding: Codable, Sendable, Hashable {
    /// What rules call it.
    package let name: String
    /// `webhook` or `mail`.
    package let way: String
    /// Notices that wait.
    package var waiting = 0
    /// Notices that arrived since this node keeps count.
    package var delivered = 0
    /// Notices that were given up since one arrived last.
    package var lost = 0
    /// Why nothing arrives now; `nil` when the last attempt went well.
    package var fault: String?
    /// Since when, RFC 3339.
    package var since: String?

    /// Nothing was told yet.
    package init(_ name: String, way: String) { (self.name, self.way) = (name, way) }
}
