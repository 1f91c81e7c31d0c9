import ClusterLog
import Testing

@testable import EtcdStore

/// What lines of a watch tell.
@Suite struct WatchFormTests {
    private func notices(_ line: String) throws(EtcdFault) -> [WatchNotice] { try WatchForm.notices(Array(line.utf8)) }

    @Test func linesAreToldInTheirOrder() throws {
        #expect(
            try notices(#"{"result":{"header":{"revision":"5"},"created":true}}"#) == [.opened(revision: 5)])
        #expect(try notices(#"{"result":{"header":{"revision":"8"}}}"#) == [.progress(revision: 8)])
        let events = #"""
            {"result":{"header":{"revision":"9"},"events":[
             {"kv":{"key":"YQ==","create_revision":"7","mod_revision":"7","value":"AHY="}},
             {"type":"DELETE","kv":{"key":"Yg==","mod_revision":"8"}}]}}
            """#.filter { $0 != "\n" }
        #expect(
            try notices(events) == [
                .put(KeyValue(key: "a", value: [0x76], created: 7), revision: 7), .deleted("b", revision: 8),
            ])
    }

    @Test func aPieceIsNoWordThatEverythingWasTold() throws {
        #expect(try notices(#"{"result":{"header":{"revision":"8"},"fragment":true}}"#).isEmpty)
    }

    @Test(arguments: [
        (#"{"result":{"header":{},"canceled":true,"compact_revision":"12"}}"#, EtcdError.compacted(oldest: 12)),
        (#"{"result":{"canceled":true,"created":true}}"#, .failed("etcd ended the watch: it gave no reason")),
        (#"{"result":{"canceled":true,"cancel_reason":"why"}}"#, .failed("etcd ended the watch: why")),
        (#"{"error":{"grpc_code":14,"http_code":503,"message":"no leader"}}"#, .failed("etcd: no leader")),
        (#"{"error":"plain","code":2}"#, .failed("etcd: plain")),
    ])
    func theLastLineSaysWhyItIsOver(line: String, error: EtcdError) {
        do throws(EtcdFault) {
            _ = try notices(line)
            Issue.record("it is not over")
        } catch let fault {
            #expect(fault.meaning == error)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"result":7}"#, #"{"result":{}}"#, #"{"result":{"header":{"revision":"x"}}}"#,
        #"{"result":{"header":{"revision":"8"},"created":1}}"#, #"{"result":{"header":{"revision":"8"},"events":{}}}"#,
        #"{"result":{"header":{"revision":"8"},"events":[{}]}}"#,
        #"{"result":{"header":{"revision":"8"},"events":[{"type":"X","kv":{"key":"YQ==","mod_revision":"8"}}]}}"#,
        #"{"result":{"header":{"revision":"8"},"events":[{"kv":{"key":"YQ==","mod_revision":"8"}}]}}"#,
        #"{"result":{"header":{"revision":"8"},"events":[{"type":"DELETE","kv":{"mod_revision":"8"}}]}}"#,
        #"{"result":{"header":{"revision":"8"},"created":true"#,
    ])
    func whatIsNoLineOfAWatchIsNotRead(line: String) {
        #expect(throws: EtcdFault.self) { try notices(line) }
    }
}
