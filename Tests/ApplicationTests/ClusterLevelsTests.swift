import Testing
import Values

@testable import Application

/// What there is to say of levels of the log.
@Suite struct ClusterLevelsTests {
    private static func member(_ node: Int, _ lack: String? = nil) -> ClusterLevels.Member {
        ClusterLevels.Member(node: node, version: "0.5", levels: 1...2, lack: lack)
    }

    @Test func theSentenceSaysWhatTheNextOneWaitsFor() {
        let newest = ClusterLevels(level: 2, next: nil, raisedAt: nil, members: [Self.member(11)])
        #expect(newest.sentence == "level 2 is in force, and no member knows a higher one")
        let waiting = ClusterLevels(
            level: 1, next: 2, raisedAt: nil,
            members: [Self.member(11), Self.member(12, "is away"), Self.member(13, "knows level 1")])
        #expect(waiting.sentence == "level 1 is in force; level 2 waits: node 12 is away, node 13 knows level 1")
        let known = ClusterLevels(
            level: 1, next: 2, raisedAt: Timestamp(milliseconds: 1_767_364_200_000), members: [Self.member(11)])
        #expect(
            known.sentence
                == "level 1 is in force; all members know level 2, which comes into force by itself on 2026-01-02T14:30:00.000Z, "
                + "or now by: confd cluster level raise")
    }
}
