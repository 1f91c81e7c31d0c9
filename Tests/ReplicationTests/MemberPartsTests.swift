import Testing

@testable import Replication

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
