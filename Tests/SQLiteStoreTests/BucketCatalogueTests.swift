import ClusterLog
import JobEngine
import Replication
import Testing
import Values

@testable import SQLiteStore

/// The catalogue of buckets in the state of a member.
struct BucketCatalogueTests {
    private let fixture = StoreFixture()
    private let another = StoreFixture()

    private func entry(_ path: String, bucket: String = "default", at: Int = 5) throws -> BucketEntry {
        let bucket = try #require(BucketName(bucket, of: "bfs1"))
        let name = try #require(BucketFileName(path, in: bucket))
        return try #require(
            BucketEntry(
                name, size: 7, sha256: String(repeating: "0a", count: 32),
                at: Timestamp(milliseconds: at), node: 12, user: "w"))
    }

    @Test func filesAreKeptReplacedRemovedAndForgotten() async throws {
        let store = SQLiteStore(try fixture.open())
        let entries = try ["a", "b/c", "b/d", "e"].map { try entry($0) }
        let elsewhere = try entry("a", bucket: "other")
        var log = RecordedLog()
        let apply = { (records: [ReplicatedRecord]) in
            log.append(records)
            try await store.apply(try #require(log.entries.last))
        }
        try await apply(entries.map { .bucketFile($0) } + [.bucketFile(elsewhere)])
        let bucket = entries[0].name.bucket
        #expect(try await store.entries(of: bucket, after: nil, limit: 3) == Array(entries.prefix(3)))
        #expect(try await store.entries(of: bucket, after: "b/d", limit: 3) == [entries[3]])
        #expect(try await store.buckets() == [bucket, elsewhere.name.bucket])
        let newer = try entry("a", at: 9)
        try await apply([.bucketFile(newer), .bucketFileRemoved(entries[3].name)])
        #expect(try await store.entry(newer.name) == newer)
        #expect(try await store.entry(entries[3].name) == nil)
        try await apply([.bucketForgotten(bucket)])
        #expect(try await store.buckets() == [elsewhere.name.bucket])
        #expect(try await store.isComplete() == false)
        try await apply([.bucketsListed])
        #expect(try await store.isComplete())
    }

    @Test func aFileHasNoFolderOfItsName() async throws {
        let store = SQLiteStore(try fixture.open())
        try await store.apply([.bucketFile(try entry("a/b")), .bucketFile(try entry("c"))])
        #expect(try await store.obstacle(to: try entry("a").name) == "a/b")
        #expect(try await store.obstacle(to: try entry("a/b/c").name) == "a/b")
        #expect(try await store.obstacle(to: try entry("c/d/e").name) == "c")
        for path in ["a/b", "a/c", "a0", "a-", "c", "d"] {
            #expect(try await store.obstacle(to: try entry(path).name) == nil, "\(path)")
        }
        #expect(try await store.obstacle(to: try entry("a", bucket: "other").name) == nil)
    }

    @Test func itComesWithTheStateOfAnotherNode() async throws {
        let (store, other) = (SQLiteStore(try fixture.open()), SQLiteStore(try another.open()))
        let (kept, stale) = (try entry("a"), try entry("b"))
        try await store.apply([.bucketFile(kept), .bucketsListed])
        try await other.apply([.bucketFile(stale)])
        _ = try await other.takeState(of: store)
        #expect(try await other.entries(of: kept.name.bucket, after: nil, limit: 9) == [kept])
        #expect(try await other.isComplete())
        #expect(try await other.entry(stale.name) == nil)
    }

    @Test func aNodeThatLeavesForgetsIt() async throws {
        let store = SQLiteStore(try fixture.open())
        let time = Timestamp(milliseconds: 1000)
        try await store.apply([
            .member(
                ReplicatedMember(node: 12, id: "m", address: "10.0.0.12", port: 20003, peerPort: 20381, since: time)),
            .bucketFile(try entry("a")), .bucketsListed,
        ])
        #expect(try await store.forgetCluster())
        #expect(try await store.buckets() == [])
        #expect(try await store.isComplete() == false)
    }
}
