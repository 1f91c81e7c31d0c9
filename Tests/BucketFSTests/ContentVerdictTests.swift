import JobEngine
import Testing
import Values

@testable import BucketFS

@Suite struct ContentVerdictTests {
    private static func entry(at milliseconds: Int, size: Int = 3) throws -> BucketEntry {
        let bucket = try #require(BucketName("default", of: "bfs1"))
        let name = try #require(BucketFileName("a/b", in: bucket))
        return try #require(
            BucketEntry(
                name, size: size, sha256: String(repeating: "0a", count: 32), at: Timestamp(milliseconds: milliseconds),
                node: 11, user: "w"))
    }

    private static func file(_ time: ContentTime, size: Int = 3, isOwners: Bool = true) -> FoundFile {
        FoundFile(size: size, time: time, isOwners: isOwners)
    }

    @Test(arguments: [0, 999, 1_700_000_000_123])
    func whatWasBroughtHereIsToldByItsTime(milliseconds: Int) throws {
        let entry = try Self.entry(at: milliseconds)
        let time = ContentTime(of: entry)
        #expect(time.isMarked && time.timestamp == entry.at)
        #expect(ContentVerdict(entry, Self.file(time)) == .settled)
        #expect(ContentVerdict(entry, nil) == .missing)
        #expect(ContentVerdict(entry, Self.file(time, size: 4)) == .missing)
        #expect(ContentVerdict(nil, Self.file(time)) == .remove)
        #expect(ContentVerdict(nil, nil) == .settled)
    }

    @Test func anotherTimeIsNoProof() throws {
        let entry = try Self.entry(at: 5_000)
        let other = ContentTime(of: try Self.entry(at: 5_001))
        #expect(ContentVerdict(entry, Self.file(other)) == .compare)
        #expect(ContentVerdict(entry, Self.file(ContentTime(seconds: 5, nanoseconds: 0))) == .compare)
    }

    @Test func whatSomebodyPutThereByHandStays() throws {
        let byHand = ContentTime(seconds: 5, nanoseconds: 123_456_789)
        #expect(!byHand.isMarked)
        #expect(ContentVerdict(nil, Self.file(byHand)) == .foreign)
        let time = ContentTime(of: try Self.entry(at: 5_000))
        #expect(ContentVerdict(nil, Self.file(time, isOwners: false)) == .foreign)
    }

    @Test func anotherContentHasAnotherVersion() throws {
        let (one, other) = (try Self.entry(at: 5_000), try Self.entry(at: 5_001))
        #expect(FileVersion(one) != FileVersion(other))
        #expect(FileVersion(one).entityTag == "\"\(one.tag)\"")
        #expect(FileVersion(one).modified == 5)
    }
}
