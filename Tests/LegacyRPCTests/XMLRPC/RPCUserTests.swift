import EXAConf
import JobEngine
import Support
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// The methods about the caller and about users.
struct RPCUserTests {
    @Test func aSessionIsOpenedAndItsTokenIsALogin() async throws {
        try await XMLRPCFixture.running { api in
            let before = try await api.call("user_state", as: "dba")
            #expect(before["user"] == "dba")
            #expect(before["roles"] == ["exadbadm"])
            #expect(before["method"] == "password")
            #expect(before["session"] == .null)
            let token = try #require(try await api.call("user_login", as: "dba").string)
            func call(_ method: String) async throws -> MethodResponse {
                let body = MethodCall(methodName: method).encoded()
                return try MethodResponse(
                    parsing: try await api.post(authorization: "Bearer \(token)", body: body).body)
            }
            let state = try await call("user_state").get()
            #expect(state["user"] == "dba")
            #expect(state["method"] == "session")
            #expect(state["session"]?["opened_by"] == "password")
            #expect(state["session"]?["address"] == "192.0.2.1")
            guard case .fault(let fault) = try await call("user_login") else {
                Issue.record("a session opened another one")
                return
            }
            #expect(fault.code == 102)
        }
    }

    @Test func aUserWithoutAPasswordGetsAFirstOneOnce() async throws {
        try await XMLRPCFixture.running { api in
            let result = try await api.call("user_init", "probe", "first-secret")
            #expect(result["result_code"] == 0)
            let user = try #require(api.scheduler.configuration.document.user(named: "probe"))
            #expect(user.passwordHash?.hasPrefix("$") == true)
            let id = try #require(JobID(result["result_jobid"]?.string ?? ""))
            let job = try await api.scheduler.record(id)
            #expect(job.type == "user_passwd")
            #expect(job.request.body == ["method": "user_init", "params": ["probe", "***"]])
            #expect(!JSON.text(job.value).contains("first-secret"))
            let again = try await api.call("user_init", "probe", "second")
            #expect(again["result_code"] == 1)
            #expect(again["result_desc"]?.string?.contains("user_passwd") == true)
        }
    }

    @Test(arguments: [
        ("admin", "admin", 1), ("admin", "nobody_here", 1), ("dba", "probe", 102), ("reader", "reader", 102),
    ])
    func noOtherPasswordIsTouched(caller: String, user: String, code: Int) async throws {
        try await XMLRPCFixture.running { api in
            let before = api.scheduler.configuration.document
            let result = try await api.call("user_init", .string(user), "secret", as: caller)
            #expect(result["result_code"] == .int(code))
            #expect(result["result_jobid"] == "")
            #expect(api.scheduler.configuration.document == before)
        }
    }
}
