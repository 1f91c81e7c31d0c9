import Gateway
import HTTPTypes
import JobEngine
import Support
import Synchronization
import Testing
import Values
import XMLRPC

@testable import LegacyRPC

/// Calls that are overtaken by another term of office.
@Suite(.timeLimit(.minutes(5))) struct RPCTermTests {
    private static let next = ClusterStatus.Master(node: 12, name: "n12", address: "10.0.0.12", port: 20_012)

    /// A cluster whose master this node is until a request was let in, for which it is looked at twice: whether another node
    /// answers, and whether this one knows enough. Once before, its own number is asked for.
    private final class Passing: Cluster {
        private let looks = Mutex(0)
        let master: ClusterStatus.Master?

        init(to master: ClusterStatus.Master?) { self.master = master }

        var status: ClusterStatus {
            var status = ClusterStatus.cluster(of: 3, seenBy: 11)
            let isLetIn = looks.withLock { looks in
                looks += 1
                return looks > 3
            }
            if isLetIn { status.master = master }
            return status
        }
    }

    private static func call(_ method: String, _ arguments: Value...) -> [UInt8] {
        MethodCall(methodName: method, parameters: arguments).encoded()
    }

    static let calls: [[UInt8]] = [
        call("job_exec", "test_count"), call("job_start", "test_act", ["params": ["action": "x"]]),
        call("system.multicall", [["methodName": "job_exec", "params": ["test_count"]]]),
    ]

    @Test(arguments: calls) func whatWasNotTakenIsRedirectedAsBeforeACall(body: [UInt8]) async throws {
        let api = try XMLRPCFixture.betweenTerms(Passing(to: Self.next))
        let answer = try await api.post(body: body)
        #expect(answer.status == 302)
        #expect(answer.headers[.location] == "https://10.0.0.12:20012/RPC2?redirected_from=POST")
    }

    @Test(arguments: calls) func withoutAMasterItIs503(body: [UInt8]) async throws {
        let answer = try await XMLRPCFixture.betweenTerms(Passing(to: nil)).post(body: body)
        #expect(answer.status == 503 && answer.headers[.location] == nil && answer.headers[.retryAfter] != nil)
    }

    @Test func whatOthersOfAMulticallDidIsNotDoneAgain() async throws {
        let api = try XMLRPCFixture.betweenTerms(Passing(to: Self.next))
        let answer = try await api.exchange(
            Self.call(
                "system.multicall",
                [
                    ["methodName": "user_state", "params": []],
                    ["methodName": "job_start", "params": ["test_act", ["params": ["action": "x"]]]],
                ])
        ).get()
        #expect(answer.list?.first?.list?.first?["user"] == "admin")
        #expect(answer.list?.last?["faultCode"] == 123)
    }

    @Test(arguments: [
        #"{"method":"job_exec","job":"test_count"}"#, #"{"jsonrpc":"2.0","id":1,"method":"test_count"}"#,
        #"[{"jsonrpc":"2.0","id":1,"method":"test_count"}]"#,
    ])
    func jsonIsRedirectedTheSameWay(body: String) async throws {
        let api = try XMLRPCFixture.betweenTerms(Passing(to: Self.next))
        let answer = try await api.json(body)
        #expect(answer.status == 302 && answer.code == "not-master")
        #expect(answer.headers[.location] == "https://10.0.0.12:20012/jrpc?redirected_from=POST")
    }

    @Test func aJobThatWasTakenIsNamedAndNotRedirected() async throws {
        let gate = Gate()
        let began = Mutex(false)
        let cluster = StagedCluster(.cluster(of: 3, seenBy: 11))
        try await XMLRPCFixture.running(cluster: cluster) { _ in
            began.withLock { $0 = true }
            await gate.wait()
            return .ok(.null)
        } _: { api in
            async let posted = api.post(body: Self.call("job_exec", "test_act", ["params": ["action": "x"]]))
            #expect(await api.engine.until { began.withLock { $0 } })
            cluster.change { $0.master = Self.next }
            await api.scheduler.drain()
            let answer = try await posted
            let job = try JSON.parse(answer.body)["job_id"]?.string
            #expect(answer.status == 503 && answer.headers[.location] == nil)
            #expect(job?.hasPrefix("11.") == true)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("job \(job ?? "none") was taken"))
            gate.open()
        }
    }

    @Test func whatMayHaveBeenTakenIsNotSentElsewhere() {
        #expect(JobError(.noMaster, "Nobody decides.").tookNothing)
        let inDoubt = JobError(.noMaster, "It was on its way.", details: ["taken": "unknown"])
        #expect(!inDoubt.tookNothing && !JobError.goesOn(JobID(node: 11, number: 1)).tookNothing)
    }

    @Test func aNodeThatIsAloneTellsItInTheResultAsBefore() async throws {
        let alone = ClusterStatus(
            ownNode: 11, master: .init(node: 11, name: "n11", address: "10.0.0.11"), booted: [:])
        let api = try XMLRPCFixture.betweenTerms(StagedCluster(alone))
        let result = try await api.call("job_exec", "test_count")
        #expect(result["result_code"] == 123 && result["result_jobid"] == "")
    }
}
