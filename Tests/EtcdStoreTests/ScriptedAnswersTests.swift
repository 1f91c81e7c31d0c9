import ClusterLog
import NIOHTTP1
import Testing

@testable import EtcdStore

/// What the client makes of answers no etcd can be brought to give when a test wants it.
@Suite(.timeLimit(.minutes(2))) struct ScriptedAnswersTests {
    private static let append = Transaction(
        comparisons: [.isMissing("a")], success: [.put("a", value: [1], lease: nil)], failure: [.get("a")])
    private static let written = #"{"header":{"revision":"9"},"succeeded":true,"responses":[{"response_put":{}}]}"#
    private static let missing = #"{"header":{"revision":"9"},"succeeded":true,"responses":[{"response_range":{}}]}"#
    private static let there = #"""
        {"header":{"revision":"9"},"responses":[{"response_range":{"kvs":[{"key":"YQ==","create_revision":"8","value":"AAE="}]}}]}
        """#
    private static let noRoom = #"{"error":"x","message":"etcdserver: mvcc: database space exceeded","code":8}"#

    /// A client of a server that answers as it was told to.
    private func withClient(
        _ replies: ScriptedServer.Reply..., change: (inout EtcdClient.Bounds) -> Void = { _ in },
        body: (EtcdClient, ScriptedServer) async throws -> Void
    ) async throws {
        var bounds = EtcdClient.Bounds()
        change(&bounds)
        try await ScriptedServer.serving(replies) { server, endpoint in
            let client = EtcdClient([endpoint], credentials: nil, bounds: bounds)
            do {
                try await body(client, server)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }

    private func error<Answer>(_ call: () async throws(EtcdError) -> Answer) async -> EtcdError? {
        do throws(EtcdError) {
            _ = try await call()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ScriptedServer.Reply.cut, .half("{"), .half(written), .answer("{"), .answer("", status: .badGateway),
    ])
    func aRequestWhoseAnswerWasCutIsNotRepeated(reply: ScriptedServer.Reply) async throws {
        // The connection is one that was used before: that is where a library would repeat.
        try await withClient(.answer(Self.written), reply, .answer(Self.written)) { client, server in
            let first = try await client.transact(Self.append)
            #expect(first.succeeded)
            let fault = await error { () throws(EtcdError) in try await client.transact(Self.append) }
            #expect(fault != nil, "an answer that was cut is no answer")
            #expect(server.requests.count == 2)
            let next = try await client.transact(Self.append)
            #expect(next.succeeded)
            #expect(server.requests.count == 3)
        }
    }

    @Test func aConnectionThatWasClosedWhileItRestedRepeatsNothing() async throws {
        try await withClient(.lastAnswer(Self.written), .answer(Self.written)) { client, server in
            let first = try await client.transact(Self.append)
            #expect(first.succeeded)
            _ = await error { () throws(EtcdError) in try await client.transact(Self.append) }
            #expect(server.requests.count <= 2)
        }
    }

    @Test func noAnswerIsTimeoutInTime() async throws {
        try await withClient(.silence, change: { $0.patience = .milliseconds(200) }) { client, server in
            let clock = ContinuousClock()
            let begin = clock.now
            #expect(await error { () throws(EtcdError) in try await client.transact(Self.append) } == .timeout)
            #expect(clock.now - begin >= .milliseconds(200))
            #expect(server.requests.count == 1)
        }
    }

    @Test func noRoomIsSaidWhenNothingWasWritten() async throws {
        try await withClient(.answer(Self.noRoom, status: .tooManyRequests), .answer(Self.missing)) { client, server in
            #expect(await error { () throws(EtcdError) in try await client.transact(Self.append) } == .noRoom)
            #expect(server.requests.count == 2)
            #expect(server.requests.last?.contains("request_put") == false, "the question writes nothing")
        }
    }

    @Test func whatWasWrittenWithoutRoomIsFound() async throws {
        try await withClient(.answer(Self.noRoom, status: .tooManyRequests), .answer(Self.there)) { client, _ in
            let answer = try await client.transact(Self.append)
            #expect(!answer.succeeded)
            #expect(answer.found == [[KeyValue(key: "a", value: [1], created: 8)]])
        }
    }

    @Test func noRoomWithoutKnowingIsAnError() async throws {
        let unguarded = Transaction(success: [.put("a", value: [1], lease: nil)])
        try await withClient(
            .answer(Self.noRoom, status: .tooManyRequests), .answer(Self.noRoom, status: .tooManyRequests), .cut
        ) { client, server in
            let first = await error { () throws(EtcdError) in try await client.transact(unguarded) }
            #expect(first == .failed("etcd has no room, and may have written nevertheless"))
            let second = await error { () throws(EtcdError) in try await client.transact(Self.append) }
            #expect(second != nil && second != .noRoom)
            #expect(server.requests.count == 3)
        }
    }

    @Test func anAnswerThatIsTooLargeIsAskedForInPieces() async throws {
        let large =
            #"{"header":{"revision":"9"},"kvs":[{"key":"YQ==","create_revision":"8","value":"AAE="}],"more":true,"x":""#
        let small =
            #"{"header":{"revision":"9"},"kvs":[{"key":"YQ==","create_revision":"8","value":"AAE="}],"more":true}"#
        try await withClient(
            .answer(large + String(repeating: "x", count: 2000) + "\"}"), .answer(small), change: { $0.answer = 1000 }
        ) { client, server in
            let found = try await client.range(from: "a", before: "b", limit: 100)
            #expect(found.hasMore && found.found.count == 1)
            #expect(server.requests.map { $0.contains(#""limit":"100""#) } == [true, false])
        }
    }

    // MARK: Watches

    private static let opened = #"{"result":{"header":{"revision":"5"},"created":true}}"# + "\n"
    private static let progress = #"{"result":{"header":{"revision":"6"}}}"# + "\n"

    @Test(arguments: [
        (ScriptedServer.Reply.half(opened + progress), EtcdError?.none),
        (
            .lastAnswer(opened + progress + #"{"error":{"grpc_code":14,"message":"no leader"}}"#),
            .failed("etcd: no leader")
        ),
        (
            .lines(opened + progress + #"{"result":{"canceled":true,"compact_revision":"9"}}"# + "\n"),
            .compacted(oldest: 9)
        ),
        (.lines(opened + progress), .timeout), (.lastAnswer(opened + progress), .failed("etcd ended the watch")),
    ])
    func aWatchEndsWithItsError(reply: ScriptedServer.Reply, expected: EtcdError?) async throws {
        try await withClient(reply, change: { $0.silence = .milliseconds(300) }) { client, server in
            var notices: [WatchNotice] = []
            do {
                for try await notice in client.watch(prefix: "a", from: nil) { notices.append(notice) }
                Issue.record("a watch never ends by itself")
            } catch let error as EtcdError {
                if let expected { #expect(error == expected) }
            }
            #expect(notices == [.opened(revision: 5), .progress(revision: 6)])
            #expect(server.requests.count == 1)
        }
    }

    @Test func aLineOfAWatchHasALimit() async throws {
        try await withClient(.lines(Self.opened + String(repeating: " ", count: 5000)), change: { $0.answer = 1000 }) {
            client, _ in
            var notices = client.watch(prefix: "a", from: nil).makeAsyncIterator()
            let opened = try await notices.next()
            #expect(opened == .opened(revision: 5))
            await #expect(throws: EtcdError.failed("etcd's answer is too large")) { try await notices.next() }
            let last = try await notices.next(isolation: #isolation)
            #expect(last == nil)
        }
    }

    @Test func nothingIsToldBeforeTheWatchIsOpen() async throws {
        try await withClient(.lines(Self.progress)) { client, _ in
            var notices = client.watch(prefix: "a", from: nil).makeAsyncIterator()
            await #expect(throws: EtcdError.self) { try await notices.next() }
        }
    }

    @Test func plainRequestsStayOnThisMachine() async throws {
        let client = EtcdClient([EtcdEndpoint(host: "192.0.2.1", port: 2379)], credentials: nil)
        let error = await error { () throws(EtcdError) in try await client.transact(Self.append) }
        #expect(error?.description.contains("certificates") == true)
        await client.close()
    }
}
