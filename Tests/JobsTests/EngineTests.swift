import Certificates
import EXAConf
import FoundationEssentials
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Jobs as the scheduler runs them, with their revisions and suspensions.
@Suite(.timeLimit(.minutes(5)))
struct EngineTests {
    private func fixture(_ answer: Value = .null) -> EngineFixture {
        EngineFixture(catalogue: .confd, file: FixtureCluster.document.text) { _ in .ok(answer) }
    }

    private func run(
        _ type: String, _ parameters: [String: Value], on scheduler: JobScheduler
    ) async throws -> JobRecord {
        let record = try await scheduler.submit(.fixture(type, parameters))
        return try await scheduler.wait(for: record.id, atMost: .seconds(50))
    }

    @Test func aBucketIsAddedOnce() async throws {
        try await fixture().running { scheduler in
            let revision = scheduler.configuration.revision
            let parameters: [String: Value] = ["bucket_name": "b", "bucketfs_name": "bfsdefault", "public": true]
            let first = try await run("bucket_add", parameters, on: scheduler)
            #expect(first.outcome == .ok && first.revision == revision + 1)
            let second = try await run("bucket_add", parameters, on: scheduler)
            #expect(second.outcome == .declined && second.errorCode == .objectExists)
            #expect(
                second.result?.text == "JobError: ERROR::ConfD: Given bucket b already exists in bucketfs bfsdefault.")
        }
    }

    @Test func aNewNodeIsResumedWithARevisionAndThenWithoutOne() async throws {
        try await fixture().running { scheduler in
            let added = try await run("node_add", ["priv_net": "10.10.10.x/24"], on: scheduler)
            #expect(added.result?.output == 14)
            let resumed = try await run("node_resume", ["nid": 14], on: scheduler)
            #expect(resumed.outcome == .ok && resumed.revision == added.revision.map { $0 + 1 })
            let again = try await run("node_resume", ["nid": 14], on: scheduler)
            #expect(again.outcome == .ok && again.revision == nil)
        }
    }

    @Test func aSuspendedNodeIsShownAsSuch() async throws {
        try await fixture().running { scheduler in
            let suspended = try await run("node_suspend", ["nid": 12], on: scheduler)
            #expect(suspended.outcome == .ok && suspended.stage == .finished && suspended.revision == nil)
            let state = try await run("node_state", [:], on: scheduler)
            #expect(state.result?.output?["12"] == "suspended")
            let resumed = try await run("node_resume", ["nid": 12], on: scheduler)
            #expect(resumed.revision == nil)
            let after = try await run("node_state", [:], on: scheduler)
            #expect(after.result?.output?["12"] == "offline")
        }
    }

    @Test func aCertificateMakesARevisionAndItsKeyIsNotStored() async throws {
        let fixture = fixture()
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let issued = try SelfSigned.make(
            commonName: "n11", dnsNames: ["n11"], addresses: [], validityDays: 90, now: now)
        try await fixture.running { scheduler in
            let revision = scheduler.configuration.revision
            let done = try await run(
                "cert_update", ["cert": .string(issued.certificatePEM), "key": .string(issued.keyPEM)], on: scheduler)
            #expect(done.outcome == .ok && done.revision == revision + 1)
            let stored = try #require(try await fixture.store.job(done.id))
            #expect(!"\(stored)".contains("PRIVATE KEY"))
            #expect(fixture.runner.commands.first?.arguments["key"] == .string(issued.keyPEM))
        }
    }

    @Test func theLicenseComesFromTheNode() async throws {
        try await fixture(["text": "company_name = ACME"]).running { scheduler in
            let info = try await run("license_info", [:], on: scheduler)
            #expect(info.result?.output?["Contract"]?["company_name"] == "ACME")
            #expect(info.stage == .finished)
        }
        try await fixture().running { scheduler in
            let info = try await run("license_info", [:], on: scheduler)
            #expect(info.errorCode == .objectMissing)
        }
    }
}
