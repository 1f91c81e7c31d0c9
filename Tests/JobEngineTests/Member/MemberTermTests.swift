import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// Terms of office that come and go with the election.
@Suite(.timeLimit(.minutes(10))) struct MemberTermTests {
    private static let terms = 100

    @Test func noJobIsLostOrRunTwiceOverAHundredTerms() async throws {
        let runs = Mutex<[String: Int]>([:])
        let fixture = try await MemberFixture { command in
            runs.withLock { $0["\(command.arguments["key"]?.string ?? "") \(command.action)", default: 0] += 1 }
            for _ in 0..<3 { await Task.yield() }
            return .ok(.null)
        }
        try await fixture.running { scheduler in
            // Nobody waits for the other nodes.
            fixture.cluster.change { $0.members = [11: ScriptedCluster.member(11)] }
            let (isOver, gone) = (Flag(), Gone())
            let jobs = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for client in 0..<3 {
                    group.addTask {
                        defer { gone.count.withLock { $0 += 1 } }
                        return try await load(scheduler, client, until: isOver)
                    }
                }
                for term in 0..<Self.terms {
                    fixture.store.elect()
                    let begins = await fixture.until { (try? scheduler.driver) != nil }
                    #expect(begins, "term \(term)")
                    for _ in 0..<20 { await Task.yield() }
                    if term % 2 == 0 {
                        // The cluster says so.
                        fixture.store.resign()
                        fixture.cluster.setMaster(nil)
                    } else {
                        // The log says so.
                        try await fixture.store.depose()
                    }
                    #expect(await fixture.until { (try? scheduler.driver) == nil }, "term \(term) does not end")
                    #expect(await fixture.until { scheduler.follower.isFollowing })
                }
                try await fixture.elect(scheduler)
                isOver.raise()
                // Time goes on until the last of them has its answer.
                #expect(await fixture.until(100_000) { gone.count.withLock { $0 } == 3 })
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(!jobs.isEmpty)
            for id in jobs {
                #expect(try await fixture.until { try await scheduler.record(id).isDone }, "job \(id) has no end")
                let job = try await scheduler.record(id)
                #expect(job.outcome == .ok, "job \(id): \(job.result?.text ?? "")")
            }
            #expect(runs.withLock { $0.filter { $0.value > 1 } }.isEmpty)
            #expect(await scheduler.openJobCount == 0)
            #expect(scheduler.environment.commands.count == 0, "no task is left")
        }
    }

    /// A client that submits jobs one after the other, each under its key until it is taken.
    private func load(_ scheduler: JobScheduler, _ client: Int, until isOver: Flag) async throws -> [JobID] {
        var jobs: [JobID] = []
        var number = 0
        while !isOver.isUp, number < 2_000 {
            let name = "\(client).\(number)"
            var request: JobRequest =
                number % 2 == 0
                ? .fixture("test_set", ["text": .string(name)])
                : .fixture("test_run", ["actions": ["a", "b"], "secret": .string(name)])
            request.idempotencyKey = name
            do throws(JobError) {
                jobs.append(try await scheduler.submit(request).id)
                number += 1
            } catch {
                if error.code != .noMaster { throw error }
                await Task.yield()
            }
        }
        return jobs
    }

    @Test func whoWaitsForAnAppendIsAnsweredWithinASecondOfTheEndOfTheTerm() async throws {
        let fixture = try await MemberFixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            fixture.store.hold(true)
            let answer = ErrorTold()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do throws(JobError) {
                        _ = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
                    } catch {
                        answer.error.withLock { $0 = error }
                    }
                }
                #expect(
                    await fixture.until(50) { answer.error.withLock { $0 } != nil } == false, "it waits for the log")
                fixture.store.resign()
                fixture.cluster.setMaster(12)
                #expect(await fixture.until { answer.error.withLock { $0 } != nil })
                #expect(answer.error.withLock { $0?.code } == .noMaster)
                #expect(
                    answer.error.withLock { $0?.details["taken"] } == "unknown", "nobody sends it elsewhere by itself")
                try await group.waitForAll()
            }
            // What was on its way is in the log all the same, and is followed like what others decide.
            fixture.store.hold(false)
            #expect(try await fixture.until { try await scheduler.jobs(JobQuery()).jobs.count == 1 })
            let job = try #require(try await scheduler.jobs(JobQuery()).jobs.first)
            #expect(await fixture.until { scheduler.environment.inMemory(job.id) != nil })
        }
    }

    @Test func aMemberThatStopsWhileItWaitsForAnElectionEnds() async throws {
        let fixture = try await MemberFixture()
        // The fixture returns when the daemon has stopped.
        try await fixture.running { scheduler in
            #expect(await fixture.until { scheduler.follower.isFollowing })
        }
    }

    @Test func changesAreDeclinedWithoutAMajority() async throws {
        var helping = JobDefinition.setIssueTracker
        helping.needsQuorum = false
        let other = JobDefinition(
            name: "test_help", noun: "test", summary: "Set it.", mode: .modify, permission: helping.permission,
            result: "none", work: helping.work
        ).with {
            $0.mandatory = helping.mandatory
            $0.needsQuorum = false
        }
        let catalogue = JobCatalogue([.setIssueTracker, .countSections, other])
        let fixture = try await MemberFixture(catalogue: catalogue)
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            fixture.cluster.change { status in
                status.hasQuorum = false
                for node in [12, 13] { status.members[node]?.isPresent = false }
            }
            let declined = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            #expect(try await fixture.until { try await scheduler.record(declined.id).isDone })
            #expect(try await scheduler.record(declined.id).errorCode == .noQuorum)
            #expect(try await scheduler.submit(.fixture("test_count")).outcome == .ok)
            let taken = try await scheduler.submit(.fixture("test_help", ["text": "x"]))
            #expect(try await fixture.until { try await scheduler.record(taken.id).revision != nil })
        }
    }

    @Test func ofTwoMembersOneMayBeAway() {
        var status = ScriptedCluster([11, 12]).status
        status.hasQuorum = false
        #expect(status.refusalOfChanges == nil)
        status.members[13] = ScriptedCluster.member(13)
        #expect(status.refusalOfChanges?.code == .noQuorum)
    }
}

/// How many clients have ended.
private final class Gone: Sendable {
    let count = Mutex(0)
}

/// What somebody who asked was told.
private final class ErrorTold: Sendable {
    let error = Mutex<JobError?>(nil)
}
