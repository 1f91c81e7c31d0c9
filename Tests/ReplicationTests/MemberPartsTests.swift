import JobEngine
import Testing

@testable import Replication

struct MemberKeyTests {
    @Test func itIsReadAsItWasWritten() {
        let key = MemberKey(address: "10.0.0.1", port: 20_003, version: "0.5", applied: 7, isReady: true)
        #expect(MemberKey(key.bytes) == key)
        var told = key
        told.levels = 3...4
        #expect(MemberKey(told.bytes)?.levels == 3...4)
        let odd = String(decoding: told.bytes, as: UTF8.self).replacing("[3,4]", with: "[4,3]")
        #expect(odd.contains("[4,3]") && MemberKey(Array(odd.utf8))?.levels == nil)
    }

    @Test func whatIsWrongWithANodeIsToldToOthers() throws {
        var key = MemberKey(address: "10.0.0.1", port: 20_003, version: "0.5", applied: 7, isReady: false)
        key.quarantine = "entry 7 is another one here than in etcd"
        key.past = ClusterStatus.MissingPast(jobs: 12_000, revisions: 0)
        #expect(MemberKey(key.bytes) == key)
        // Of what another node says so much is shown.
        key.quarantine = String(repeating: "long ", count: 1_000)
        #expect(try #require(MemberKey(key.bytes)?.quarantine).count == 512)
        key.past = ClusterStatus.MissingPast(jobs: -1, revisions: -1)
        #expect(MemberKey(key.bytes)?.past == ClusterStatus.MissingPast(jobs: 0, revisions: 0))
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
