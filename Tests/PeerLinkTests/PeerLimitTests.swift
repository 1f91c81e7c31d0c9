import NIOCore
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// What callers may use up, and what becomes of those who want more.
@Suite(.timeLimit(.minutes(1))) struct PeerLimitTests {
    private let fixture: PeerFixture
    private let credentials: PeerCredentials

    init() throws {
        fixture = try PeerFixture()
        credentials = try PeerCredentials(fixture.material(11))
    }

    private static func head(_ more: String) -> String {
        "POST /peer/echo HTTP/1.1\r\nHost: n11\r\n\(more)\r\n\r\n"
    }

    @Test func aSlowBodyIsGivenUp() async throws {
        let member = try fixture.material(12)
        var limits = PeerLimits()
        (limits.body, limits.linger) = (.milliseconds(100), .milliseconds(50))
        try await running(fixture.server(credentials, [.echo], limits: limits)) { port in
            let caller = try await RawCaller(port, as: member)
            caller.say(Self.head("Content-Length: 10") + "\"abc")
            let answer = await caller.answer()
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains(#""code":"malformed""#))
        }
    }

    @Test(
        arguments: [
            "", "POST /peer/echo HTTP/1.1\r\nHost", "GET", "\r\n\r\n",
        ])
    func whoNeverAsksIsClosedWithoutAWord(text: String) async throws {
        let member = try fixture.material(12)
        var limits = PeerLimits()
        limits.opening = .milliseconds(300)
        try await running(fixture.server(credentials, [.echo], limits: limits)) { port in
            let caller = try await RawCaller(port, as: member)
            caller.say(text)
            #expect(await caller.answer().isEmpty)
        }
    }

    @Test func aLineWithoutEndIsNotReadForEver() async throws {
        let member = try fixture.material(12)
        // Nothing but the number of bytes ends it here.
        var limits = PeerLimits()
        (limits.opening, limits.linger) = (.minutes(10), .milliseconds(50))
        try await running(fixture.server(credentials, [.echo], limits: limits)) { port in
            let caller = try await RawCaller(port, as: member)
            caller.say("POST /\(String(repeating: "x", count: 300_000))")
            let answer = await caller.answer()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        }
    }

    @Test(
        arguments: [
            (head("X: \(String(repeating: "x", count: 40_000))"), "400"), ("NONSENSE\r\n\r\n", "400"),
            (head("Content-Length: 99999999"), "413"), (head("Content-Length: -1"), "400"),
            ("POST /peer/echo HTTP/1.0\r\nContent-Length: 1\r\n\r\n1", "400"),
            (head("Connection: close\r\nConfd-Term: x\r\nContent-Length: 1") + "1", "400"),
            (
                head("Connection: close\r\nConfd-Term: 1.2\r\nConfd-Term: 1.2\r\nContent-Length: 1") + "1", "400"
            ),
            ("GET /peer/echo HTTP/1.1\r\nHost: n11\r\nConnection: close\r\n\r\n", "404"),
            ("POST /echo HTTP/1.1\r\nHost: n11\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1", "404"),
            (head("Connection: close\r\nContent-Length: 4") + "\"abc", "400"),
            (head("Connection: close\r\nTransfer-Encoding: chunked") + "4\r\ntrue\r\n0\r\n\r\n", "200"),
        ])
    func whatIsNoQuestionIsRefused(text: String, status: String) async throws {
        let member = try fixture.material(12)
        var limits = PeerLimits()
        limits.linger = .milliseconds(50)
        try await running(fixture.server(credentials, [.echo], limits: limits)) { port in
            let caller = try await RawCaller(port, as: member)
            caller.say(text)
            let answer = await caller.answer()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
        }
    }

    @Test func chunksHaveALimitTogether() async throws {
        let small = PeerRoute("echo", questionLimit: 10) { .value($0.body) }
        let member = try fixture.material(12)
        var limits = PeerLimits()
        limits.linger = .milliseconds(50)
        try await running(fixture.server(credentials, [small], limits: limits)) { port in
            let caller = try await RawCaller(port, as: member)
            caller.say(Self.head("Transfer-Encoding: chunked") + "8\r\n\"2345678\r\n8\r\n12345678\r\n")
            #expect(await caller.answer().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func aSecondQuestionBeforeTheAnswerEndsTheConnection() async throws {
        let (begun, ended) = (Waiter<Void>(), Waiter<Bool>())
        let slow = PeerRoute("echo") { _ in
            begun.resume(returning: ())
            ended.resume(returning: await Waiter<Bool>().answer(whenCancelled: true))
            return .value(true)
        }
        let member = try fixture.material(12)
        try await running(fixture.server(credentials, [slow])) { port in
            let caller = try await RawCaller(port, as: member)
            caller.say(Self.head("Content-Length: 1") + "1")
            await begun.answer()
            caller.say(Self.head("Content-Length: 1") + "1")
            #expect(await caller.answer().isEmpty)
            #expect(await ended.answer())
        }
    }

    @Test func aStrangerHasLessTimeForAQuestion() async throws {
        let open = PeerRoute("echo", isOpen: true) { .value($0.body) }
        var limits = PeerLimits()
        (limits.strangerBody, limits.linger) = (.milliseconds(100), .milliseconds(50))
        try await running(fixture.server(credentials, [open], limits: limits)) { port in
            let caller = try await RawCaller(port, as: nil)
            caller.say(Self.head("Content-Length: 10") + "\"abc")
            #expect(await caller.answer().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func aFewAddressesDoNotTakeAllThatIsForStrangers() {
        var limits = PeerLimits()
        limits.openQuestionsInAll = 9
        let share = PeerShare(limits)
        var turns: [PeerShare.Turn] = []
        for address in ["a", "b", "c", "d"] {
            while share.enter(address) {}
            while let turn = share.openTurn(address) { turns.append(turn) }
        }
        #expect(turns.count == 8)
        // Somebody else gets in, and asks.
        #expect(share.enter("e") && share.enter("e") && share.enter("e") && share.enter("e") && !share.enter("e"))
        let turn = share.openTurn("e")
        #expect(turn != nil && share.openTurn("e") == nil)
        withExtendedLifetime((turns, turn)) {}
    }

    @Test func whatIsUnderWayOfAllAddressesHasABound() {
        var limits = PeerLimits()
        (limits.openQuestions, limits.openQuestionsInAll) = (1, 2)
        let share = PeerShare(limits)
        let turns = [share.openTurn("a"), share.openTurn("b")].compactMap(\.self)
        #expect(turns.count == 2 && share.openTurn("c") == nil)
        withExtendedLifetime(turns) {}
    }

    @Test func connectionsOfStrangersHaveASmallShare() {
        var limits = PeerLimits()
        (limits.connections, limits.perAddress, limits.strangers, limits.strangersPerAddress) = (6, 4, 3, 2)
        limits.strangersInAnyCase = 0
        let share = PeerShare(limits)
        #expect(share.enter("a") && share.enter("a") && !share.enter("a") && share.enter("b") && !share.enter("c"))
        // One is a member, and so has room beside them.
        share.recognise("a")
        #expect(share.enter("c") && !share.enter("d"))
        share.recognise("b")
        share.recognise("c")
        #expect(share.enter("a") && !share.enter("a"))
        share.recognise("a")
        #expect(share.enter("d") && !share.enter("e"), "all that may be open are")
        share.leave("a", wasRecognised: true)
        share.leave("d", wasRecognised: false)
        #expect(share.enter("e"))
    }

    @Test func questionsOfStrangersHaveTurns() {
        var limits = PeerLimits()
        limits.openQuestionsInAll = 0
        let share = PeerShare(limits)
        var turns = (0..<4).flatMap { address in [share.openTurn("\(address)"), share.openTurn("\(address)")] }
        #expect(turns.allSatisfy { $0 != nil } && share.openTurn("x") == nil)
        turns.removeLast()
        #expect(share.openTurn("0") == nil && share.openTurn("3") != nil)
    }
}
