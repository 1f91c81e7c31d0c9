import Support
import Synchronization
import Testing
import Waiting

@testable import JobEngine

@Suite struct PatienceAlarmTests {
    private let time = ManualTime()

    @Test func itRingsOnceWhenTheMomentIsThere() async {
        let alarm = PatienceAlarm(time)
        let rang = Waiter<Int>()
        alarm.set(at: .milliseconds(5)) { rang.resume(returning: 1) }
        time.advance(by: .milliseconds(5))
        #expect(await rang.answer() == 1)
        let again = Waiter<Int>()
        alarm.set(at: .milliseconds(10)) { again.resume(returning: 2) }
        time.advance(by: .milliseconds(5))
        #expect(await again.answer() == 2)
    }

    @Test func whatWasClearedOrReplacedDoesNotRing() async {
        let alarm = PatienceAlarm(time)
        let early = Mutex(0)
        alarm.set(at: .milliseconds(5)) { early.withLock { $0 += 1 } }
        alarm.clear()
        let rang = Waiter<Void>()
        alarm.set(at: .milliseconds(7)) { early.withLock { $0 += 1 } }
        alarm.set(at: .milliseconds(9)) { rang.resume(returning: ()) }
        time.advance(by: .milliseconds(9))
        await rang.answer()
        #expect(early.withLock { $0 } == 0)
    }
}
