package import Access
import JobEngine
import Logging

/// Moves records of the audit log whose time is over from the store to sealed archives.
package struct AuditRetention: Sendable {
    private let audit: SQLiteAudit
    private let keeping: AuditKeeping
    private let time: any TimeSource
    private var isFailing = false

    private static let longestRest = Duration.seconds(60)
    private static let shortestRest = Duration.seconds(1)

    /// Nothing is moved before ``run()``.
    package init(_ audit: SQLiteAudit, _ keeping: AuditKeeping, time: any TimeSource) {
        self.audit = audit
        self.keeping = keeping
        self.time = time
    }

    /// Moves what is due, at once and then every minute, or as often as the age says if that is less, until the task is
    /// cancelled.
    package mutating func run() async {
        while !Task.isCancelled {
            let rest = await moveDue()
            await time.sleep(until: time.monotonic + rest)
        }
    }

    /// Moves what is due now. What fails is tried again; only the first of several failures is logged.
    ///
    /// - Returns: How long to wait before the next call.
    mutating func moveDue() async -> Duration {
        let now = time.now
        do throws(StoreError) {
            while !Task.isCancelled, let archived = try await audit.archive(keeping, at: now) {
                audit.file.log.info(
                    "audit records archived", metadata: ["last": "\(archived.last)", "file": "\(archived.file)"])
            }
            isFailing = false
            return max(min(keeping.age ?? Self.longestRest, Self.longestRest), Self.shortestRest)
        } catch {
            if !isFailing {
                audit.file.log.error("audit records cannot be archived", metadata: ["cause": "\(error)"])
            }
            isFailing = true
            return Self.longestRest
        }
    }
}
