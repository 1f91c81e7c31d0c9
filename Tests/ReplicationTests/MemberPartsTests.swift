import ClusterLog
import Testing

@testable import Replication

struct LogRetentionTests {
    @Test func whatAllHaveGoesButForTheLast() {
        var retention = LogRetention()
        #expect(retention.next(end: 1_000, appliedByAll: 1_000, at: .seconds(1)) == nil)
        #expect(retention.next(end: 5_000, appliedByAll: 4_990, at: .seconds(20)) == nil)
        #expect(retention.next(end: 5_000, appliedByAll: 4_990, at: .seconds(31)) == 4_000)
        retention.note(trimmed: 4_000, at: 77)
        #expect(retention.revision == 77)
        #expect(retention.next(end: 5_000, appliedByAll: 4_990, at: .seconds(62)) == nil)
        #expect(retention.next(end: 5_001, appliedByAll: 4_990, at: .seconds(93)) == 4_001)
    }

    @Test func whatSomebodyLacksStaysUpToALimit() {
        var retention = LogRetention()
        #expect(retention.next(end: 9_000, appliedByAll: 500, at: .seconds(31)) == 500)
        retention.note(trimmed: 500, at: 1)
        #expect(retention.next(end: 20_400, appliedByAll: 500, at: .seconds(62)) == nil)
        #expect(retention.next(end: 30_000, appliedByAll: 500, at: .seconds(93)) == 10_000)
        #expect(retention.next(end: 30_000, appliedByAll: nil, at: .seconds(124)) == 10_000)
    }
}

struct MemberKeyTests {
    @Test func itIsReadAsItWasWritten() {
        let key = MemberKey(address: "10.0.0.1", port: 20_003, version: "0.5", applied: 7, isReady: true)
        #expect(MemberKey(key.bytes) == key)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"address":"a","port":0,"version":"","applied":1,"ready":true}"#,
        #"{"address":"a","port":70000,"version":"","applied":1,"ready":true}"#,
        #"{"address":"a","port":1,"version":"","applied":-1,"ready":true}"#,
        #"{"address":"a","port":1,"version":"","applied":1,"ready":"yes"}"#,
    ]) func anythingElseIsNone(text: String) {
        #expect(MemberKey(Array(text.utf8)) == nil)
    }

    @Test func whatALaterVersionAddsIsPassedBy() {
        let text = #"{"address":"a","port":1,"version":"9","applied":1,"ready":true,"votes":[1]}"#
        #expect(MemberKey(Array(text.utf8))?.version == "9")
    }
}
