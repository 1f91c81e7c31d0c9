import ClusterLog
package import JobEngine
package import Values

/// What a member says of itself, under its lease.
package struct MemberKey: Sendable, Hashable {
    /// Where its daemon answers.
    package let address: String
    /// On which port.
    package let port: Int
    /// The version it runs.
    package let version: String
    /// When its machine was started, by its clock.
    package let booted: Timestamp
    /// The newest entry it has applied.
    package var applied: Int
    /// Whether it has all that is needed to decide.
    package var isReady: Bool
    /// Why nothing it has is what the cluster has; `nil` for a node that may be believed.
    package var quarantine: String?
    /// The levels of entries its version knows; `nil` for a version that does not say so.
    package var levels: ClosedRange<Int>?
    /// What of the past it does not have yet.
    package var past: ClusterStatus.MissingPast?

    /// Of what another node says of itself so many bytes are taken.
    private static let longestText = 512
    private static let highestLevel = 1_000_000

    /// What a member writes of itself.
    package init(
        address: String, port: Int, version: String, booted: Timestamp = Timestamp(milliseconds: 0), applied: Int,
        isReady: Bool
    ) {
        self.address = address
        self.port = port
        self.version = version
        self.booted = booted
        self.applied = applied
        self.isReady = isReady
    }

    /// One JSON object.
    package var bytes: [UInt8] {
        JSON.bytes(
            .members([
                "address": .string(address), "port": .int(port), "version": .string(version),
                "booted": .int(booted.milliseconds), "applied": .int(applied), "ready": .bool(isReady),
                "quarantine": quarantine.map(Value.string), "missing_jobs": past.map { .int($0.jobs) },
                "levels": levels.map { .ints([$0.lowerBound, $0.upperBound]) },
                "missing_revisions": past.map { .int($0.revisions) },
            ]))
    }

    /// Reads what ``bytes`` wrote, `nil` when it is anything else; members it does not know are passed by.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes), let address = value["address"]?.string,
            let port = value["port"]?.int, (1...65_535).contains(port), let version = value["version"]?.string,
            let applied = value["applied"]?.int, applied >= 0, let isReady = value["ready"]?.bool
        else { return nil }
        let booted = Timestamp(milliseconds: value["booted"]?.int ?? 0)
        self.init(
            address: address, port: port, version: version, booted: booted, applied: applied, isReady: isReady)
        if let told = value["levels"]?.list?.compactMap(\.int), told.count == 2, told[0] >= 1, told[0] <= told[1],
            told[1] <= Self.highestLevel
        {
            levels = told[0]...told[1]
        }
        quarantine = value["quarantine"]?.string.map { String($0.prefix(Self.longestText)) }
        if let jobs = value["missing_jobs"]?.int, let revisions = value["missing_revisions"]?.int {
            past = ClusterStatus.MissingPast(jobs: max(0, jobs), revisions: max(0, revisions))
        }
    }

    var member: Vitality.Member { Vitality.Member(applied: applied, isReady: isReady) }
}
