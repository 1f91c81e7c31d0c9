import Synchronization
import Testing
import Waiting

@Suite(.timeLimit(.minutes(5)))
struct DeadlineTests {
    private enum Fault: Error, Equatable { case broken }

    @Test func workThatEndsInTimeGivesItsValue() async throws {
        let value = try await withDeadline(untilCancelled) { 7 }
        #expect(value == 7)
    }

    @Test func workThatFailsInTimeThrowsWhatItThrew() async {
        await #expect(throws: Interruption<Fault>.failed(.broken)) {
            try await withDeadline(untilCancelled) { () throws(Fault) -> Int in throw .broken }
        }
    }

    @Test func lateWorkIsCancelledAndHasEndedOnReturn() async {
        let hasEnded = Mutex(false)
        await #expect(throws: Interruption<Never>.deadline) {
            try await withDeadline {
            } _: {
                await untilCancelled()
                hasEnded.withLock { $0 = true }
            }
        }
        #expect(hasEnded.withLock { $0 })
    }

    @Test func aCancelledCallerIsToldSo() async {
        let task = Task {
            do throws(Interruption<Never>) {
                try await withDeadline(untilCancelled) { while !Task.isCancelled { await Task.yield() } }
                return true
            } catch {
                return error == .cancelled
            }
        }
        task.cancel()
        #expect(await task.value)
    }
}
