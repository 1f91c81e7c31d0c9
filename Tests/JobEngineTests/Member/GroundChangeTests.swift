import Support
import Synchronization
import Testing
import Values

@testable import JobEngine

/// A node that was alone makes a cluster while it serves.
@Suite(.timeLimit(.minutes(5))) struct GroundChangeTests {
    private struct Broken: Error {}

    @Test func nothingIsLostWhenANodeBecomesACluster() async throws {
        let alone = EngineFixture { _ in
            await Task.yield()
            return .ok(.null)
        }
        try await alone.running { scheduler in
            let cluster = ScriptedCluster([11])
            let member = MemberStore(alone.store, cluster)
            let isOver = Flag()
            let jobs = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for client in 0..<4 {
                    group.addTask {
                        var jobs: [JobID] = []
                        while !isOver.isUp, jobs.count < 5_000 {
                            let request = JobRequest.fixture(
                                jobs.count % 2 == 0 ? "test_set" : "test_run",
                                jobs.count % 2 == 0
                                    ? ["text": .string("\(client).\(jobs.count)")]
                                    : ["actions": ["a"], "secret": .string("\(client).\(jobs.count)")])
                            // None is refused: who asks meanwhile waits.
                            jobs.append(try await scheduler.submit(request).id)
                        }
                        return jobs
                    }
                }
                for _ in 0..<50 { await Task.yield() }
                let before = try await alone.store.end().term
                member.elect()
                try await scheduler.change {
                    let term = try await alone.store.end().term
                    #expect(term == before, "nobody decides meanwhile")
                    return EngineGround(store: member, cluster: cluster, feed: member)
                }
                #expect(await alone.until { cluster.status.isMaster && !scheduler.follower.isFollowing })
                for _ in 0..<50 { await Task.yield() }
                isOver.raise()
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(!jobs.isEmpty && scheduler.cluster.status.isElected)
            for id in jobs {
                #expect(try await alone.until { try await scheduler.record(id).isDone }, "job \(id) has no end")
                #expect(try await scheduler.record(id).outcome == .ok)
            }
            #expect(scheduler.environment.commands.count == 0)
        }
    }

    @Test func whatCannotBeMadeLeavesTheNodeAlone() async throws {
        let alone = EngineFixture()
        try await alone.running { scheduler in
            await #expect(throws: Broken.self) { try await scheduler.change { throw Broken() } }
            let job = try await scheduler.submit(.fixture("test_set", ["text": "x"]))
            #expect(try await alone.until { try await scheduler.record(job.id).outcome == .ok })
            #expect(!scheduler.cluster.status.isElected)
        }
    }

    @Test func aNodeThatJoinsFollowsWhoeverDecides() async throws {
        let alone = EngineFixture()
        try await alone.running { scheduler in
            let cluster = ScriptedCluster([11, 12])
            let member = MemberStore(alone.store, cluster)
            try await scheduler.change {
                cluster.setMaster(12)
                return EngineGround(store: member, cluster: cluster, feed: member)
            }
            #expect(await alone.until { scheduler.follower.isFollowing && (try? scheduler.driver) == nil })
            await #expect { try await scheduler.submit(.fixture("test_set", ["text": "x"])) } throws: {
                ($0 as? JobError)?.code == .noMaster
            }
        }
    }
}
