import Testing
import Waiting

@Suite(.timeLimit(.minutes(5)))
struct WaitersTests {
    private let waiters = Waiters<String, Int>()

    @Test func everybodyWhoWaitsForAKeyIsAnswered() async {
        let (one, two, other) = (waiters.add("a"), waiters.add("a"), waiters.add("b"))
        waiters.resume("a", returning: 1)
        #expect(waiters.count == 1)
        #expect(await [one.answer(), two.answer()] == [1, 1])
        waiters.resumeAll(returning: 2)
        #expect(await other.answer() == 2)
    }

    @Test func whoHasAnAnswerAlreadyKeepsIt() async {
        let (first, second) = (waiters.add("a"), waiters.add("a"))
        first.resume(returning: 0)
        waiters.resume("a", returning: 1)
        #expect(await [first.answer(), second.answer()] == [0, 1])
    }

    @Test func aCancelledWaitLeavesTheRegistryAtOnce() async {
        let (gone, stays) = (waiters.add("a"), waiters.add("a"))
        let task = Task { await gone.answer(whenCancelled: -1) }
        task.cancel()
        #expect(await task.value == -1)
        #expect(waiters.count == 1)
        waiters.resume("a", returning: 1)
        #expect(await stays.answer() == 1)
        #expect(waiters.count == 0)
    }

    @Test func aWaitThatIsAddedLaterWaitsForTheNextAnswer() async {
        waiters.resume("a", returning: 1)
        let late = waiters.add("a")
        waiters.resume("a", returning: 2)
        #expect(await late.answer() == 2)
    }

    @Test func nobodyIsForgottenUnderLoad() async {
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<1000 {
                let waiter = waiters.add("\(number % 10)")
                group.addTask { await waiter.answer(whenCancelled: 0) }
                group.addTask { [waiters] in
                    waiters.resume("\(number % 10)", returning: 1)
                    return 0
                }
            }
            return await group.reduce(into: 0) { $0 += $1 }
        }
        #expect(sum == 1000)
        #expect(waiters.count == 0)
    }
}
