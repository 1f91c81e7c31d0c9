import Access
import HTTPTypes
import JobEngine
import Support
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// Jobs by remote methods: from the call to the result.
struct RPCJobTests {
    @Test(
        arguments: [[], [.null], [[:]], [["params": .null]], [["params": [:], "dry_run": false, "volatile": false]]]
            as [[Value]])
    func aJobWithoutParametersNeedsNoSecondArgument(rest: [Value]) async throws {
        try await XMLRPCFixture.running { api in
            let call = MethodCall(methodName: "job_exec", parameters: ["db_list"] + rest)
            let result = try await api.exchange(call.encoded()).get()
            let id = try #require(result["result_jobid"]?.string)
            #expect(JobID(id)?.node == 11)
            #expect(
                result == [
                    "result_code": 0, "result_name": "OK", "result_desc": "Success", "result_output": ["DB1"],
                    "result_jobid": .string(id),
                ])
        }
    }

    @Test func aStartedJobIsAskedForItsResultAgainAndAgain() async throws {
        let gate = Gate()
        try await XMLRPCFixture.running { (_) in
            await gate.wait()
            return .ok("done")
        } _: { api in
            let id = try await api.call("job_start", "test_act", ["params": ["action": "x"]])
            #expect(try await api.call("job_finished", id) == false)
            #expect(try await api.call("job_wait", id, ["timeout": 0]) == false)
            #expect(try await api.call("job_wait", id, ["timeout": -3]) == false)
            let open = try await api.call("job_result", id)
            #expect(open["result_code"] == 5)
            #expect(open["result_name"] == "JobNotFinished")
            #expect(open["result_jobid"] == id)
            gate.open()
            #expect(try await api.call("job_wait", id) == true)
            #expect(try await api.call("job_finished", id) == true)
            for _ in 0..<3 {
                let result = try await api.call("job_result", id)
                #expect(result["result_output"] == "done")
                #expect(result["result_jobid"] == id)
            }
        }
    }

    @Test(
        arguments: [(.null, 60), (["timeout": 2], 2), (["timeout": 0.5], 1), (["timeout": 1e9], 300)]
            as [(Value, Int)])
    func aWaitEndsInTime(options: Value, seconds: Int) async throws {
        let gate = Gate()
        try await XMLRPCFixture.running { (_) in
            await gate.wait()
            return .ok(.null)
        } _: { api in
            let id = try await api.call("job_start", "test_act", ["params": ["action": "x"]])
            let begun = api.engine.time.monotonic
            let answered = try await withThrowingTaskGroup { group in
                group.addTask { try await api.call("job_wait", id, options) }
                group.addTask {
                    while !Task.isCancelled {
                        api.engine.time.advance(by: .milliseconds(100))
                        await Task.yield()
                    }
                    return .null
                }
                defer { group.cancelAll() }
                return try await group.next()
            }
            #expect(answered == false)
            let waited = api.engine.time.monotonic - begun
            #expect(waited >= .milliseconds(seconds == 1 ? 500 : seconds * 1000))
            gate.open()
        }
    }

    @Test func anExecutedJobIsAnsweredAtItsEnd() async throws {
        let gate = Gate()
        try await XMLRPCFixture.running { (_) in
            gate.open()
            return .ok("done")
        } _: { api in
            async let result = api.call("job_exec", "test_act", ["params": ["action": "x"]])
            await gate.wait()
            #expect(try await result["result_output"] == "done")
            let id = try #require(JobID(try await result["result_jobid"]?.string ?? ""))
            #expect(try await api.scheduler.record(id).scheduling.waits)
        }
    }

    @Test func aJobThatChangesTheConfigurationTellsItsRevisionAndHasNoOutput() async throws {
        try await XMLRPCFixture.running { api in
            let before = api.scheduler.configuration.revision
            let result = try await api.call(
                "job_exec", "bucket_modify",
                ["params": ["bucketfs_name": "bfsdefault", "bucket_name": "default", "public": false]])
            #expect(result["result_code"] == 0)
            #expect(result["result_revision"] == .int(before + 1))
            #expect(result["result_output"] == nil)
        }
    }

    @Test(
        arguments: [
            ("no_job", [:], 101, "UnknownJob", "JobError: Job does not exist: 'no_job'"),
            ("user_info", [:], 103, "MissingParameter", "username"),
            ("db_list", ["params": ["a": 1]], 104, "UnknownParameter", "'a'"),
            ("db_list", ["db_name": "DB1"], 104, "UnknownParameter", "'params'"),
            ("db_info", ["params": ["db_name": 1]], 105, "InvalidParameter", "expected str, got int"),
            ("user_delete", ["params": ["username": "nobody_here"]], 1, "Exception", "JobError: ERROR::ConfD: "),
        ] as [(String, Value, Int, String, String)])
    func anErrorOfAnExecutedJobIsToldInTheResult(
        job: String, keywords: Value, code: Int, name: String, text: String
    ) async throws {
        try await XMLRPCFixture.running { api in
            let result = try await api.call("job_exec", .string(job), keywords)
            #expect(result["result_code"] == .int(code))
            #expect(result["result_name"] == .string(name))
            #expect(result["result_desc"]?.string?.contains(text) == true)
            #expect(result["result_jobid"]?.string?.isEmpty == (code != 1))
        }
    }

    @Test func whoMayNotRunAJobIsToldSoAndItIsRecorded() async throws {
        try await XMLRPCFixture.running { api in
            let result = try await api.call("job_exec", "user_list", as: "reader")
            #expect(result["result_code"] == 102)
            #expect(result["result_name"] == "PermissionDenied")
            #expect(try await api.fault(of: "job_start", "user_list", as: "reader")?.code == 102)
            let dryRun = try await api.call("job_exec", "user_list", ["dry_run": true], as: "reader")
            #expect(dryRun["result_code"] == 102)
            #expect(try await api.call("user_init", "probe", "x", as: "reader")["result_code"] == 102)
            let denied = api.audit.events.filter { $0.kind == .denied }
            #expect(denied.count == 4)
            #expect(denied.allSatisfy { $0.user == "reader" && $0.fields["request_id"] == "request-1" })
        }
    }

    @Test func aJobOfSomebodyElseIsUnknown() async throws {
        try await XMLRPCFixture.running { api in
            let id = try #require(try await api.call("job_exec", "db_list")["result_jobid"])
            for method in ["job_finished", "job_wait", "job_info"] {
                #expect(try await api.fault(of: method, id, as: "reader")?.code == 106)
            }
            let result = try await api.call("job_result", id, as: "reader")
            #expect(result["result_code"] == 106)
            #expect(result["result_jobid"] == id)
            #expect(try await api.call("job_finished", id, as: "dba") == true)
        }
    }

    @Test func aDryRunTellsWhatWouldBeDoneAndMakesNoJob() async throws {
        try await XMLRPCFixture.running { api in
            let before = api.scheduler.configuration.revision
            let result = try await api.call(
                "job_exec", "test_set", ["params": ["text": "Other"], "dry_run": true])
            #expect(result["result_code"] == 0)
            #expect(result["result_jobid"] == "")
            #expect(result["result_output"]?["diff"]?.string?.contains("+    IssueTracker = Other") == true)
            #expect(result["result_output"]?["commands"] == [])
            #expect(result["result_output"]?["next_revision"] == .int(before + 1))
            #expect(api.scheduler.configuration.revision == before)
            let refused = try await api.call("job_exec", "test_set", ["params": ["text": "refuse"], "dry_run": true])
            #expect(refused["result_code"] == 1)
        }
    }

    @Test func theRequestIsKeptWithTheJobWithoutItsSecrets() async throws {
        try await XMLRPCFixture.running { api in
            let call = MethodCall(
                methodName: "job_exec",
                parameters: [
                    "test_run",
                    ["params": ["actions": ["go"], "secret": "hunter2"], "intent": "a test", "idempotency_key": "k1"],
                ])
            let headers: HTTPFields = [.userAgent: "Python-xmlrpc/3.11", .contentType: "text/xml", .cookie: "a=b"]
            let answer = try await api.post("/rpc2", headers: headers, body: call.encoded())
            let id = try #require(try MethodResponse(parsing: answer.body).get()["result_jobid"]?.string)
            let job = try await api.scheduler.record(try #require(JobID(id)))
            #expect(job.request.dialect == "xmlrpc")
            #expect(job.request.address == "192.0.2.1")
            #expect(job.request.method == "POST")
            #expect(job.request.path == "/rpc2")
            #expect(job.request.requestID == "request-1")
            #expect(
                job.request.headers == [
                    "user-agent": "Python-xmlrpc/3.11", "content-type": "text/xml", "host": "n11",
                ])
            #expect(job.request.body["method"] == "job_exec")
            #expect(job.request.body["params"]?.list?.first == "test_run")
            #expect(job.request.body["params"]?.list?.last?["params"]?["secret"] == "***")
            #expect(job.intent == "a test")
            #expect(!JSON.text(job.value).contains("hunter2"))
            let again = try await api.exchange(call.encoded()).get()
            #expect(again["result_jobid"]?.string == id)
        }
    }

    @Test func informationIsGivenByIdOrByMap() async throws {
        try await XMLRPCFixture.running { api in
            let id = try await api.call("job_start", "test_run", ["params": ["actions": ["go"], "secret": "hunter2"]])
            #expect(try await api.call("job_wait", id) == true)
            let information = try await api.call("job_info", ["job_id": id])
            #expect(information == (try await api.call("job_info", id)))
            #expect(information["job_id"] == id)
            #expect(information["type"] == "test_run")
            #expect(information["stage"] == "committed")
            #expect(information["outcome"] == "ok")
            #expect(information["user"] == "admin")
            #expect(information["params"]?["secret"] == "***")
            #expect(information["request"]?["dialect"] == "xmlrpc")
            #expect(information["commands"]?.list?.first?["action"] == "go")
            #expect(information["times"]?["submitted"]?.string?.hasSuffix("Z") == true)
            #expect(information["times"]?["committed"] != nil)
            #expect(information["result"]?["result_jobid"] == id)
        }
    }

    @Test func passwordsInAResultAreToldToWhoAskedAndKeptNowhere() async throws {
        try await XMLRPCFixture.running { api in
            let result = try await api.call("job_exec", "bucketfs_info", ["params": ["bucketfs_name": "bfsdefault"]])
            let id = try #require(result["result_jobid"])
            let told = try #require(result["result_output"]?["buckets"]?["default"]?["write_passwd"]?.string)
            #expect(told.count > 3)
            #expect(try await api.call("job_result", id) == result)
            let others = try await api.call("job_result", id, as: "dba")
            #expect(others["result_output"]?["buckets"]?["default"]?["write_passwd"] == "***")
            #expect(!"\(try await api.call("job_info", id))".contains(told))
        }
    }

    @Test func momentsAndBase64ArriveAsText() async throws {
        try await XMLRPCFixture.running { api in
            let moment = try await api.call("job_exec", "db_list", ["intent": "TYPED"]) {
                $0.replacing("<string>TYPED</string>", with: "<dateTime.iso8601>20260131T23:59:58</dateTime.iso8601>")
            }
            let id = try #require(moment["result_jobid"]?.string)
            #expect(try await api.scheduler.record(try #require(JobID(id))).intent == "2026-01-31T23:59:58")
            let bytes = try await api.call("job_exec", "db_info", ["params": ["db_name": "TYPED"]]) {
                $0.replacing("<string>TYPED</string>", with: "<base64>\(Base64.encode("Grüße".utf8))</base64>")
            }
            #expect(bytes["result_desc"]?.string?.contains("Grüße") == true)
        }
    }

    @Test func bytesThatAreNoTextAreToldInTheResult() async throws {
        try await XMLRPCFixture.running { api in
            let result = try await api.call("job_exec", "db_list", ["intent": "TYPED"]) {
                $0.replacing("<string>TYPED</string>", with: "<base64>wA==</base64>")
            }
            #expect(result["result_code"] == 105)
            #expect(result["result_name"] == "InvalidParameter")
            #expect(result["result_desc"]?.string?.contains("UTF-8") == true)
            #expect(result["result_jobid"] == "")
        }
    }
}
