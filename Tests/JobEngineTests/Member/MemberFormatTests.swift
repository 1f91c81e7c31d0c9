import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// A later format of the configuration in a cluster, as a later version has one with level 2.
@Suite(.timeLimit(.minutes(5))) struct MemberFormatTests {
    private static let later = "8.99.0"

    private static func settings() throws -> SchedulerSettings {
        var settings = SchedulerSettings()
        settings.formats = FormatTargets([
            .init(level: 1, version: try #require(Version("8.18.0"))),
            .init(level: 2, version: try #require(Version(later))),
        ])
        return settings
    }

    private static func format(_ scheduler: JobScheduler) -> String? {
        scheduler.configuration.document.value("ConfVersion", in: .global)
    }

    @Test func itWaitsForTheLevelAndIsAnOrdinaryRevisionThen() async throws {
        let fixture = try await MemberFixture()
        fixture.cluster.change { $0.level = 1 }
        try await fixture.running(Self.settings()) { scheduler in
            let former = Self.format(scheduler)
            // Nobody but who decides does anything.
            scheduler.lookAtFormat()
            try await fixture.elect(scheduler)
            scheduler.lookAtFormat()
            _ = try await scheduler.submit(.fixture("test_set", ["text": "before"]))
            let head = fixture.first.number + 1
            #expect(await fixture.until { scheduler.configuration.revision == head })
            #expect(former != Self.later && Self.format(scheduler) == former)
            fixture.cluster.change { $0.level = 2 }
            scheduler.lookAtFormat()
            #expect(await fixture.until { Self.format(scheduler) == Self.later })
            let record = scheduler.configuration.record
            #expect(record.number == head + 1 && record.job == nil)
            #expect(record.reason == "brought to the present format")
            // What is asked for again is done.
            scheduler.lookAtFormat()
            _ = try await scheduler.submit(.fixture("test_set", ["text": "behind"]))
            #expect(await fixture.until { scheduler.configuration.revision == head + 2 })
            #expect(Self.format(scheduler) == Self.later)
            #expect(scheduler.configuration.document.value("IssueTracker", in: .global) == "behind")
        }
    }

    @Test func aTermBeginsWithItWhereTheLevelIsInForce() async throws {
        let fixture = try await MemberFixture()
        fixture.cluster.change { $0.level = 2 }
        try await fixture.running(Self.settings()) { scheduler in
            try await fixture.elect(scheduler)
            #expect(Self.format(scheduler) == Self.later)
            #expect(scheduler.configuration.revision == fixture.first.number + 1)
        }
    }
}
