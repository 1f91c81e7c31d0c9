import Support
import Testing
import Values

@testable import JobEngine

struct IdempotencyKeysTests {
    /// A repeated request can find its job in the store before the driver has told anybody of it.
    @Test func aRepeatedRequestWaitsForTheEndOfItsJobHoweverSoonItComes() async throws {
        let fixture = EngineFixture()
        try await fixture.running { scheduler in
            let (gate, count) = (Gate(), fixture.store.writeCount)
            fixture.store.afterAppend { await gate.wait() }
            var request = JobRequest.fixture("test_set", ["text": "x"])
            request.idempotencyKey = "k"
            let repeated = request
            try await withThrowingTaskGroup { group in
                group.addTask { _ = try await scheduler.submit(repeated) }
                #expect(await fixture.until { fixture.store.writeCount > count })
                let job = try await scheduler.submit(repeated)
                #expect(!job.isDone)
                group.addTask {
                    let end = try await scheduler.wait(for: job.id, atMost: .seconds(3600))
                    #expect(end.outcome == .ok)
                }
                _ = await fixture.until(50) { false }
                await gate.open()
                try await group.waitForAll()
            }
        }
    }

    private func submission(_ key: String?, digest: String = "d") -> Submission {
        var record = JobRecord.fixture(number: 0)
        record.idempotencyKey = key
        return Submission(record: record, traits: JobTraits(gone: .modify), digest: digest)
    }

    @Test func theKeysOfABatchAreLookedForAtOnce() async throws {
        let store = InMemoryStore()
        var known = JobRecord.fixture(number: 7)
        known.idempotencyKey = "b"
        try await store.append([.job(known, digest: "d")], audit: [], after: store.beginTerm())
        let batch = ["a", "b", "c", nil, "a"].map { [submission($0)] }
        let keys = await IdempotencyKeys(batch, in: store)
        #expect(store.keyLooks == 1)
        #expect(try batch.map { try keys.earlier($0) } == [nil, known.id, nil, nil, nil])
        #expect(throws: JobError.self) { try keys.earlier([submission("b", digest: "e")]) }
    }

    @Test func aBatchWithoutKeysAsksNobody() async {
        let store = InMemoryStore()
        _ = await IdempotencyKeys([[submission(nil)], []], in: store)
        #expect(store.keyLooks == 0)
    }
}
