import Access
import JobEngine
import Support
import Testing
import Values
import Waiting

@testable import PeerLink

/// Pages of another node's audit log.
@Suite(.timeLimit(.minutes(1))) struct PeerAuditTests {
    private let fixture: PeerFixture
    private let credentials: PeerCredentials
    private let log = InMemoryAudit()

    init() throws {
        fixture = try PeerFixture()
        credentials = try PeerCredentials(fixture.material(12))
    }

    /// Two members beside this one, of which 13 is away.
    private struct Members: Cluster {
        let status: ClusterStatus

        init(port: Int) {
            var status = ClusterStatus(ownNode: 11, master: nil, booted: [:])
            for node in 11...13 {
                var member = ClusterStatus.Member(id: "m\(node)", address: "127.0.0.1", port: 20003, peerPort: port)
                member.isPresent = node != 13
                status.members[node] = member
            }
            self.status = status
        }

        func changes() -> AsyncStream<ClusterStatus> { AsyncStream { $0.finish() } }
    }

    /// Asks node 12, which answers by a route.
    private func asking<Result>(
        _ route: PeerRoute, _ body: (PeerAudit) async throws -> Result
    ) async throws -> Result {
        try await running(fixture.server(credentials, [route])) { port in
            try await using(try fixture.client(fixture.material(11))) { client in
                try await body(PeerAudit(client, in: Members(port: port)))
            }
        }
    }

    private func refusal(_ time: Int, of user: String = "eve", detail: String = "wrong password") -> AuditEvent {
        AuditEvent(
            kind: .refusal, time: Int64(time), user: user, address: "192.0.2.1", method: .password, detail: detail,
            fields: ["path": "/jobs"])
    }

    private func reason(_ ask: () async throws(AuditPeerFault) -> AuditPage) async -> String {
        do throws(AuditPeerFault) {
            let page = try await ask()
            Issue.record("it answered \(page)")
            return ""
        } catch {
            return error.reason
        }
    }

    @Test func pagesComeOverAsTheyAre() async throws {
        for time in 1...7 { await log.record(refusal(time, of: time == 4 ? "ann" : "eve")) }
        await log.record(AuditEvent(kind: .login, time: 8, user: "eve"))
        try await asking(.audit(log)) { audit in
            var query = AuditQuery()
            (query.limit, query.kinds, query.users) = (4, [.refusal], ["eve"])
            (query.since, query.until) = (2, 8)
            let page = try await audit.entries(query, of: 12, within: .seconds(10))
            let own = try await log.entries(query)
            #expect(page == own && page.hasMore && page.entries.map(\.sequence) == [7, 6, 5, 3])
            query.below = 3
            let rest = try await audit.entries(query, of: 12, within: .seconds(10))
            #expect(rest.entries.map(\.sequence) == [2] && !rest.hasMore)
        }
    }

    @Test func aPageOfLongRecordsEndsEarlyAndIsGoneOnWith() async throws {
        let long = String(repeating: "x", count: 100_000)
        for time in 1...30 { await log.record(refusal(time, detail: long)) }
        try await asking(.audit(log)) { audit in
            var query = AuditQuery()
            query.limit = 100
            var (numbers, pages) = ([Int](), 0)
            while true {
                let page = try await audit.entries(query, of: 12, within: .seconds(20))
                numbers += page.entries.map(\.sequence)
                pages += 1
                guard page.hasMore, let last = page.entries.last else { break }
                query.below = last.sequence
            }
            #expect(numbers == Array((1...30).reversed()) && pages > 2)
        }
    }

    @Test func nodesThatCannotBeAskedSayWhy() async throws {
        try await asking(.echo) { audit in
            #expect(audit.obstacles == [12: nil, 13: "it is away"])
            let query = AuditQuery()
            let old = await reason { () throws(AuditPeerFault) in
                try await audit.entries(query, of: 12, within: .seconds(10))
            }
            #expect(old == "its version does not tell its audit log to others")
            let unknown = await reason { () throws(AuditPeerFault) in
                try await audit.entries(query, of: 19, within: .seconds(10))
            }
            #expect(unknown == "it is no node of this cluster")
        }
        let never = PeerRoute("audit") { _ in
            await Waiter<Void>().answer(whenCancelled: ())
            return .value(true)
        }
        try await asking(never) { audit in
            let silent = await reason { () throws(AuditPeerFault) in
                try await audit.entries(AuditQuery(), of: 12, within: .milliseconds(500))
            }
            #expect(silent.contains("did not answer in"), "\(silent)")
        }
    }

    private static func line(_ number: Int, _ event: Value = ["event": "login", "time": 1]) -> Value {
        let hash = Value.string(String(repeating: "0", count: 64))
        return ["seq": .int(number), "event": event, "prev_hash": hash, "hash": hash]
    }

    /// Nothing that another node makes up is told, or read without end.
    @Test(
        arguments: [
            [line(5), line(5)], [line(5), line(6)], [line(9)], [line(0)], [line(3), line(2), line(1)],
            [line(.max)], [["seq": 5]], [line(5, ["event": "sunrise", "time": 1])], [line(5, ["event": "login"])],
            [line(5, ["event": "login", "time": .int(.max)])], ["nonsense"], [["more": false, "archived": "x"]],
        ] as [[Value]])
    func answersThatAreNoneAreNotTaken(lines: [Value]) async throws {
        let route = PeerRoute("audit") { _ in
            .lines(
                AsyncStream { stream in
                    for line in lines + [["more": false]] { stream.yield(line) }
                    stream.finish()
                })
        }
        try await asking(route) { audit in
            var query = AuditQuery()
            (query.limit, query.below) = (2, 9)
            let told = await reason { () throws(AuditPeerFault) in
                try await audit.entries(query, of: 12, within: .seconds(10))
            }
            #expect(told == "its answer cannot be read: it may run another version")
        }
    }

    @Test func anAnswerThatEndsEarlyIsNoPage() async throws {
        let route = PeerRoute("audit") { _ in
            .lines(
                AsyncStream { stream in
                    stream.yield(Self.line(5))
                    stream.finish()
                })
        }
        try await asking(route) { audit in
            let told = await reason { () throws(AuditPeerFault) in
                try await audit.entries(AuditQuery(), of: 12, within: .seconds(10))
            }
            #expect(told == "its answer broke off")
        }
    }

    @Test func questionsHaveBounds() {
        var query = AuditQuery()
        (query.kinds, query.users, query.below, query.since, query.until) = ([.login], ["ann"], 7, 1, 2)
        #expect(AuditForm.query(AuditForm.value(of: query)) == query)
        #expect(AuditForm.query(AuditForm.value(of: AuditQuery())) == AuditQuery())
        for limit in [0, 1001, -1] {
            query.limit = limit
            #expect(AuditForm.query(AuditForm.value(of: query)) == nil)
        }
        let unknown: Value = ["limit": 5, "kinds": ["sunrise"], "users": []]
        #expect(AuditForm.query(unknown)?.below == 0, "of a kind nobody knows here there is nothing")
    }
}
