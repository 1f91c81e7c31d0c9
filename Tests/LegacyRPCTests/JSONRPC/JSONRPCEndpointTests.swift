import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// Bare requests, and what is answered as an HTTP status.
struct JSONRPCEndpointTests {
    private static let list = #"{"method":"job_list"}"#

    @Test(
        arguments: ["/jrpc", "/rest", "/rest?x=1"],
        [nil, "application/x-www-form-urlencoded", "application/json", "text/plain"])
    func aRequestIsReadByItsPathWhateverItsMediaType(path: String, contentType: String?) async throws {
        try await XMLRPCFixture.running { api in
            let headers: HTTPFields = contentType.map { [.contentType: $0, .accept: "text/html"] } ?? [:]
            let answer = try await api.json(Self.list, path: path, headers: headers)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType]?.hasPrefix("application/json") == true)
            #expect(try answer.value() == .strings(api.scheduler.catalogue.names))
        }
    }

    @Test(arguments: [nil, "Basic !!!", NamedPasswords.basic("admin", "wrong"), "Bearer wrong"])
    func withoutALoginTheStatusIs401(authorization: String?) async throws {
        try await XMLRPCFixture.running { api in
            for body in [Self.list, #"{"jsonrpc":"2.0","id":1,"method":"job_list"}"#, "{"] {
                let answer = try await api.json(body, authorization: authorization)
                #expect(answer.status == 401)
                #expect(answer.headers[.wwwAuthenticate]?.isEmpty == false)
                #expect(!answer.text.contains("cluster-token"))
            }
        }
    }

    @Test func theTokenOfTheClusterIsALoginAndIsNotAnswered() async throws {
        try await XMLRPCFixture.running { api in
            let login = "Bearer cluster-token"
            let state = try await api.json(#"{"method":"user_state"}"#, authorization: login)
            #expect(try state.value()["user"] == "root")
            #expect(try state.value()["method"] == "bearer")
            let result = try await api.json(#"{"method":"job_exec","job":"db_list"}"#, authorization: login)
            let id = try #require(try result.value()["result_jobid"]?.string)
            let info = try await api.json(#"{"method":"job_info","params":["\#(id)"]}"#, authorization: login)
            #expect(try info.value()["type"] == "db_list")
            for answer in [state, result, info] { #expect(!answer.text.contains("cluster-token")) }
        }
    }

    @Test func aSessionIsOpenedAndItsTokenIsALogin() async throws {
        try await XMLRPCFixture.running { api in
            let token = try #require(try await api.ask(["method": "user_login"], as: "dba").string)
            let state = try await api.json(#"{"method":"user_state"}"#, authorization: "Bearer \(token)")
            #expect(try state.value()["user"] == "dba")
            #expect(try state.value()["session"]?["opened_by"] == "password")
            let again = try await api.json(#"{"method":"user_login"}"#, authorization: "Bearer \(token)")
            #expect(again.status == 403)
            #expect(again.code == "permission-denied")
            #expect(!again.text.contains(token))
            #expect(api.audit.events.filter { $0.kind == .denied }.count == 1)
        }
    }

    @Test func aNodeThatIsNotTheMasterRedirects() async throws {
        let cluster = ForeignCluster(master: .init(node: 11, name: "n11", address: "10.10.10.11"))
        try await XMLRPCFixture.running(cluster: cluster) { api in
            for path in ["/jrpc", "/rest"] {
                let answer = try await api.json(Self.list, path: path)
                #expect(answer.status == 302)
                #expect(answer.headers[.location]?.hasPrefix("https://10.10.10.11:443\(path)") == true)
            }
        }
    }

    @Test func aBodyBeyondTheLimitIs413() async throws {
        try await XMLRPCFixture.running(limits: Limits(bodyBytes: 200)) { api in
            let name = String(repeating: "x", count: 300)
            let refused = try await api.json(#"{"method":"job_help","job":"\#(name)"}"#)
            #expect(refused.status == 413)
            #expect(refused.code == "body-too-large")
            #expect(try await api.json(Self.list).status == 200)
        }
    }

    @Test(arguments: [
        ("", "body-malformed"), ("job_list", "body-malformed"), (#"{"method":"job_list""#, "body-malformed"),
        (#"{"method":"job_list"} {}"#, "body-malformed"), (#"{"method":"job_list","method":"x"}"#, "body-malformed"),
        (String(repeating: #"{"params":"#, count: 33), "body-malformed"),
        (#""job_list""#, "body-invalid"), ("null", "body-invalid"), ("5", "body-invalid"), ("{}", "body-invalid"),
        (#"{"method":5}"#, "body-invalid"), (#"{"method":"no_method"}"#, "body-invalid"),
        (#"{"method":"db_list"}"#, "body-invalid"), (#"{"method":"job_list","params":"x"}"#, "body-invalid"),
        (#"{"method":"job_exec","job":5}"#, "body-invalid"), (#"{"method":"job_exec"}"#, "body-invalid"),
        (#"{"method":"job_exec","job":"db_list","dry_run":true}"#, "body-invalid"),
        (#"{"method":"job_exec","job":"db_list","params":{"job":"db_list"}}"#, "body-invalid"),
        (#"{"method":"job_result","params":{"job_id":11.91}}"#, "body-invalid"),
        (#"{"method":"job_result","job":"11.91"}"#, "body-invalid"),
        (#"{"method":"job_list","params":{"x":1}}"#, "body-invalid"),
        (#"{"method":"job_list","job":"x","params":[]}"#, "body-invalid"),
    ])
    func whatIsNoRequestIsAProblem(body: String, code: String) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.json(body)
            #expect(answer.status == 400)
            #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true)
            #expect(answer.code == code)
            #expect(try answer.value()["instance"] == "/jrpc")
        }
    }

    @Test(
        arguments: [
            (["method": "job_start", "job": "no_job"], 404, "job-type-unknown", nil),
            (["method": "job_start", "job": "user_create"], 400, "parameter-missing", "/params/params/username"),
            (
                ["method": "job_start", "params": ["db_list", ["x": 1]]], 400, "parameter-unknown", "/params/1/x"
            ),
            (
                ["method": "job_start", "job": "db_list", "params": [["volatile": 1]]], 400, "parameter-invalid",
                "/params/0/volatile"
            ),
            (
                ["method": "job_start", "job": "db_list", "params": ["dry_run": true]], 400, "parameter-invalid", nil
            ),
            (["method": "job_help", "job": "no_job"], 404, "job-type-unknown", nil),
            (["method": "job_wait", "params": ["job_id": "11.99"]], 404, "job-not-found", nil),
            (["method": "job_finished", "params": ["id": "x"]], 404, "job-not-found", nil),
            (["method": "job_info", "params": ["job_id": "11.99"]], 404, "job-not-found", nil),
            (["method": "subscribe", "params": ["url": "http://198.51.100.9/"]], 400, "parameter-invalid", nil),
        ] as [(Value, Int, String, String?)])
    func anErrorOfAMethodWithoutResultDictIsAProblem(
        request: Value, status: Int, code: String, pointer: String?
    ) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.json(JSON.text(request))
            #expect(answer.status == status)
            #expect(answer.code == code)
            let pointers = try answer.value()["errors"]?.list?.compactMap { $0["pointer"]?.string } ?? []
            if let pointer { #expect(pointers.contains(pointer)) }
        }
    }

    @Test func aMissingRightIsToldAndNotedOnce() async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.json(#"{"method":"job_start","job":"user_list"}"#, as: "reader")
            #expect(answer.status == 403)
            #expect(api.audit.events.filter { $0.kind == .denied }.count == 1)
            let result = try await api.ask(["method": "job_exec", "job": "user_list"], as: "reader")
            #expect(result["result_code"] == 102)
            #expect(api.audit.events.filter { $0.kind == .denied }.count == 2)
        }
    }

    @Test func aStoreThatCannotBeUsedIsAFaultOfItsOwn() async throws {
        try await XMLRPCFixture.running { api in
            api.engine.store.losePower(atWrite: api.engine.store.writeCount + 1)
            let answer = try await api.json(#"{"method":"job_start","job":"db_list"}"#)
            #expect(answer.status == 503)
            #expect(answer.code == "store-unavailable")
            #expect(try answer.value()["detail"]?.string?.contains("The daemon's log names the cause.") == true)
            let envelope = try await api.envelope("job_start", ["job": "db_list"])
            #expect(envelope["error"]?["code"] == 132)
            api.engine.store.restorePower()
        }
    }
}
