import Access
import Foundation
import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// Terms of office on one store: another one begins again and again while jobs run.
@Suite(.timeLimit(.minutes(10))) struct TermTests {
    private static let terms = ProcessInfo.processInfo.environment["CONFD_TERMS"].flatMap(Int.init) ?? 100

    /// How often each command was run.
    private final class Runs: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        func count(_ command: Command) {
            counts.withLock { $0["\(command.arguments["key"]?.string ?? "") \(command.action)", default: 0] += 1 }
        }

        var repeated: [String] { counts.withLock { $0.filter { $0.value > 1 }.keys.sorted() } }
        var all: Int { counts.withLock { $0.count } }
    }

    @Test func noJobIsLostOrRunTwiceOrStuck() async throws {
        let runs = Runs()
        let fixture = EngineFixture { command in
            runs.count(command)
            for _ in 0..<3 { await Task.yield() }
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            let jobs = try await withThrowingTaskGroup(of: [JobID].self) { group in
                group.addTask {
                    for _ in 0..<Self.terms {
                        _ = try await fixture.store.beginTerm()
                        // The term that is deposed hears of it at its next append.
                        for _ in 0..<20 { await Task.yield() }
                    }
                    return []
                }
                for client in 0..<4 { group.addTask { try await load(scheduler, client) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(jobs.count == 4 * Self.terms)
            for id in jobs {
                let done = try await end(of: id, scheduler, fixture)
                #expect(done.outcome == .ok, "job \(id): \(done.result?.text ?? "no end")")
            }
            #expect(runs.repeated.isEmpty && runs.all > 0)
            #expect(await scheduler.openJobCount == 0)
            #expect(scheduler.environment.commands.count == 0, "no task is left")
        }
    }

    /// A client that submits jobs one after the other, each with a secret that is in no store.
    private func load(_ scheduler: JobScheduler, _ client: Int) async throws -> [JobID] {
        var jobs: [JobID] = []
        for number in 0..<Self.terms {
            let name = "\(client).\(number)"
            let request: JobRequest =
                switch number % 3 {
                case 0: .fixture("test_set", ["text": .string(name)])
                case 1: .fixture("test_run", ["actions": ["a", "b"], "secret": .string(name)])
                default: .fixture("test_count")
                }
            jobs.append(try await scheduler.submit(request).id)
        }
        return jobs
    }

    private func end(of id: JobID, _ scheduler: JobScheduler, _ fixture: EngineFixture) async throws -> JobRecord {
        for _ in 0..<20 {
            let job = try await scheduler.wait(for: id, atMost: .seconds(60))
            if job.isDone { return job }
            fixture.time.advance(by: .seconds(2))
        }
        return try await scheduler.record(id)
    }

    @Test func whatWasOnItsWayIsToldOnce() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            _ = try await fixture.store.beginTerm()
            var request = JobRequest.fixture("test_set", ["text": "a"])
            request.idempotencyKey = "k"
            let job = try await scheduler.submit(request)
            let again = try await scheduler.submit(request)
            #expect(again.id == job.id)
            #expect(try await end(of: job.id, scheduler, fixture).outcome == .ok)
        }
    }
}
