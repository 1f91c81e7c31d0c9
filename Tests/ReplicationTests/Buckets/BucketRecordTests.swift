import JobEngine
import Testing
import Values

@testable import Replication

/// Files of buckets as the log and other nodes have them.
@Suite struct BucketRecordTests {
    static let digest = String(repeating: "0a", count: 32)

    static func name(_ path: String, bucket: String = "default") throws -> BucketFileName {
        let bucket = try #require(BucketName(bucket, of: "bfs1"))
        return try #require(BucketFileName(path, in: bucket))
    }

    static func entry(_ path: String, at milliseconds: Int = 5, size: Int = 7) throws -> BucketEntry {
        let name = try name(path)
        return try #require(
            BucketEntry(
                name, size: size, sha256: digest, at: Timestamp(milliseconds: milliseconds), node: 12,
                user: "w"))
    }

    @Test func recordsAreReadAsTheyWereWritten() throws {
        let entry = try Self.entry("a/caf\u{e9} %")
        let records: [ReplicatedRecord] = [
            .bucketFile(entry), .bucketFileRemoved(entry.name), .bucketForgotten(entry.name.bucket), .bucketsListed,
        ]
        #expect(try ReplicatedBatch.records(in: ReplicatedBatch.bytes(of: records)) == records)
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "a/../b", ".", "a\nb", String(repeating: "x", count: 4097)])
    func whatCanBeNoFileIsNotRead(path: String) throws {
        let bucket = try #require(BucketName("default", of: "bfs1"))
        #expect(BucketFileName(path, in: bucket) == nil)
        let line = Value.members([
            "kind": "bucket_file_removed", "service": "bfs1", "bucket": "default", "path": .string(path),
        ])
        #expect(throws: ReplicatedBatchError.self) { try ReplicatedBatch.records(in: JSON.bytes(line) + [10]) }
    }

    @Test func ordersAreReadAsTheyWereSent() throws {
        let entry = try Self.entry("a/b")
        let orders: [BucketOrder] = [
            .keep(entry, over: .anything), .keep(entry, over: .tag(nil)), .keep(entry, over: .tag(entry.tag)),
            .remove(entry.name, over: .anything), .remove(entry.name, over: .tag("x")), .list([entry]), .endListing,
            .forget(entry.name.bucket, revision: 4),
        ]
        for order in orders {
            let sent = try JSON.parse(JSON.bytes(order.value))
            #expect(BucketOrder(sent) == order)
        }
        let many = Array(repeating: entry, count: BucketOrder.mostListed + 1)
        #expect(BucketOrder(BucketOrder.list(many).value) == nil)
        #expect(BucketOrder([:]) == nil)
        let refusals: [BucketRefusal] = [.changed, .missing, .obstructed(by: "a"), .full("b"), .later("c")]
        for refusal in refusals { #expect(BucketRefusal(refusal.value) == refusal) }
        #expect(BucketRefusal([:]) == nil)
    }

    @Test func whatTheLogDoesIsNews() throws {
        let entry = try Self.entry("a")
        let news = BucketNews([.bucketFile(entry), .level(1), .bucketFileRemoved(try Self.name("b"))])
        #expect(news.files.map(\.path) == ["a", "b"] && !news.isWhole)
        #expect(BucketNews([.level(1)]).isEmpty)
        #expect(BucketNews([.bucketsListed]).isWhole)
    }
}
