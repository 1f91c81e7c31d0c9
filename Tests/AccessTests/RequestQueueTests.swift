import Testing

@testable import Access

struct RequestQueueTests {
    private func queue(turns: Int = 2, underWay: Int = 64, inLine: Int = 1024) -> RequestQueue {
        var limits = RateLimits()
        (limits.turns, limits.underWay, limits.inLine) = (turns, underWay, inLine)
        return RequestQueue(limits)
    }

    private enum Told: Equatable {
        case turn(UInt64)
        case inLine(UInt64)
        case full
    }

    private func enter(_ queue: inout RequestQueue, _ user: String, at now: Duration) -> Told {
        guard let entry = queue.enter(user, at: now) else { return .full }
        return entry.granted.contains(entry.number) ? .turn(entry.number) : .inLine(entry.number)
    }

    @Test func whoIsAloneHasAllUnderWayThatMayBe() {
        var queue = queue(turns: 1, underWay: 3)
        #expect((0..<4).map { _ in enter(&queue, "anna", at: .zero) } == [.turn(1), .turn(2), .turn(3), .inLine(4)])
        #expect(queue.end(2, at: .zero) == [4])
        #expect(queue.end(2, at: .zero) == [], "it has ended already")
    }

    @Test func usersTakeTurnsHoweverManyRequestsOneHas() {
        var queue = queue()
        #expect(enter(&queue, "bert", at: .zero) == .turn(1))
        #expect(enter(&queue, "anna", at: .zero) == .turn(2))
        for number in 3...6 { #expect(enter(&queue, "anna", at: .zero) == .inLine(UInt64(number))) }
        #expect(enter(&queue, "bert", at: .zero) == .inLine(7))
        #expect(enter(&queue, "bert", at: .zero) == .inLine(8))
        #expect(queue.end(1, at: .zero) == [3], "she stood first")
        #expect(queue.end(2, at: .zero) == [7])
        #expect(queue.end(3, at: .zero) == [4])
        #expect(queue.end(7, at: .zero) == [8])
        #expect(queue.end(4, at: .zero) == [5])
        #expect(queue.waiting == 1)
    }

    @Test func whatWasLetInOfOneHasToEndBeforeThereAreTurnsForTwo() {
        var queue = queue(turns: 2)
        for number in 1...4 { #expect(enter(&queue, "anna", at: .zero) == .turn(UInt64(number))) }
        #expect(enter(&queue, "bert", at: .zero) == .inLine(5))
        #expect(queue.end(1, at: .zero) == [])
        #expect(queue.end(2, at: .zero) == [])
        #expect(queue.end(3, at: .zero) == [5])
    }

    @Test func whoIsAloneAgainGoesOnAsBefore() {
        var queue = queue(turns: 1)
        #expect(enter(&queue, "bert", at: .zero) == .turn(1))
        #expect(enter(&queue, "anna", at: .zero) == .inLine(2))
        #expect(enter(&queue, "anna", at: .zero) == .inLine(3))
        #expect(queue.end(1, at: RequestQueue.together) == [2, 3])
        #expect(enter(&queue, "bert", at: RequestQueue.together * 2) == .turn(4), "she asked long ago")
    }

    @Test func whoStoodInLineIsLetInByTheFirstWhoComesWhenNobodySharesAnyMore() {
        var queue = queue(turns: 1)
        #expect(enter(&queue, "bert", at: .zero) == .turn(1))
        #expect(enter(&queue, "anna", at: .zero) == .inLine(2))
        #expect(enter(&queue, "anna", at: .zero) == .inLine(3))
        #expect(queue.enter("bert", at: RequestQueue.together)?.granted == [2, 4, 3])
        #expect(queue.waiting == 0)
    }

    @Test(arguments: 1...50) func nobodyIsForgottenWhoeverComesWhenever(seed: UInt64) {
        var random = Generator(state: seed)
        var queue = queue(turns: 2, underWay: 3)
        var (now, entered, begun, open) = (Duration.zero, Set<UInt64>(), Set<UInt64>(), [UInt64]())
        func begin(_ granted: [UInt64]) {
            for number in granted { #expect(begun.insert(number).inserted) }
            open += granted
        }
        for _ in 0..<500 {
            now += .milliseconds(Int.random(in: 0...300, using: &random))
            if Bool.random(using: &random), let entry = queue.enter("\(Int.random(in: 0..<4, using: &random))", at: now)
            {
                entered.insert(entry.number)
                begin(entry.granted)
            } else if let next = open.randomElement(using: &random) {
                open.removeAll { $0 == next }
                begin(queue.end(next, at: now))
            }
        }
        while let next = open.popLast() { begin(queue.end(next, at: now)) }
        #expect(begun == entered && queue.waiting == 0)
    }

    @Test func aTurnThatLastsTooLongGoesToSomebodyElse() {
        var queue = queue(turns: 1)
        #expect(enter(&queue, "anna", at: .zero) == .turn(1))
        #expect(enter(&queue, "bert", at: .milliseconds(1)) == .inLine(2))
        #expect(queue.expire(before: .zero, at: .milliseconds(20)) == [])
        #expect(queue.expire(before: .milliseconds(1), at: .milliseconds(21)) == [2])
        #expect(queue.end(1, at: .milliseconds(30)) == [])
        #expect(enter(&queue, "anna", at: .milliseconds(30)) == .inLine(3), "bert has the one turn")
    }

    @Test func theLineIsBoundedForEachUser() {
        var queue = queue(turns: 1, inLine: 2)
        #expect(enter(&queue, "bert", at: .zero) == .turn(1))
        #expect((0..<3).map { _ in enter(&queue, "anna", at: .zero) } == [.inLine(2), .inLine(3), .full])
        #expect(enter(&queue, "bert", at: .zero) == .inLine(4))
        #expect(queue.end(1, at: .zero) == [2])
        #expect(enter(&queue, "anna", at: .zero) == .inLine(5))
    }

    @Test func everybodyGetsInAndNothingRemains() {
        var queue = queue(turns: 3, underWay: 2)
        var open: [UInt64] = []
        for number in 0..<1000 {
            if case .turn(let number) = enter(&queue, "user \(number % 7)", at: .zero) { open.append(number) }
        }
        var ended = 0
        while let next = open.popLast() {
            open += queue.end(next, at: .zero)
            ended += 1
        }
        #expect(ended == 1000 && queue.waiting == 0)
        #expect(enter(&queue, "user 0", at: .zero) == .turn(1001))
    }
}

/// Numbers that are the same in every run of a seed (splitmix64).
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
