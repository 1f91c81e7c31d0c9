import Access
import Support
import Testing
import Values
import Waiting

@testable import JobEngine

/// Jobs that have another node decide.
@Suite(.timeLimit(.minutes(10))) struct HandingOverTests {
    private static let catalogue = JobCatalogue([.setIssueTracker, .countSections, .runCommands, .actOnly, .handOver])

    /// A member on which a command `hold` runs until it may go on.
    private func fixture(_ goesOn: Waiter<Void> = Waiter()) async throws -> MemberFixture {
        try await MemberFixture(catalogue: Self.catalogue) { command in
            if command.action == "hold" { await goesOn.answer(whenCancelled: ()) }
            return .ok(.null)
        }
    }

    private func end(
        of id: JobID, _ scheduler: JobScheduler, _ fixture: MemberFixture
    ) async throws -> JobRecord {
        try #require(await fixture.until { try await scheduler.record(id).isDone })
        return try await scheduler.record(id)
    }

    @Test func theJobEndsWhereTheOtherOneDecides() async throws {
        let fixture = try await fixture()
        let id = try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await scheduler.submit(.fixture("test_hand_over"))
            #expect(await fixture.until { fixture.cluster.handOvers == [12] })
            try await fixture.store.depose(for: 12)
            #expect(await fixture.until { (try? scheduler.driver) == nil })
            #expect(try await fixture.alone.store.job(job.id)?.isDone == false)
            return job.id
        }
        let other = MemberFixture(fixture, as: 12)
        try await other.running { scheduler in
            try await other.elect(scheduler)
            let job = try await end(of: id, scheduler, other)
            #expect(job.outcome == .ok && job.result?.output == 12)
            #expect(other.cluster.handOvers.isEmpty)
        }
    }

    @Test func whereSomebodyElseDecidesItFailsAndNobodyIsHandedOverTo() async throws {
        let fixture = try await fixture()
        let id = try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await scheduler.submit(.fixture("test_hand_over"))
            #expect(await fixture.until { fixture.cluster.handOvers == [12] })
            try await fixture.store.depose(for: 13)
            #expect(await fixture.until { (try? scheduler.driver) == nil })
            return job.id
        }
        let other = MemberFixture(fixture, as: 13)
        try await other.running { scheduler in
            try await other.elect(scheduler)
            #expect(try await end(of: id, scheduler, other).errorCode == .jobFailed)
            #expect(other.cluster.handOvers.isEmpty)
        }
    }

    @Test func whoDecidesAgainSaysThatNobodyTookOver() async throws {
        let fixture = try await fixture()
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let job = try await scheduler.submit(.fixture("test_hand_over"))
            #expect(await fixture.until { fixture.cluster.handOvers == [12] })
            fixture.store.resign()
            fixture.cluster.setMaster(nil)
            #expect(await fixture.until { scheduler.follower.isFollowing })
            try await fixture.elect(scheduler)
            let ended = try await end(of: job.id, scheduler, fixture)
            #expect(ended.errorCode == .jobFailed)
            #expect(ended.result?.text.contains("did not take over") == true)
            #expect(fixture.cluster.handOvers == [12], "it is not tried again")
        }
    }

    @Test func jobsWhoseSecretsAreHereAloneEndFirst() async throws {
        let goesOn = Waiter<Void>()
        let fixture = try await fixture(goesOn)
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let secret = try await scheduler.submit(
                .fixture("test_run", ["actions": ["hold"], "secret": "not-real!"]))
            // It has none, and is taken up elsewhere.
            _ = try await scheduler.submit(.fixture("test_act", ["action": "hold"]))
            let job = try await scheduler.submit(.fixture("test_hand_over"))
            #expect(
                try await fixture.until { try await scheduler.record(job.id).waitingFor == [.job(secret.id)] })
            #expect(fixture.cluster.handOvers.isEmpty)
            goesOn.resume(returning: ())
            #expect(await fixture.until { fixture.cluster.handOvers == [12] })
            #expect(try await scheduler.record(secret.id).stage >= .finished)
        }
    }

    @Test func jobsThatDoNotEndInTimeAreNamedAndNothingChanges() async throws {
        let goesOn = Waiter<Void>()
        let fixture = try await fixture(goesOn)
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            let secret = try await scheduler.submit(
                .fixture("test_run", ["actions": ["hold"], "secret": "not-real!"]))
            let job = try await scheduler.submit(.fixture("test_hand_over"))
            let ended = try await end(of: job.id, scheduler, fixture)
            #expect(ended.outcome == .declined && ended.errorCode == .objectBusy)
            #expect(ended.result?.text.hasSuffix("In the way: \(secret.id)") == true)
            #expect(fixture.cluster.handOvers.isEmpty && scheduler.cluster.status.isMaster)
            goesOn.resume(returning: ())
        }
    }

    @Test func whatTheClusterRefusesIsTheEndOfTheJob() async throws {
        let fixture = try await fixture()
        fixture.cluster.refuseHandOver(JobError(.objectBusy, "Node 12 is not there."))
        try await fixture.running { scheduler in
            try await fixture.elect(scheduler)
            for _ in 0..<2 {
                let job = try await scheduler.submit(.fixture("test_hand_over"))
                let ended = try await end(of: job.id, scheduler, fixture)
                #expect(ended.outcome == .declined && ended.result?.text.hasSuffix("Node 12 is not there.") == true)
            }
            #expect(fixture.cluster.handOvers == [12, 12])
        }
    }

    @Test func aNodeAloneHasNobodyToHandOverTo() async {
        await #expect(throws: JobError.self) { try await FixtureClusterState().handOver(to: 12) }
    }
}

extension JobDefinition {
    /// Has node 12 decide.
    fileprivate static let handOver = JobDefinition(
        name: "test_hand_over", noun: "test", summary: "Hand over.", mode: .read,
        permission: Permission(users: [], groups: ["exaadm"]), result: "int",
        work: .act { (context, _) throws(JobError) in
            if context.cluster.ownNode == 12 { return Plan { (_) throws(JobError) in 12 } }
            if context.begun != nil { throw JobError(.jobFailed, "Node 12 took over nothing.") }
            var expectation = Expectation(
                for: .seconds(60),
                failure: { JobError(.objectBusy, "In the way: \($0.map(\.name).joined(separator: ", "))") },
                obstacles: { $0.master?.node == 12 ? [] : [.node(12)] })
            expectation.successor = 12
            return Plan(awaiting: expectation, on: context.cluster.ownNode, ["master": 12], output: 12)
        }
    ).with { $0.recovery = .restart }
}
