import Access
import HTTPTypes
import JobEngine
import Synchronization
import Testing

@testable import BucketFS

/// Files of buckets on the nodes of a cluster, on real folders.
@Suite struct SharedBucketsTests {
    /// Has a node follow the catalogue meanwhile, which it can once.
    private func following(_ node: BucketNode, _ body: () async throws -> Void) async throws {
        let shared = try node.shared
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await shared.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func until(_ isDone: () async throws -> Bool) async throws {
        let (end, time) = (ContinuousClock.now + .seconds(60), SystemTimeSource())
        while try await !isDone() {
            try #require(ContinuousClock.now < end)
            await time.sleep(until: time.monotonic + .milliseconds(10))
        }
    }

    @Test func whatOneNodeTookIsReadOnTheOthersAtOnce() async throws {
        let network = try BucketNetwork()
        for (place, node) in network.nodes.enumerated() {
            try await node.put("dir/file\(place)", "content \(place)")
            for other in network.nodes { #expect(try await other.read("dir/file\(place)") == "content \(place)") }
        }
        try await network.nodes[1].put("dir/file0", "another one")
        let versions = try await network.nodes.asyncMap { node in
            let file = try await node.shared.open(try BucketPath("dir/file0"), of: node.bucket)
            return "\(file.version) \(try await node.read("dir/file0"))"
        }
        #expect(Set(versions).count == 1 && versions[0].hasSuffix("another one"))
        #expect(
            try await network.nodes[2].shared.paths(of: network.nodes[2].bucket, after: nil)
                == ["dir/file0", "dir/file1", "dir/file2"])
    }

    @Test func whatIsRemovedIsGoneEverywhere() async throws {
        let network = try BucketNetwork()
        try await network.nodes[0].put("a/b", "x")
        for node in network.nodes { #expect(try await node.read("a/b") == "x") }
        try await network.nodes[2].remove("a/b")
        for node in network.nodes {
            await #expect(throws: BucketFault.noSuchFile) { try await node.read("a/b") }
            await #expect(throws: BucketFault.noSuchFile) { try await node.remove("a/b") }
        }
        #expect(try await network.nodes[2].disk() == [:])
    }

    @Test func aCopyIsOnAnotherNodeBeforeAnythingIsSaid() async throws {
        let network = try BucketNetwork()
        try await network.nodes[1].put("a", "x")
        network.nodes[1].isAway.withLock { $0 = true }
        #expect(try await network.nodes[2].read("a") == "x")
        for node in network.nodes { node.isBroken.withLock { $0 = true } }
        network.nodes[1].isAway.withLock { $0 = false }
        await #expect(throws: BucketFault.self) { try await network.nodes[1].put("b", "x") }
        let bucket = network.nodes[0].bucket.sharedName
        #expect(try await network.nodes[0].entries(of: bucket, after: nil, limit: 9).map(\.name.path) == ["a"])
        // With nobody there it is enough that this node has it.
        for node in network.nodes.dropFirst() { node.isAway.withLock { $0 = true } }
        try await network.nodes[0].put("b", "y")
        #expect(try await network.nodes[0].read("b") == "y")
    }

    @Test func contentOfAnotherDigestIsNotTaken() async throws {
        let network = try BucketNetwork()
        try await network.nodes[0].put("a", "x")
        network.nodes[0].isBroken.withLock { $0 = true }
        network.nodes[1].isAway.withLock { $0 = true }
        await #expect(throws: BucketFault.self) { try await network.nodes[2].read("a") }
        network.nodes[1].isAway.withLock { $0 = false }
        // The second node has a copy that was staged there.
        #expect(try await network.nodes[2].read("a") == "x")
    }

    @Test func conditionsHoldForAllNodes() async throws {
        let network = try BucketNetwork()
        let isNew = Preconditions([.ifNoneMatch: "*"], isReading: false)
        try await network.nodes[0].put("a", "x", when: isNew)
        await #expect(throws: BucketFault.conditionFailed) { try await network.nodes[1].put("a", "y", when: isNew) }
        let file = try await network.nodes[2].shared.open(try BucketPath("a"), of: network.nodes[2].bucket)
        let isThat = Preconditions([.ifMatch: file.version.entityTag], isReading: false)
        try await network.nodes[1].put("a", "y", when: isThat)
        await #expect(throws: BucketFault.conditionFailed) { try await network.nodes[0].put("a", "z", when: isThat) }
        #expect(try await network.nodes[2].read("a") == "y")
    }

    @Test func aNodeThatWasAwayComesToTheSame() async throws {
        let network = try BucketNetwork()
        let (first, third) = (network.nodes[0], network.nodes[2])
        for number in 0..<20 { try await first.put("dir\(number % 3)/file\(number)", "\(number)") }
        try await first.put("changes", "a")
        try await first.put("was a file", "a")
        try await following(third) {
            try await until { try await third.disk().count == 22 }
            third.isAway.withLock { $0 = true }
            for number in 0..<10 { try await first.remove("dir\(number % 3)/file\(number)") }
            for number in 20..<30 { try await first.put("new/file\(number)", "\(number)") }
            try await first.put("changes", "b")
            try await first.remove("was a file")
            try await first.put("was a file/now a folder", "b")
            try await third.place("by hand", "stays")
            try third.comeBack(as: first)
            var wanted = try await first.disk()
            #expect(wanted.count == 22)
            wanted["by hand"] = "stays"
            try await until { try await third.disk() == wanted }
        }
        // It is nobody's in the cluster.
        await #expect(throws: BucketFault.noSuchFile) { try await third.read("by hand") }
    }

    @Test func whatWasThereBeforeIsListed() async throws {
        let network = try BucketNetwork()
        let first = network.nodes[0]
        for node in network.nodes { node.forgetList() }
        for number in 0..<(BucketOrder.mostListed + 5) { try await first.place("old/file\(number)", "\(number)") }
        // Until it is, it is read where it lies.
        #expect(try await first.read("old/file7") == "7")
        try await following(first) { try await until { try await first.isComplete() } }
        #expect(try await network.nodes[2].read("old/file7") == "7")
        #expect(try await first.disk().count == BucketOrder.mostListed + 5)
        let last = try await first.read("old/file\(BucketOrder.mostListed)")
        #expect(last == "\(BucketOrder.mostListed)")
    }

    @Test func copiesOfPluginsAreNotShared() async throws {
        let network = try BucketNetwork()
        let first = network.nodes[0]
        for node in network.nodes { node.forgetList() }
        try await first.place("plugins/p1/file", "of the stock")
        try await first.place("plugins/p10", "a file like others")
        try await following(first) { try await until { try await first.isComplete() } }
        #expect(try await network.nodes[2].read("plugins/p10") == "a file like others")
        await #expect(throws: BucketFault.noSuchFile) { try await network.nodes[2].read("plugins/p1/file") }
        #expect(try await first.disk()["plugins/p1/file"] == "of the stock")
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ work: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await work(element)) }
        return results
    }
}
