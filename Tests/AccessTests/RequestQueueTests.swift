import Testing

@testable import Access

struct RequestQueueTests {
    private func queue(turns: Int = 2, underWay: Int = 64, inLine: Int = 1024) -> RequestQueue {
        var limits = RateLimits()
        (limits.turns, limits.underWay, limits.inLine) = (turns, underWay, inLine)
        return RequestQueue(limits)
    }

    @Test func whoIsAloneHasAllUnderWayThatMayBe() {
        var queue = queue(turns: 1, underWay: 3)
        #expect((0..<4).map { _ in queue.enter("anna", at: .zero) } == [.turn(1), .turn(2), .turn(3), .inLine(4)])
        #expect(queue.end(2, at: .zero) == [4])
        #expect(queue.end(2, at: .zero) == [], "it has ended already")
    }

    @Test func usersTakeTurnsHoweverManyRequestsOneHas() {
        var queue = queue()
        #expect(queue.enter("bert", at: .zero) == .turn(1))
        #expect(queue.enter("anna", at: .zero) == .turn(2))
        for number in 3...6 { #expect(queue.enter("anna", at: .zero) == .inLine(UInt64(number))) }
        #expect(queue.enter("bert", at: .zero) == .inLine(7))
        #expect(queue.enter("bert", at: .zero) == .inLine(8))
        #expect(queue.end(1, at: .zero) == [3], "she stood first")
        #expect(queue.end(2, at: .zero) == [7])
        #expect(queue.end(3, at: .zero) == [4])
        #expect(queue.end(7, at: .zero) == [8])
        #expect(queue.end(4, at: .zero) == [5])
        #expect(queue.waiting == 1)
    }

    @Test func whatWasLetInOfOneHasToEndBeforeThereAreTurnsForTwo() {
        var queue = queue(turns: 2)
        for number in 1...4 { #expect(queue.enter("anna", at: .zero) == .turn(UInt64(number))) }
        #expect(queue.enter("bert", at: .zero) == .inLine(5))
        #expect(queue.end(1, at: .zero) == [])
        #expect(queue.end(2, at: .zero) == [])
        #expect(queue.end(3, at: .zero) == [5])
    }

    @Test func whoIsAloneAgainGoesOnAsBefore() {
        var queue = queue(turns: 1)
        #expect(queue.enter("bert", at: .zero) == .turn(1))
        #expect(queue.enter("anna", at: .zero) == .inLine(2))
        #expect(queue.enter("anna", at: .zero) == .inLine(3))
        #expect(queue.end(1, at: RequestQueue.together) == [2, 3])
        #expect(queue.enter("bert", at: RequestQueue.together * 2) == .turn(4), "she asked long ago")
    }

    @Test func aTurnThatLastsTooLongGoesToSomebodyElse() {
        var queue = queue(turns: 1)
        #expect(queue.enter("anna", at: .zero) == .turn(1))
        #expect(queue.enter("bert", at: .milliseconds(1)) == .inLine(2))
        #expect(queue.expire(before: .zero, at: .milliseconds(20)) == [])
        #expect(queue.expire(before: .milliseconds(1), at: .milliseconds(21)) == [2])
        #expect(queue.end(1, at: .milliseconds(30)) == [])
        #expect(queue.enter("anna", at: .milliseconds(30)) == .inLine(3), "bert has the one turn")
    }

    @Test func theLineIsBoundedForEachUser() {
        var queue = queue(turns: 1, inLine: 2)
        #expect(queue.enter("bert", at: .zero) == .turn(1))
        #expect((0..<3).map { _ in queue.enter("anna", at: .zero) } == [.inLine(2), .inLine(3), .full])
        #expect(queue.enter("bert", at: .zero) == .inLine(4))
        #expect(queue.end(1, at: .zero) == [2])
        #expect(queue.enter("anna", at: .zero) == .inLine(5))
    }

    @Test func everybodyGetsInAndNothingRemains() {
        var queue = queue(turns: 3, underWay: 2)
        var open: [UInt64] = []
        for number in 0..<1000 {
            if case .turn(let number) = queue.enter("user \(number % 7)", at: .zero) { open.append(number) }
        }
        var ended = 0
        while let next = open.popLast() {
            open += queue.end(next, at: .zero)
            ended += 1
        }
        #expect(ended == 1000 && queue.waiting == 0)
        #expect(queue.enter("user 0", at: .zero) == .turn(1001))
    }
}
