import JobEngine
import Support
import Testing
import Values

@testable import LegacyRPC

/// The remote methods by JSON, with arguments by name.
struct JSONRPCMethodTests {
    @Test(
        arguments: [nil, .null, [:], [], ["params": [:]], ["params": [:], "dry_run": false, "volatile": false]]
            as [Value?])
    func aJobWithoutParametersNeedsNone(params: Value?) async throws {
        try await XMLRPCFixture.running { api in
            let result = try await api.ask(.members(["method": "job_exec", "job": "db_list", "params": params]))
            let id = try #require(result["result_jobid"]?.string)
            #expect(
                result == [
                    "result_code": 0, "result_name": "OK", "result_desc": "Success", "result_output": ["DB1"],
                    "result_jobid": .string(id),
                ])
        }
    }

    @Test func aStartedJobIsAskedForItsResultUntilItHasEnded() async throws {
        let gate = Gate()
        try await XMLRPCFixture.running { (_) in
            await gate.wait()
            return .ok("done")
        } _: { api in
            let params: Value = ["params": ["action": "x"], "dry_run": false, "volatile": false]
            let id = try await api.ask(["method": "job_start", "job": "test_act", "params": params])
            #expect(id.string?.hasPrefix("11.") == true)
            let ask: Value = ["method": "job_result", "params": ["job_id": id]]
            #expect(try await api.ask(ask)["result_code"] == 5)
            #expect(try await api.ask(["method": "job_finished", "params": ["job_id": id]]) == false)
            #expect(try await api.ask(["method": "job_wait", "params": ["job_id": id, "timeout": 0]]) == false)
            gate.open()
            #expect(try await api.ask(["method": "job_wait", "params": ["job_id": id, "timeout": 60]]) == true)
            for _ in 0..<3 {
                let result = try await api.ask(ask)
                #expect(result["result_code"] == 0)
                #expect(result["result_output"] == "done")
                #expect(result["result_jobid"] == id)
            }
        }
    }

    @Test func aJobKeepsTheDialectItCameIn() async throws {
        try await XMLRPCFixture.running { api in
            let params: Value = ["params": ["username": "probe", "password": "first-secret"], "intent": "a reason"]
            let result = try await api.ask(["method": "job_exec", "job": "user_passwd", "params": params])
            let id = try #require(JobID(result["result_jobid"]?.string ?? ""))
            let job = try await api.scheduler.record(id)
            #expect(job.request.dialect == "json")
            #expect(job.request.path == "/jrpc")
            #expect(job.intent == "a reason")
            #expect(!JSON.text(job.value).contains("first-secret"))
        }
    }

    @Test func anExistingBucketIsToldInTheResult() async throws {
        try await XMLRPCFixture.running { api in
            let bucket: Value = [
                "bucketfs_name": "bfsdefault", "bucket_name": "json", "public": true, "read_password": "cmVhZA==",
                "write_password": "d3JpdGU=",
            ]
            let request: Value = ["method": "job_exec", "job": "bucket_add", "params": ["params": bucket]]
            let revision = api.scheduler.configuration.revision
            let added = try await api.ask(request)
            #expect(added["result_code"] == 0)
            #expect(added["result_revision"] == .int(revision + 1))
            let again = try await api.json(JSON.text(request))
            #expect(again.status == 200)
            #expect(try again.value()["result_code"] == 1)
            #expect(try again.value()["result_desc"]?.string?.hasPrefix("JobError: ERROR::ConfD: ") == true)
        }
    }

    @Test(
        arguments: [
            ("no_job", [:], 101), ("user_info", [:], 103), ("db_list", ["params": ["a": 1]], 104),
            ("db_list", ["db_name": "DB1"], 104), ("db_info", ["params": ["db_name": 1]], 105),
        ] as [(String, Value, Int)])
    func anErrorOfAnExecutedJobIsToldInTheResult(job: String, params: Value, code: Int) async throws {
        try await XMLRPCFixture.running { api in
            let request: Value = ["method": "job_exec", "job": .string(job), "params": params]
            let answer = try await api.json(JSON.text(request))
            #expect(answer.status == 200)
            #expect(try answer.value()["result_code"] == .int(code))
            #expect(try answer.value()["result_jobid"] == "")
        }
    }

    /// What each method is asked by name, and the same by position.
    private static let calls: [(String, Value, Value)] = [
        ("job_desc", ["job": "db_list"], ["db_list"]), ("job_desc", ["name": "db_list"], ["db_list"]),
        ("job_exec", ["job": "db_list", "params": ["x": 1]], ["db_list", ["params": ["x": 1]]]),
        ("job_exec", ["name": "db_list", "kwargs": ["x": 1]], ["db_list", ["x": 1]]),
        ("job_finished", ["job_id": "11.1"], ["11.1"]), ("job_finished", ["id": "11.1"], ["11.1"]),
        ("job_help", ["job": "db_list"], ["db_list"]), ("job_info", ["job_id": "11.1"], ["11.1"]),
        ("job_info", ["job": ["job_id": "11.1"]], [["job_id": "11.1"]]), ("job_list", [:], []),
        ("job_result", ["job_id": "11.1"], ["11.1"]),
        ("job_start", ["job": "db_list", "volatile": true, "intent": .null], ["db_list", ["volatile": true]]),
        ("job_wait", ["job_id": "11.1", "timeout": 0], ["11.1", ["timeout": 0]]),
        ("job_wait", ["id": "11.1", "options": ["timeout": 0]], ["11.1", ["timeout": 0]]),
        ("subscribe", ["url": "http://192.0.2.1/"], ["http://192.0.2.1/"]), ("system.listMethods", [:], []),
        ("system.methodHelp", ["method": "job_list"], ["job_list"]),
        ("system.methodSignature", ["method": "job_list"], ["job_list"]),
        ("unsubscribe", ["url": "http://192.0.2.1/"], ["http://192.0.2.1/"]),
        ("user_init", ["password": "b", "username": "a"], ["a", "b"]), ("user_login", [:], []),
        ("user_state", [:], []),
    ]

    @Test(arguments: calls)
    func namesAreMappedOntoPositions(name: String, named: Value, positional: Value) throws {
        let method = try #require(RPCMethodTable.method(name))
        let request = try JSONRPCRequest(["method": .string(name), "params": named])
        let arguments = try method.arguments(of: request)
        #expect(.list(arguments) == positional)
        try method.check(arguments)
    }

    @Test func everyMethodCanBeCalledByName() {
        #expect(Set(Self.calls.map(\.0)) == Set(RPCMethodTable.all.map(\.name)))
    }

    @Test func everyMethodAnswersInBothForms() async throws {
        try await XMLRPCFixture.running { api in
            for name in ["job_list", "system.listMethods", "user_state"] {
                let bare = try await api.ask(["method": .string(name)])
                #expect(bare != .null)
                #expect(try await api.envelope(name)["result"] == bare)
            }
            #expect(try await api.ask(["method": "job_help", "job": "db_list"]).string?.isEmpty == false)
            #expect(try await api.ask(["method": "job_desc", "job": "db_list"]).list?.first == true)
            #expect(try await api.ask(["method": "job_desc", "job": "nothing"]).list?.first == false)
        }
    }
}
