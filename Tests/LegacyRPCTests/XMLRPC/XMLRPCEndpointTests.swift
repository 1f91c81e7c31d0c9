import HTTPTypes
import JobEngine
import Support
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// What is answered as an HTTP status, and what as a fault.
struct XMLRPCEndpointTests {
    private static let listMethods = MethodCall(methodName: "system.listMethods").encoded()

    @Test(
        arguments: ["/", "/rpc2", "/RPC2", "/Rpc2", "/rPC2", "/RPC2?x=1"],
        [nil, "text/xml", "application/x-www-form-urlencoded", "application/json"])
    func aCallIsReadByItsPathWhateverItsMediaType(path: String, contentType: String?) async throws {
        try await XMLRPCFixture.running { api in
            let headers: HTTPFields = contentType.map { [.contentType: $0, .accept: "text/html"] } ?? [:]
            let answer = try await api.post(path, headers: headers, body: Self.listMethods)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/xml; charset=utf-8")
            #expect(try MethodResponse(parsing: answer.body).get().list?.count == 17)
        }
    }

    @Test(arguments: [nil, "Basic !!!", NamedPasswords.basic("admin", "wrong"), "Bearer wrong", "Digest x"])
    func withoutALoginTheStatusIs401(authorization: String?) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.post(authorization: authorization, body: Self.listMethods)
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate]?.isEmpty == false)
        }
    }

    @Test func theTokenOfTheClusterIsALogin() async throws {
        try await XMLRPCFixture.running { api in
            let call = MethodCall(methodName: "user_state").encoded()
            let answer = try await api.post(authorization: "Bearer cluster-token", body: call)
            let state = try MethodResponse(parsing: answer.body).get()
            #expect(state["user"] == "root")
            #expect(state["method"] == "bearer")
        }
    }

    @Test func aNodeThatIsNotTheMasterRedirects() async throws {
        let cluster = ForeignCluster(master: .init(node: 11, name: "n11", address: "10.10.10.11"))
        try await XMLRPCFixture.running(cluster: cluster) { api in
            let answer = try await api.post("/rpc2", body: Self.listMethods)
            #expect(answer.status == 302)
            #expect(answer.headers[.location]?.hasPrefix("https://10.10.10.11:443/rpc2") == true)
        }
    }

    @Test func aBodyBeyondTheLimitIs413() async throws {
        try await XMLRPCFixture.running(limits: Limits(bodyBytes: 200)) { api in
            let long = MethodCall(methodName: "job_help", parameters: [.string(String(repeating: "x", count: 300))])
            let refused = try await api.post(body: long.encoded())
            #expect(refused.status == 413)
            let answered = try await api.post(body: Self.listMethods)
            #expect(answered.status == 200)
        }
    }

    @Test(arguments: [("reader", 413), ("admin", 200), ("root", 200)])
    func whoMayRunNoJobThatNeedsMoreSendsOneMiB(user: String, status: Int) async throws {
        try await XMLRPCFixture.running { api in
            let text = String(repeating: "x", count: 1 << 20)
            let call = MethodCall(methodName: "job_help", parameters: [.string(text)]).encoded()
            let answer = try await api.post(authorization: NamedPasswords.basic(user, "\(user)-pw"), body: call)
            #expect(answer.status == status)
            let json = try await api.json(JSON.text(["method": "user_state", "x": .string(text)]), as: user)
            #expect((json.status == 413) == (status == 413))
            let short = try await api.post(
                authorization: NamedPasswords.basic(user, "\(user)-pw"), body: Self.listMethods)
            #expect(short.status == 200)
        }
    }

    @Test(arguments: [
        ("", -32700), ("not xml", -32700), ("<methodCall>", -32700), ("<a/>", -32600),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><methodCall/>", -32700),
        ("<methodCall><params/></methodCall>", -32600), ("<methodResponse/>", -32600),
        ("<methodCall><methodName>job list</methodName></methodCall>", -32600),
        ("<methodCall><methodName>no_such_method</methodName></methodCall>", -32601),
        ("<methodCall><methodName>Job_list</methodName></methodCall>", -32601),
    ])
    func whatIsNoCallIsAFault(body: String, code: Int) async throws {
        try await XMLRPCFixture.running { api in
            let answer = try await api.post(body: Array(body.utf8))
            #expect(answer.status == 200)
            guard case .fault(let fault) = try MethodResponse(parsing: answer.body) else {
                Issue.record("no fault")
                return
            }
            #expect(fault.code == code)
        }
    }

    @Test(
        arguments: [
            ("job_list", ["x"], "job_list()"), ("job_help", [], "job_help(name)"), ("job_help", [1], "job_help(name)"),
            ("job_start", [], "job_start(name[, kwargs])"), ("job_start", [.null], "job_start(name[, kwargs])"),
            ("job_exec", ["db_list", "x"], "job_exec(name[, kwargs])"),
            ("job_exec", ["db_list", [:], 1], "job_exec(name[, kwargs])"),
            ("job_wait", ["11.1", 5], "job_wait(id[, options])"), ("job_result", [11.1], "job_result(id)"),
            ("job_info", [], "job_info(job)"), ("job_info", [["11.1"]], "job_info(job)"),
            ("user_init", ["probe"], "user_init(username, password)"), ("user_login", ["x"], "user_login()"),
            ("system.methodHelp", [], "system.methodHelp(method)"),
        ] as [(String, [Value], String)])
    func wrongArgumentsAreAFaultThatNamesTheUsage(
        method: String, arguments: [Value], usage: String
    ) async throws {
        try await XMLRPCFixture.running { api in
            let call = MethodCall(methodName: method, parameters: arguments)
            guard case .fault(let fault) = try await api.exchange(call.encoded()) else {
                Issue.record("no fault")
                return
            }
            #expect(fault.code == -32602)
            #expect(fault.message.contains(usage))
        }
    }

    @Test(
        arguments: [
            ("job_help", ["no_job"], 101, "Job does not exist: 'no_job'"), ("job_start", ["no_job"], 101, "no_job"),
            ("job_start", ["user_create"], 103, "username"),
            ("job_start", ["db_list", ["params": ["a": 1]]], 104, "'a'"),
            ("job_start", ["db_list", ["db_name": "DB1"]], 104, "params, dry_run, volatile, intent, idempotency_key"),
            ("job_start", ["db_list", ["params": "x"]], 105, "dict"),
            ("job_start", ["db_list", ["volatile": 1]], 105, "'volatile'"),
            ("job_start", ["db_list", ["dry_run": true]], 105, "job_exec"),
            ("job_start", ["db_list", ["idempotency_key": ""]], 105, "idempotency_key"),
            ("job_wait", ["11.99"], 106, "11.99"), ("job_wait", ["11.99", ["wait": 1]], 104, "timeout"),
            ("job_wait", ["11.99", ["timeout": "1"]], 105, "seconds"), ("job_finished", ["x"], 106, "x"),
            ("job_info", [["job_id": "11.99"]], 106, "11.99"), ("job_info", [["id": "11.99"]], 103, "job_id"),
            ("subscribe", ["http://198.51.100.9:8080/"], 105, "own address"),
            ("subscribe", ["http://198.51.100.9:8080/", ["type": 1]], 105, "own address"),
            ("system.methodHelp", ["no_method"], 105, "no_method"),
        ] as [(String, [Value], Int, String)])
    func anErrorOfAJobRequestIsAFaultWithItsResultCode(
        method: String, arguments: [Value], code: Int, text: String
    ) async throws {
        try await XMLRPCFixture.running { api in
            let call = MethodCall(methodName: method, parameters: arguments)
            guard case .fault(let fault) = try await api.exchange(call.encoded()) else {
                Issue.record("no fault")
                return
            }
            #expect(fault.code == code)
            #expect(fault.message.hasPrefix("JobError: "))
            #expect(fault.message.contains(text))
        }
    }

    @Test func bytesThatAreNoTextAreAFaultOfTheirCallAlone() async throws {
        try await XMLRPCFixture.running { api in
            func part(_ name: String) -> Value { ["methodName": "job_help", "params": [.string(name)]] }
            let document = MethodCall(methodName: "system.multicall", parameters: [[part("db_list"), part("TYPED")]])
            let body = String(decoding: document.encoded(), as: UTF8.self)
                .replacing("<string>TYPED</string>", with: "<base64>//4=</base64>")
            let results = try #require(try await api.exchange(Array(body.utf8)).get().list)
            #expect(results[0].list?.first?.string?.isEmpty == false)
            #expect(results[1]["faultCode"] == 105)
            #expect(results[1]["faultString"]?.string?.hasPrefix("JobError: ") == true)
            #expect(results[1]["faultString"]?.string?.contains("UTF-8") == true)
        }
    }

    @Test func aStoreThatCannotBeUsedIsAFaultOfItsOwn() async throws {
        try await XMLRPCFixture.running { api in
            api.engine.store.losePower(atWrite: api.engine.store.writeCount + 1)
            let fault = try await api.fault(of: "job_start", "db_list")
            #expect(fault?.code == 132)
            #expect(fault?.message.contains("The daemon's log names the cause.") == true)
            api.engine.store.restorePower()
        }
    }

    @Test func aMulticallAnswersEachCallForItself() async throws {
        try await XMLRPCFixture.running { api in
            func part(_ name: String, _ parameters: Value...) -> Value {
                ["methodName": .string(name), "params": .list(parameters)]
            }
            let answer = try await api.call(
                "system.multicall",
                [
                    part("job_exec", "db_list"), part("nothing"), part("job_finished", "11.1"),
                    part("system.multicall", []),
                ])
            let results = try #require(answer.list)
            #expect(results.count == 4)
            #expect(results[0].list?.first?["result_output"] == ["DB1"])
            #expect(results[1]["faultCode"] == -32601)
            #expect(results[2] == [true])
            #expect(results[3]["faultCode"] == -32602)
            #expect(try await api.fault(of: "system.multicall")?.code == -32602)
        }
    }
}
