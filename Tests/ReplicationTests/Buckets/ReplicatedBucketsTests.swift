import ClusterLog
import JobEngine
import Support
import Testing
import Values

@testable import Replication

/// Whoever decides looks at an order beside what the catalogue has.
@Suite struct ReplicatedBucketsTests {
    private func refusal(_ work: () async throws -> Void) async throws -> BucketRefusal? {
        do {
            try await work()
            return nil
        } catch let refusal as BucketRefusal {
            return refusal
        }
    }

    @Test func ordersAreDecidedOneAfterTheOther() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            let buckets = ReplicatedBuckets(master.store, catalogue: master.state, time: cluster.time)
            let entry = try BucketRecordTests.entry("a/b")
            let kept = try #require(try await buckets.decide(.keep(entry, over: .tag(nil))))
            #expect(try await master.state.entry(entry.name) == kept)
            // The time is that of whoever decides, and another one for each content.
            let again = try #require(try await buckets.decide(.keep(entry, over: .tag(kept.tag))))
            #expect(again.at > kept.at && again.tag != kept.tag)
            let changed = try await refusal { try await buckets.decide(.keep(entry, over: .tag(kept.tag))) }
            #expect(changed == .changed)
            let obstructed = try await refusal {
                try await buckets.decide(.keep(try BucketRecordTests.entry("a"), over: .anything))
            }
            #expect(obstructed == .obstructed(by: "a/b"))
            #expect(try await refusal { try await buckets.decide(.remove(entry.name, over: .tag("x"))) } == .changed)
            try await buckets.decide(.remove(entry.name, over: .anything))
            #expect(try await refusal { try await buckets.decide(.remove(entry.name, over: .anything)) } == .missing)
            // Everybody has the same.
            try await cluster.follow(master)
            #expect(try await other.state.entry(entry.name) == nil)
            let follower = ReplicatedBuckets(other.store, catalogue: other.state, time: cluster.time)
            #expect(!follower.decides && buckets.decides)
            guard case .later = try await refusal({ try await follower.decide(.endListing) }) else {
                Issue.record("a follower decided")
                return
            }
        }
    }

    @Test func whatIsListedTakesNothingAway() async throws {
        try await TestCluster.live(1) { cluster in
            let (master, _) = try await cluster.elected()
            let buckets = ReplicatedBuckets(master.store, catalogue: master.state, time: cluster.time)
            let kept = try await buckets.decide(.keep(try BucketRecordTests.entry("a"), over: .anything))
            let listed = [
                try BucketRecordTests.entry("a", size: 9), try BucketRecordTests.entry("a/b"),
                try BucketRecordTests.entry("c", at: 77),
            ]
            try await buckets.decide(.list(listed))
            #expect(try await master.state.entry(listed[0].name) == kept)
            #expect(try await master.state.entry(listed[1].name) == nil)
            #expect(try await master.state.entry(listed[2].name) == listed[2])
            #expect(try await !master.state.isComplete())
            try await buckets.decide(.endListing)
            #expect(try await master.state.isComplete())
        }
    }

    @Test func aBucketIsForgottenAsOfTheNewestRevisionAlone() async throws {
        try await TestCluster.live(1) { cluster in
            let (master, _) = try await cluster.elected()
            let buckets = ReplicatedBuckets(master.store, catalogue: master.state, time: cluster.time)
            let entry = try BucketRecordTests.entry("a")
            try await buckets.decide(.keep(entry, over: .anything))
            try await master.store.record([.engine(.revision(.sample(4)))], audit: [])
            let former = try await refusal {
                try await buckets.decide(.forget(entry.name.bucket, revision: 3))
            }
            #expect(former == .changed)
            try await buckets.decide(.forget(entry.name.bucket, revision: 4))
            #expect(try await master.state.entry(entry.name) == nil)
        }
    }
}
