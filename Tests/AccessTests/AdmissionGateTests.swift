import Synchronization
import Testing

@testable import Access

@Suite(.timeLimit(.minutes(5))) struct AdmissionGateTests {
    private let clock = StoppedClock()

    private func gate(inLine: Int = 1024) -> AdmissionGate {
        var limits = RateLimits()
        (limits.turns, limits.underWay, limits.inLine) = (1, 1, inLine)
        return AdmissionGate(limits, clock)
    }

    private func untilInLine(_ count: Int, _ gate: AdmissionGate) async {
        while gate.waiting < count { await Task.yield() }
    }

    @Test func whoCannotBeLetInStandsInLineUntilSomebodyLeaves() async throws {
        let gate = gate()
        let first = try #require(try await gate.enter("anna"))
        async let second = gate.enter("bert")
        await untilInLine(1, gate)
        first.end()
        first.end()
        try #require(try await second).end()
        #expect(gate.waiting == 0)
    }

    @Test func tooManyInLineAreRefused() async throws {
        let gate = gate(inLine: 1)
        let first = try #require(try await gate.enter("anna"))
        async let second = gate.enter("anna")
        await untilInLine(1, gate)
        await #expect(throws: AccessError.rateLimited(retryAfter: .seconds(1))) { _ = try await gate.enter("anna") }
        first.end()
        try #require(try await second).end()
    }

    @Test func oneThatHangsDoesNotStopTheOthers() async throws {
        let gate = gate()
        let hanging = try #require(try await gate.enter("anna"))
        async let other = gate.enter("bert")
        while !clock.isSleptBy { await Task.yield() }
        clock.advance(by: .milliseconds(6))
        try #require(try await other).end()
        hanging.end()
    }

    @Test func aTurnIsTakenAnewForTheNextPieceOfARequest() async throws {
        let gate = gate()
        let turn = try #require(try await gate.enter("anna"))
        async let other = gate.enter("bert")
        await untilInLine(1, gate)
        async let renewed: Void = turn.renew()
        try #require(try await other).end()
        await renewed
        turn.end()
        #expect(gate.waiting == 0)
    }

    @Test func aGateWithoutTurnsStandsOpen() async throws {
        let gate = AdmissionGate(.none, clock)
        for _ in 0..<100 { #expect(try await gate.enter("anna") == nil) }
    }
}

/// Stands still until it is moved; whoever sleeps, sleeps until then.
private final class StoppedClock: TimeSource {
    private struct State {
        var monotonic = Duration.zero
        var sleepers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    let now: Int64 = 1_700_000_000_000
    var monotonic: Duration { state.withLock { $0.monotonic } }
    var isSleptBy: Bool { state.withLock { !$0.sleepers.isEmpty } }

    func sleep(until deadline: Duration) async {
        await withCheckedContinuation { sleeper in state.withLock { $0.sleepers.append(sleeper) } }
    }

    func advance(by span: Duration) {
        let sleepers = state.withLock { state in
            state.monotonic += span
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in sleepers { sleeper.resume() }
    }
}
