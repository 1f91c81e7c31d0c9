package import Access
package import JobEngine
package import Values

/// What is asked of findings, and said of them.
package struct FindingService: Sendable {
    /// Where everything is that is known.
    package let board: HealthBoard
    private let jobs: JobService
    private let scheduler: JobScheduler
    private let time: any TimeSource

    /// Words on findings become rules, by the service that makes those.
    package init(_ board: HealthBoard, jobs: JobService, scheduler: JobScheduler, time: any TimeSource) {
        (self.board, self.jobs, self.scheduler, self.time) = (board, jobs, scheduler, time)
    }

    /// Which findings are meant.
    package struct Filter: Sendable, Hashable {
        /// Of these severities; empty for all.
        package var severities: [Finding.Severity] = []
        /// About this object, `db:SALES`, or with a `*` at its end; `nil` for all.
        package var object: String?
        /// Whether those that are muted are among them.
        package var hasMuted = false

        /// All that count.
        package init() {}
    }

    /// The findings that are meant, the most important first.
    package func findings(_ filter: Filter) -> [Finding] {
        board.findings.filter { finding in
            (filter.hasMuted || finding.counts)
                && (filter.severities.isEmpty || filter.severities.contains(finding.severity))
                && filter.object.map { finding.object.fits($0) } ?? true
        }
    }

    /// Says that a finding is known, in place of what was said before; every node of the cluster knows on return, or in a moment.
    ///
    /// - Throws: ``JobError`` `object-missing` for one that is not there, `parameter-invalid` for an end that has passed or is
    ///   too far away.
    package func silence(
        _ id: String, _ kind: FindingSilence.Kind, reason: String, until: Timestamp, by principal: Principal,
        asking origin: JobRecord.Request
    ) async throws(JobError) -> Finding {
        guard var finding = board.findings.first(where: { $0.id == id }) else { throw Self.missing(id) }
        let now = Timestamp(milliseconds: Int(time.now))
        guard until <= now.advanced(by: SilencedFinding.longest) else {
            throw JobError(.parameterInvalid, "'until' may be at most a year away.")
        }
        var rule = QueueRule(
            number: 0, action: .silence(.init(id, isMuted: kind == .muted)), user: principal.name, at: now)
        (rule.reason, rule.expiresAt) = (reason, until)
        let former = rules(of: id)
        let made = try await jobs.addRule(rule, by: principal, asking: origin)
        // One that ended meanwhile is gone anyway.
        for number in former { try? await jobs.removeRule(number, by: principal, asking: origin) }
        finding.silence = SilencedFinding(made).map { FindingSilence($0) }
        return finding
    }

    /// Takes back what was said of a finding, whoever said it.
    ///
    /// - Throws: ``JobError`` `object-missing` when nothing was said.
    package func unsilence(
        _ id: String, by principal: Principal, asking origin: JobRecord.Request
    ) async throws(JobError) {
        let former = rules(of: id)
        guard !former.isEmpty else { throw Self.missing(id) }
        for number in former { try await jobs.removeRule(number, by: principal, asking: origin) }
    }

    private func rules(of id: String) -> [Int] {
        scheduler.configuration.silences.filter { $0.value.subject.finding == id }.keys.sorted()
    }

    private static func missing(_ id: String) -> JobError {
        JobError(
            .objectMissing,
            "There is no finding '\(id.echoed)': it may be over. GET /health/findings lists those there are.")
    }
}
