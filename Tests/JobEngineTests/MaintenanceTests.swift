import Access
import EXAConf
import Support
import Testing
import Values

@testable import JobEngine

/// Work on nodes and databases that was told beforehand.
@Suite(.timeLimit(.minutes(5))) struct MaintenanceTests {
    private static let moment = Timestamp(milliseconds: 1_800_000_000_000)

    /// Jobs that begin and end maintenance of node 11, and one of database `exa_db`.
    private static let catalogue: JobCatalogue = {
        func job(_ name: String, _ plan: @escaping @Sendable (JobContext) -> MaintenanceChange) -> JobDefinition {
            JobDefinition(
                name: name, noun: "system", summary: "Tell of maintenance.", mode: .read,
                permission: Permission(users: [], groups: ["exaadm"]), result: "none",
                work: .act { (context, _) throws(JobError) in
                    var made = Plan()
                    made.maintenance = plan(context)
                    return made
                })
        }
        return JobCatalogue([
            job("begin") { .begin(.node(11), until: $0.now.advanced(by: .seconds(3600)), reason: "disks") },
            job("go_on") { .begin(.node(11), until: $0.now.advanced(by: .seconds(7200)), reason: "more disks") },
            job("begin_db") { .begin(.database("exa_db"), until: $0.now.advanced(by: .seconds(60)), reason: "x") },
            job("end") { _ in .end(.node(11)) },
        ])
    }()

    private func fixture() throws -> EngineFixture {
        let text = """
            [DB : exa_db]
                Port = 8563
                Nodes = 11

            """
        let file = try Document(parsing: FixtureText.fresh + text).committed().document.text
        return EngineFixture(catalogue: Self.catalogue, file: file) { _ in .ok(.null) }
    }

    private func run(_ type: String, _ scheduler: JobScheduler) async throws {
        let job = try await scheduler.submit(.fixture(type))
        let end = try await scheduler.wait(for: job.id, atMost: .seconds(60))
        #expect(end.outcome == .ok, "\(type)")
    }

    private func subjects(_ scheduler: JobScheduler) -> [Maintenance.Subject] {
        scheduler.configuration.maintenance(at: scheduler.now).map(\.subject)
    }

    @Test func itBeginsAndEndsWithItsJobs() async throws {
        let fixture = try fixture()
        try await fixture.running { (scheduler) async throws in
            try await run("begin", scheduler)
            let now = scheduler.now
            let found = try #require(scheduler.configuration.maintenance(ofNode: 11, at: now))
            #expect(found.reason == "disks" && found.user == "admin")
            #expect(found.note == "maintenance until \(found.until)")
            #expect(scheduler.configuration.maintenance(ofDatabase: "exa_db", at: now) == found, "it lives there")
            #expect(scheduler.configuration.maintenance(ofDatabase: "other", at: now) == nil)
            try await run("go_on", scheduler)
            #expect(scheduler.configuration.maintenance(ofNode: 11, at: now)?.reason == "more disks")
            #expect(await scheduler.queueRules.count == 1, "what was said before counts no more")
            try await run("end", scheduler)
            #expect(subjects(scheduler).isEmpty)
            #expect(await scheduler.queueRules.isEmpty)
            try await run("end", scheduler)
        }
    }

    @Test func itEndsByItself() async throws {
        let fixture = try fixture()
        try await fixture.running { (scheduler) async throws in
            try await run("begin_db", scheduler)
            #expect(subjects(scheduler) == [.database("exa_db")])
            fixture.time.advance(by: .seconds(61))
            #expect(subjects(scheduler).isEmpty, "its time counts, whoever has noticed")
            #expect(await fixture.until { await scheduler.queueRules.isEmpty })
        }
    }

    @Test func itOutlivesARestart() async throws {
        let fixture = try fixture()
        try await fixture.running { (scheduler) async throws in try await run("begin", scheduler) }
        try await fixture.running { (scheduler) async throws in
            #expect(subjects(scheduler) == [.node(11)])
        }
    }

    @Test func jobsThatAreAskedForRunAsEver() async throws {
        let fixture = try fixture()
        try await fixture.running { (scheduler) async throws in
            try await run("begin", scheduler)
            try await run("begin_db", scheduler)
            #expect(subjects(scheduler) == [.node(11), .database("exa_db")])
        }
    }

    @Test(arguments: [Maintenance.Subject.node(12), .database("DB1")])
    func aRuleOfItIsReadAsItWasWritten(_ subject: Maintenance.Subject) throws {
        var rule = QueueRule(number: 7, action: .maintenance(subject), user: "admin", at: Self.moment)
        (rule.reason, rule.expiresAt) = ("disks", Self.moment.advanced(by: .seconds(60)))
        #expect(QueueRule(rule.value) == rule)
        let read = try #require(QueueRule(rule.value))
        #expect(Maintenance(read)?.subject == subject)
        rule.expiresAt = nil
        #expect(Maintenance(rule) == nil, "what never ends is none")
        var members = rule.value.map ?? [:]
        members["subject"] = nil
        #expect(QueueRule(.map(members)) == nil)
    }

    @Test func peopleMakeNoRuleOfIt() {
        #expect(!QueueRule.Action.names.contains("maintenance"))
        #expect(QueueRule.Action("maintenance", limit: nil) == nil)
    }

    @Test func aFollowerHasItByTheLog() throws {
        var rule = QueueRule(number: 7, action: .maintenance(.node(11)), user: "admin", at: Self.moment)
        rule.expiresAt = Self.moment.advanced(by: .seconds(60))
        var state = try FollowedState(StoreContents(), after: PublishedConfiguration())
        let begun = state.take(StateNews([.rule(rule)], index: 1, isOwn: false), nil)
        #expect(begun.contains { if case .published = $0 { true } else { false } })
        #expect(state.head.maintenance(ofNode: 11, at: Self.moment)?.user == "admin")
        _ = state.take(StateNews([.ruleRemoved(7)], index: 2, isOwn: false), nil)
        #expect(state.head.maintenance(at: Self.moment).isEmpty)
    }

    @Test func nothingIsStartedOrGivenUpMeanwhile() {
        var known = CrashedDatabase()
        known.told = [
            "state": "stopped", "created": false, "wanted": "running",
            "ended": ["at": .string(Self.moment.description), "clean": false, "cause": ""],
        ]
        #expect(RestartDecision(known) == .givenUp("its data are missing"))
        known.maintenance = "maintenance until then"
        #expect(RestartDecision(known) == .wait(because: "maintenance until then"))
    }
}
