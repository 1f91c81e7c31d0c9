import JobEngine
import Support
import Testing
import Values

@testable import LegacyRPC

/// JSON-RPC 2.0: envelopes, notifications and batches.
struct JSONRPCEnvelopeTests {
    @Test(arguments: ["x", "", 0, -5, .double(1.5), .null] as [Value])
    func theIDComesBack(id: Value) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.ask(["jsonrpc": "2.0", "method": "db_list", "params": [:], "id": id])
            #expect(answer["jsonrpc"] == "2.0")
            #expect(answer["id"] == id)
            #expect(answer["error"] == nil)
            #expect(answer["result"]?["result_output"] == ["DB1"])
        }
    }

    @Test(
        arguments: [
            ("db_state", ["db_name": "DB1"], "setup"), ("db_state", ["params": ["db_name": "DB1"]], "setup"),
            ("db_state", ["params": ["db_name": "DB1"], "intent": "a reason"], "setup"),
            ("job_exec", ["db_state", ["params": ["db_name": "DB1"]]], "setup"),
            ("job_exec", ["job": "db_state", "params": ["db_name": "DB1"]], "setup"), ("db_list", [], ["DB1"]),
        ] as [(String, Value, Value)])
    func aJobIsRunByItsNameOrByMethod(method: String, params: Value, output: Value) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.envelope(method, params)
            #expect(answer["result"]?["result_code"] == 0)
            #expect(answer["result"]?["result_output"] == output)
        }
    }

    @Test func aJobByItsNameIsKeptAsAnyOther() async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.envelope("db_list", ["params": [:], "intent": "a reason"])
            let id = try #require(JobID(answer["result"]?["result_jobid"]?.string ?? ""))
            let job = try await api.scheduler.record(id)
            #expect(job.request.dialect == "json")
            #expect(job.intent == "a reason")
            let failed = try await api.envelope("db_state", ["db_name": "nothing"])
            #expect(failed["result"]?["result_code"] == 1)
            #expect(failed["error"] == nil)
            #expect(try await api.envelope("db_list", ["dry_run": true])["result"]?["result_code"] == 104)
        }
    }

    @Test(
        arguments: [
            ("no_method", nil, -32601, "body-invalid"), ("Job_list", nil, -32601, "body-invalid"),
            ("job_exec", nil, -32602, "body-invalid"), ("job_help", [1], -32602, "body-invalid"),
            ("job_list", ["x"], -32602, "body-invalid"), ("db_list", ["x"], -32602, "body-invalid"),
            ("job_finished", ["job": "11.1"], -32602, "body-invalid"),
            ("job_start", ["job": "no_job"], 101, "job-type-unknown"),
            ("job_start", ["job": "user_create"], 103, "parameter-missing"),
            ("job_wait", ["job_id": "11.99"], 106, "job-not-found"),
            ("subscribe", ["url": "http://198.51.100.9/"], 105, "parameter-invalid"),
        ] as [(String, Value?, Int, String)])
    func whatHasNoAnswerIsAnError(method: String, params: Value?, code: Int, word: String) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.envelope(method, params)
            #expect(answer["id"] == 7)
            #expect(answer["result"] == nil)
            #expect(answer["error"]?["code"] == .int(code))
            #expect(answer["error"]?["message"]?.string?.isEmpty == false)
            #expect(answer["error"]?["data"]?["code"] == .string(word))
            #expect(answer["error"]?["data"]?["request_id"] == "request-1")
            let jobError = answer["error"]?["message"]?.string?.hasPrefix("JobError: ")
            #expect(jobError == (code > 0))
        }
    }

    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":7,"method":"#, -32700, Value.null), ("[", -32700, .null), (" [1,]", -32700, .null),
        ("[]", -32600, .null), (#"{"jsonrpc":"1.0","id":7,"method":"job_list"}"#, -32600, 7),
        (#"{"jsonrpc":2.0,"id":7,"method":"job_list"}"#, -32600, 7), (#"{"jsonrpc":"2.0","id":7}"#, -32600, 7),
        (#"{"jsonrpc":"2.0","method":1}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":[],"method":"job_list"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":7,"method":"job_list","params":"x"}"#, -32600, 7),
        (#"{"jsonrpc":"2.0","id":7,"method":"job_list","more":1}"#, -32600, 7),
    ])
    func whatIsNoRequestIsAnErrorEvenWithoutID(body: String, code: Int, id: Value) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.json(body)
            #expect(answer.status == 200)
            #expect(try answer.value()["error"]?["code"] == .int(code))
            #expect(try answer.value()["id"] == id)
        }
    }

    @Test func aNotificationIsCarriedOutWithoutAnAnswer() async throws {
        try await XMLRPCFixture.running { api in
            let revision = api.scheduler.configuration.revision
            let change: Value = ["bucketfs_name": "bfsdefault", "bucket_name": "default", "public": false]
            let requests: [Value] = [
                ["jsonrpc": "2.0", "method": "bucket_modify", "params": change],
                ["jsonrpc": "2.0", "method": "no_method"], ["jsonrpc": "2.0", "method": "job_help"],
            ]
            for request in requests + [.list(requests)] {
                let answer = try await api.json(JSON.text(request))
                #expect(answer.status == 204)
                #expect(answer.text.isEmpty)
            }
            #expect(api.scheduler.configuration.revision > revision)
        }
    }

    @Test func aBatchAnswersEachRequestForItself() async throws {
        try await XMLRPCFixture.running { api in
            let answers = try await api.ask([
                ["jsonrpc": "2.0", "id": "a", "method": "db_list"], ["jsonrpc": "2.0", "method": "job_list"], 5,
                ["method": "job_list", "id": 3], ["jsonrpc": "2.0", "id": "b", "method": "nothing"], [],
            ])
            let list = try #require(answers.list)
            #expect(list.map { $0["id"] } == ["a", .null, 3, "b", .null])
            #expect(list.first?["result"]?["result_output"] == ["DB1"])
            #expect(list.dropFirst().map { $0["error"]?["code"] } == [-32600, -32600, -32601, -32600])
        }
    }

    @Test(arguments: [(100, true), (101, false)])
    func aBatchHasAnEnd(count: Int, isTaken: Bool) async throws {
        try await XMLRPCFixture.running { api in
            let one: Value = ["jsonrpc": "2.0", "id": 1, "method": "system.listMethods"]
            let answer = try await api.ask(.list(Array(repeating: one, count: count)))
            #expect(answer.list?.count == (isTaken ? count : nil))
            #expect(answer["error"]?["code"] == (isTaken ? nil : -32600))
        }
    }
}
