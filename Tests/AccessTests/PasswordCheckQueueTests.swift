import Testing

@testable import Access

struct PasswordCheckQueueTests {
    private let start = Duration.seconds(100)

    private func line(atOnce: Int = 4, inLine: Int = 3) -> PasswordCheckQueue {
        var policy = LoginPolicy()
        policy.checksAtOnce = atOnce
        policy.checksInLine = inLine
        return PasswordCheckQueue(policy)
    }

    @Test func oneAddressHasHalfOfThePlaces() {
        var line = line()
        let begun = (0..<4).map { _ in line.enter(address: "192.0.2.1", rank: 1, at: start).change.begun }
        #expect(begun == [[1], [2], [], []])
        #expect(line.enter(address: "192.0.2.2", rank: 9, at: start).change.begun == [5])
        #expect(line.leave(1, at: start).begun == [4])
        #expect(line.leave(5, at: start).begun.isEmpty)
        #expect(line.leave(2, at: start).begun == [3])
    }

    @Test func whoeverTriedInVainLeavesPlacesForOthers() {
        var line = line()
        let vain = (1...3).map { line.enter(address: "192.0.2.\($0)", rank: 2, at: start).change.begun }
        #expect(vain == [[1], [2], []])
        // One more for an address nobody knows, and the last for who was right before.
        #expect(line.enter(address: "192.0.2.8", rank: 1, at: start).change.begun == [4])
        #expect(line.enter(address: "192.0.2.9", rank: 1, at: start).change.begun.isEmpty)
        #expect(line.enter(address: "192.0.2.1", rank: 0, at: start).change.begun == [6])
        #expect(line.leave(4, at: start).begun == [5])
        #expect(line.leave(1, at: start).begun == [3])
    }

    @Test func theLowestRankIsNextAndOfEqualsTheLatest() {
        var line = line(atOnce: 1)
        for rank in [1, 5, 2, 2] { _ = line.enter(address: "192.0.2.\(rank)", rank: rank, at: start) }
        #expect(line.leave(1, at: start).begun == [4])
        #expect(line.leave(4, at: start).begun == [3])
        #expect(line.leave(3, at: start).begun == [2])
    }

    @Test func theHighestRankLeavesAFullLine() {
        var line = line(atOnce: 1)
        for rank in [1, 4, 5, 3] { _ = line.enter(address: "192.0.2.\(rank)", rank: rank, at: start) }
        #expect(line.enter(address: "192.0.2.9", rank: 1, at: start).change == .init(dismissed: [3]))
        #expect(line.enter(address: "192.0.2.9", rank: 4, at: start).change == .init(dismissed: [2]))
    }

    @Test func newAddressesWaitWhereOthersDoNot() {
        var line = line(atOnce: 1)
        for number in 1...6 { _ = line.enter(address: "192.0.2.\(number)", rank: 1, at: start) }
        #expect(line.enter(address: "192.0.2.7", rank: 2, at: start).change == .init(dismissed: [7]))
        #expect(line.enter(address: "192.0.2.8", rank: 1, at: start).change == .init())
        #expect(line.leave(1, at: start).begun == [8])
    }

    @Test func theLongestLineHasAnEndForAll() {
        var policy = LoginPolicy()
        policy.checksAtOnce = 1
        policy.longestLine = 2
        var line = PasswordCheckQueue(policy)
        for number in 1...3 { _ = line.enter(address: "192.0.2.\(number)", rank: 0, at: start) }
        #expect(line.enter(address: "192.0.2.4", rank: 0, at: start).change == .init(dismissed: [2]))
    }

    @Test func whoWaitedTooLongLeaves() {
        var line = line(atOnce: 1)
        for _ in 0..<3 { _ = line.enter(address: "192.0.2.1", rank: 1, at: start) }
        #expect(line.leave(1, at: start + .seconds(10)) == .init(dismissed: [3, 2]))
        #expect(line.enter(address: "192.0.2.1", rank: 1, at: start).change.begun == [4])
    }
}
