import Synchronization
import Testing
import Waiting

@Suite(.timeLimit(.minutes(5)))
struct WaiterTests {
    @Test func anAnswerThatCameBeforeTheWaitIsTaken() async {
        let waiter = Waiter<Int>()
        waiter.resume(returning: 7)
        #expect(await waiter.answer() == 7)
    }

    @Test func onlyTheFirstAnswerCounts() async {
        let waiter = Waiter<Int>()
        #expect(waiter.resume(returning: 1))
        #expect(!waiter.resume(returning: 2))
        #expect(await waiter.answer() == 1)
    }

    @Test func everybodyWhoAsksGetsTheAnswer() async {
        let waiter = Waiter<Int>()
        async let first = waiter.answer()
        async let second = waiter.answer()
        waiter.resume(returning: 3)
        #expect(await [first, second, waiter.answer()] == [3, 3, 3])
    }

    @Test func aCancelledTaskIsAnsweredAtOnce() async {
        let waiter = Waiter<String>()
        let task = Task { await waiter.answer(whenCancelled: "cancelled") }
        task.cancel()
        #expect(await task.value == "cancelled")
        #expect(!waiter.resume(returning: "late"))
    }

    @Test func withoutAWordOnItCancellingChangesNothing() async {
        let waiter = Waiter<String>()
        let task = Task { await waiter.answer() }
        task.cancel()
        waiter.resume(returning: "told")
        #expect(await task.value == "told")
    }

    @Test func theAlarmAnswersWhenNobodyElseDoes() async {
        let waiter = Waiter<String>()
        #expect(await waiter.answer { "alarm" } == "alarm")
    }

    @Test func theAlarmIsCancelledByTheAnswer() async {
        let waiter = Waiter<String>()
        let isOver = Mutex(false)
        async let answer = waiter.answer {
            await untilCancelled()
            isOver.withLock { $0 = true }
            return "alarm"
        }
        waiter.resume(returning: "told")
        #expect(await answer == "told")
        #expect(isOver.withLock { $0 })
    }

    @Test func aCancelledTaskIsAnsweredByTheAlarm() async {
        let waiter = Waiter<String>()
        let task = Task {
            await waiter.answer {
                await untilCancelled()
                return "alarm"
            }
        }
        task.cancel()
        #expect(await task.value == "alarm")
    }

    /// Answers, cancels and alarms at the same moment: a second resumption would trap, a lost one would never end.
    @Test func whoeverComesFirstEachWaitEndsOnce() async {
        for _ in 0..<2000 {
            let waiter = Waiter<Int>()
            let task = Task { await waiter.answer(whenCancelled: 0) }
            await withTaskGroup { group in
                for number in 1...3 { group.addTask { waiter.resume(returning: number) } }
                group.addTask {
                    task.cancel()
                    return false
                }
                let first = await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                #expect(first <= 1)
                #expect(await (task.value == 0) == (first == 0))
            }
        }
    }
}
