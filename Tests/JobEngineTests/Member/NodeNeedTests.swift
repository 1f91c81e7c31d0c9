import Access
import Support
import Testing
import Values

@testable import JobEngine

/// What nodes need is seen to by whoever decides.
@Suite(.timeLimit(.minutes(5))) struct NodeNeedTests {
    private func fixture() async throws -> MemberFixture {
        let database = """
            [DB : exa_db]
                Port = 8563
                Nodes = 12

            """
        let renew = JobDefinition.about("cert_renew").with {
            $0.mandatory = []
            $0.optional = [Parameter("nid", .int, text: "The node.")]
        }
        return try await MemberFixture(catalogue: JobCatalogue([renew]), extra: database)
    }

    private func renewals(_ scheduler: JobScheduler) async throws -> [JobRecord] {
        var query = JobQuery()
        query.types = ["cert_renew"]
        return try await scheduler.jobs(query).jobs
    }

    @Test func aNeedHasOneForm() {
        for need in [NodeNeed.database("exa_db"), .certificate] { #expect(NodeNeed(need.value) == need) }
        let others: [Value] = [
            .null, [:], ["database": ""], ["database": 5], ["certificate": false],
            ["database": .string(String(repeating: "a", count: 129))],
        ]
        for value in others { #expect(NodeNeed(value) == nil) }
    }

    @Test func aDatabaseIsSeenToOnceAtATimeAndAgainWhenThatIsAskedFor() async {
        let needs = NodeNeeds()
        for name in ["A", "B", "A"] { #expect(needs.see(to: name)) }
        var reader = needs.databases.makeAsyncIterator()
        #expect(await reader.next() == "A")
        #expect(await reader.next() == "B")
        #expect(!needs.isDone("A"), "somebody asked for it once more")
        #expect(needs.isDone("A"))
        #expect(needs.isDone("B"))
        #expect(needs.see(to: "B"))
        #expect(await reader.next() == "B")
    }

    @Test func thereIsRoomForSoMuch() {
        let needs = NodeNeeds()
        for number in 0..<NodeNeeds.limit {
            #expect(needs.see(to: "D\(number)"))
            #expect(needs.renew(on: number))
        }
        #expect(!needs.see(to: "one more"))
        #expect(needs.see(to: "D0"), "it is seen to already")
        #expect(!needs.renew(on: 1))
    }

    @Test func whoDecidesTakesWhatANodeNeedsOfItsOwn() async throws {
        let fixture = try await fixture()
        try await fixture.running { (scheduler) async throws in
            #expect(!scheduler.take(.database("exa_db"), of: 12))
            #expect(!scheduler.take(.certificate, of: 12))
            try await fixture.elect(scheduler)
            // Of databases of other nodes, and of those that are gone, there is nothing to see to.
            #expect(scheduler.take(.database("exa_db"), of: 13))
            #expect(scheduler.take(.database("gone"), of: 12))
            #expect(scheduler.take(.database("exa_db"), of: 12))
            scheduler.needs.see(to: "last")
            var reader = scheduler.needs.databases.makeAsyncIterator()
            #expect(await reader.next() == "exa_db")
            #expect(await reader.next() == "last")
        }
    }

    @Test func eachNodeHasItsOwnInCareAndWhoDecidesThoseOfNodesThatAreThere() async throws {
        let fixture = try await fixture()
        try await fixture.running { (scheduler) async throws in
            #expect(scheduler.databasesInCare.isEmpty)
            try await fixture.elect(scheduler)
            #expect(scheduler.databasesInCare == ["exa_db"])
            fixture.cluster.change { $0.members[12]?.isPresent = false }
            #expect(scheduler.databasesInCare.isEmpty)
        }
        let other = MemberFixture(fixture, as: 12)
        try await other.running { scheduler in
            #expect(await other.until { scheduler.databasesInCare == ["exa_db"] })
        }
    }

    @Test func itIsHandedOnUntilSomebodyTakesIt() async throws {
        let fixture = try await fixture()
        try await fixture.running { (scheduler) async throws in
            fixture.cluster.setMaster(12)
            fixture.runner.refuseNeeds(2)
            await withTaskGroup { group in
                group.addTask { #expect(await scheduler.handOn(.certificate)) }
                #expect(await fixture.until(20_000) { fixture.runner.needs.count == 3 })
                await group.waitForAll()
            }
            #expect(fixture.runner.needs == Array(repeating: .certificate, count: 3))
            // A follower asks for no job, and tells again.
            let certificate = String(repeating: "0f", count: 32)
            await CertificateRenewal(scheduler) { certificate }.renew()
            #expect(fixture.runner.needs.count == 4)
            #expect(try await renewals(scheduler).isEmpty)
        }
    }

    @Test func theCertificateOfANodeIsRenewedOnceADayWhateverItSays() async throws {
        let fixture = try await fixture()
        try await fixture.running { (scheduler) async throws in
            let renewal = CertificateRenewal(scheduler) { nil }
            await renewal.renew(on: 12)
            #expect(try await renewals(scheduler).isEmpty)
            try await fixture.elect(scheduler)
            for _ in 0..<3 { await renewal.renew(on: 12) }
            let jobs = try await renewals(scheduler)
            #expect(jobs.map(\.parameters) == [["nid": 12]])
            #expect(jobs.first?.idempotencyKey?.hasPrefix("renewal/n12/") == true)
            await renewal.renew(on: 13)
            #expect(try await renewals(scheduler).count == 2)
            #expect(fixture.runner.needs.isEmpty)
        }
    }
}
