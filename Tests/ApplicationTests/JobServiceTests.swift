import Access
import JobEngine
import Support
import Testing
import Values

@testable import Application

/// The services over a scheduler in memory, with the audit log they share with it.
struct ServicesFixture: Sendable {
    let engine: EngineFixture
    let scheduler: JobScheduler
    let jobs: JobService
    let history: HistoryService
    var audit: InMemoryAudit { engine.store.audit }

    static func running<Result: Sendable>(
        limits: RateLimits = .none, peers: any AuditPeers = NoAuditPeers(),
        answer: @escaping RecordingRunner.Answer = { _ in .ok(.null) },
        _ work: @Sendable (ServicesFixture) async throws -> Result
    ) async throws -> Result {
        let engine = EngineFixture(answer: answer)
        return try await engine.running { scheduler in
            let audit = AuditService(
                log: engine.store.audit, trail: engine.store.audit, node: 11, peers: peers, time: engine.time)
            return try await work(
                ServicesFixture(
                    engine: engine, scheduler: scheduler,
                    jobs: JobService(scheduler: scheduler, audit: audit, limiter: RateLimiter(limits)),
                    history: HistoryService(scheduler: scheduler, audit: audit)))
        }
    }

    static func principal(_ name: String) -> Principal {
        Principal(name: name, roles: FixtureDirectory.roles[name] ?? [], method: .password)
    }

    static func request(
        _ type: String, _ parameters: [String: Value] = [:], as user: String = "admin",
        by interface: String = "xmlrpc"
    ) -> JobRequest {
        JobRequest(
            type: type, parameters: parameters, principal: principal(user),
            request: JobRecord.Request(dialect: interface, address: "192.0.2.1"))
    }
}

@Suite(.timeLimit(.minutes(5))) struct JobServiceTests {
    private typealias Fixture = ServicesFixture

    @Test func aJobIsAuditedWhoeverAsks() async throws {
        try await Fixture.running { fixture in
            for interface in ["rest", "xmlrpc", "internal"] {
                _ = try await fixture.scheduler.submit(
                    Fixture.request("test_set", ["text": .string(interface)], by: interface))
            }
            let events = fixture.audit.events.filter { $0.kind == .job }
            #expect(events.map { $0.fields["interface"] } == ["rest", "xmlrpc", "internal"])
            #expect(events.allSatisfy { $0.user == "admin" && $0.fields["roles"] == "exaadm" })
        }
    }

    @Test func aLookIsNotAudited() async throws {
        try await Fixture.running { fixture in
            let made = try await fixture.jobs.submit(Fixture.request("test_count"), waitingAtMost: .zero)
            #expect(made.job.isDone && !made.isReplayed)
            #expect(!fixture.audit.kinds.contains(.job))
        }
    }

    @Test(arguments: [
        ("reader", "test_set", AuditEvent.Kind.denied, "permission-denied"),
        ("admin", "test_nothing", .declined, "job-type-unknown"), ("admin", "test_set", .declined, "parameter-missing"),
    ]) func aRefusalIsAudited(user: String, type: String, kind: AuditEvent.Kind, code: String) async throws {
        try await Fixture.running { fixture in
            await #expect(throws: JobError.self) { try await fixture.jobs.submit(Fixture.request(type, as: user)) }
            let event = try #require(fixture.audit.events.last)
            #expect(event.kind == kind && event.detail == code && event.fields["type"] == type)
        }
    }

    @Test func aRepeatedRequestIsToldApart() async throws {
        try await Fixture.running { fixture in
            var request = Fixture.request("test_set", ["text": "a"])
            request.idempotencyKey = "once"
            request.request.requestID = "first"
            let first = try await fixture.jobs.submit(request, waitingAtMost: .seconds(5))
            request.request.requestID = "second"
            let second = try await fixture.jobs.submit(request, waitingAtMost: .seconds(5))
            #expect(first.job.id == second.job.id && !first.isReplayed && second.isReplayed)
        }
    }

    @Test func nobodyLearnsOfJobsTheyMayNotSee() async throws {
        try await Fixture.running { fixture in
            let id = try await fixture.jobs.submit(Fixture.request("test_set", ["text": "a"])).id
            let reader = Fixture.principal("reader")
            #expect(try await fixture.jobs.jobs(JobQuery(), for: reader).jobs.isEmpty)
            #expect(try await fixture.jobs.jobs(JobQuery(), for: Fixture.principal("admin")).jobs.map(\.id) == [id])
            await #expect(throws: JobError.self) { try await fixture.jobs.job(named: id.description, for: reader) }
        }
    }

    @Test func whatBecameOfACancellationIsAudited() async throws {
        try await Fixture.running { fixture in
            let job = try await fixture.jobs.submit(
                Fixture.request("test_set", ["text": "a"]), waitingAtMost: .seconds(5)
            )
            .job
            let origin = JobRecord.Request(dialect: "rest", address: "192.0.2.1")
            await #expect(throws: JobError.self) {
                try await fixture.jobs.cancel(
                    job.id, by: Fixture.principal("admin"), reason: "too late", asking: origin)
            }
            let event = try #require(fixture.audit.events.last)
            #expect(event.kind == .cancel && event.detail == "job-not-cancellable")
            #expect(event.fields["job_id"] == job.id.description && event.fields["reason"] == "too late")
        }
    }

    @Test func rulesAreAuditedWithWhatTheySay() async throws {
        try await Fixture.running { fixture in
            let (root, origin) = (Fixture.principal("root"), JobRecord.Request(dialect: "rest", address: "192.0.2.1"))
            var rule = QueueRule(
                number: 0, action: .pause, user: "root", at: Timestamp(milliseconds: 0))
            rule.reason = "maintenance"
            let made = try await fixture.jobs.addRule(rule, by: root, asking: origin)
            try await fixture.jobs.removeRule(made.number, by: root, asking: origin)
            let events = fixture.audit.events.filter { $0.kind == .queueRule }
            #expect(events.map(\.detail) == ["made", "removed"])
            #expect(events.allSatisfy { $0.fields["rule_id"] == made.id && $0.fields["reason"] == "maintenance" })
        }
    }

    @Test func aSubmissionWaitsNoLongerThanItsLogin() async throws {
        try await Fixture.running { fixture in
            let logins = LoginService(
                authenticator: NamedPasswords(), directory: FixtureDirectory(), sessions: InMemorySessions(),
                tokens: InMemoryTokens(), audit: InMemoryAudit(), time: fixture.engine.time)
            let made = try await logins.makeToken(
                for: Fixture.principal("admin"), name: "t", roles: nil, lifetime: nil, from: "192.0.2.1")
            let token = try #require(made)
            let admin = try await logins.authenticate(.bearer(token: token.secret), from: "192.0.2.1")
            let login = RequestLogin(admin, logins: logins, time: fixture.engine.time)
            let rule = QueueRule(number: 0, action: .pause, user: "root", at: Timestamp(milliseconds: 0))
            let origin = JobRecord.Request(dialect: "rest", address: "192.0.2.1")
            _ = try await fixture.jobs.addRule(rule, by: Fixture.principal("root"), asking: origin)
            async let submitted = RequestLogin.$current.withValue(login) {
                try await fixture.jobs.submit(
                    Fixture.request("test_set", ["text": "a"]), waitingAtMost: .seconds(100_000))
            }
            _ = try await logins.revokeToken(id: token.token.id, by: "root")
            #expect(try await !submitted.job.isDone)
            #expect(login.end == .ended)
        }
    }

    @Test func aUserWaitsSoOftenAndNoMore() async throws {
        var limits = RateLimits.none
        limits.waits = 2
        try await Fixture.running(limits: limits) { fixture in
            let places = [try fixture.jobs.placeToWait(for: "admin"), try fixture.jobs.placeToWait(for: "admin")]
            #expect(throws: JobError.self) { try fixture.jobs.placeToWait(for: "admin") }
            _ = try fixture.jobs.placeToWait(for: "dba")
            withExtendedLifetime(places) {}
        }
    }
}
