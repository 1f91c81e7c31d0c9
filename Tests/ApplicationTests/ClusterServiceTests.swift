import JobEngine
import Support
import Testing
import Values

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct ClusterServiceTests {
    @Test func sinceWhenANodeIsAwayIsWhatWasSeen() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let cluster = StagedCluster(ClusterStatus.cluster(of: 3).without(13))
            let service = ClusterService(cluster, scheduler: scheduler, time: engine.time, version: "0.3")
            #expect(await service.summary().members.last?.awaySince == nil, "nobody saw it go")
            cluster.change { $0 = .cluster(of: 3) }
            #expect(await service.summary().members.last?.awaySince == nil)
            let moment = engine.time.now
            cluster.change { $0 = $0.without(13) }
            #expect(await service.summary().members.last?.awaySince == Timestamp(milliseconds: Int(moment)))
            engine.time.advance(by: .seconds(60))
            #expect(await service.summary().members.last?.awaySince == Timestamp(milliseconds: Int(moment)))
        }
    }

    @Test func changesAreFollowedUntilThereAreNoMore() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let cluster = StagedCluster(.cluster(of: 3))
            let service = ClusterService(cluster, scheduler: scheduler, time: engine.time, version: "0.3")
            let moment = engine.time.now
            async let end: Void = service.run()
            #expect(await engine.until { cluster.readers == 1 })
            cluster.change { $0 = $0.without(13) }
            cluster.finish()
            await end
            engine.time.advance(by: .seconds(60))
            let since = try #require(await service.summary().members.last?.awaySince)
            #expect(since < Timestamp(milliseconds: Int(engine.time.now) - 50_000) && since.milliseconds >= Int(moment))
        }
    }

    @Test func namesRevisionAndTermAreThoseOfTheEngine() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let status = ClusterStatus(
                ownNode: 11, master: .init(node: 11, name: "n11", address: "10.0.0.11"), booted: [:])
            let service = ClusterService(StagedCluster(status), scheduler: scheduler, time: engine.time, version: "0.3")
            let summary = await service.summary()
            #expect(summary.facts.revision == scheduler.configuration.revision && summary.facts.version == "0.3")
            #expect(summary.members.map(\.name) == ["n11"])
            #expect(summary.facts.term == service.term)
        }
    }

    @Test(arguments: [
        (ClusterStatus.cluster(of: 3), ["+ log", "+ master", "+ members"]),
        (ClusterStatus.cluster(of: 3).without(13), ["+ log", "+ master", "! members"]),
        (changed { $0.age = .seconds(11) }, ["- log", "+ master", "+ members"]),
        (changed { $0.obstacle = "entry 7 cannot be read" }, ["- log", "+ master", "+ members"]),
        (changed { $0.age = nil }, ["- log", "+ master", "+ members"]),
        (changed { ($0.age, $0.obstacle) = (nil, "install 0.5") }, ["- log", "+ master", "+ members"]),
        (changed { $0.quarantine = "entry 7 is another one" }, ["- log", "+ master", "+ members"]),
        (changed { $0.past = .init(jobs: 12, revisions: 0) }, ["+ log", "+ master", "+ members", "+ past"]),
        (changed { $0.master = nil }, ["+ log", "- master", "+ members"]),
        (ClusterStatus(ownNode: 11, master: nil, booted: [:]), []),
    ])
    func readinessFollowsTheLogAndTheMaster(status: ClusterStatus, found: [String]) async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let service = ClusterService(
                StagedCluster(status), scheduler: scheduler, time: engine.time, version: "0.3")
            let checks = ClusterChecks(service).now
            #expect(checks.map { "\($0.isReady ? $0.isImpaired ? "!" : "+" : "-") \($0.name)" } == found)
        }
    }

    @Test func whoDecidesTellsForHowLongByItself() async throws {
        let engine = EngineFixture()
        try await engine.running { (scheduler) async throws in
            let service = ClusterService(
                StagedCluster(Self.changed { $0.decidesFor = .milliseconds(6_200) }), scheduler: scheduler,
                time: engine.time, version: "0.3")
            let open = try #require(ClusterChecks(service).now.last)
            #expect(open.name == "fence" && open.isReady && open.detail == "decides for 6.2 s more by itself")
        }
    }

    private static func changed(_ change: (inout ClusterStatus) -> Void) -> ClusterStatus {
        var status = ClusterStatus.cluster(of: 3)
        change(&status)
        return status
    }
}
