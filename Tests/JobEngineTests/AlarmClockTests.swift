import Support
import Synchronization
import Testing
import Waiting

@testable import JobEngine

@Suite struct AlarmClockTests {
    private let time = ManualTime()

    @Test func eachRingsOnceWhenItsMomentIsThere() async {
        let clock = AlarmClock(time)
        let order = Mutex<[Int]>([])
        let last = Waiter<Void>()
        clock.set(at: .milliseconds(9)) {
            order.withLock { $0.append(9) }
            last.resume(returning: ())
        }
        clock.set(at: .milliseconds(5)) { order.withLock { $0.append(5) } }
        clock.set(at: .milliseconds(7)) { order.withLock { $0.append(7) } }
        time.advance(by: .milliseconds(5))
        time.advance(by: .milliseconds(4))
        await last.answer()
        #expect(order.withLock { $0 } == [5, 7, 9])
    }

    @Test func whatWasClearedDoesNotRing() async {
        let clock = AlarmClock(time)
        let rang = Mutex(0)
        let cleared = clock.set(at: .milliseconds(5)) { rang.withLock { $0 += 1 } }
        clock.clear(cleared)
        let later = Waiter<Void>()
        clock.set(at: .milliseconds(9)) { later.resume(returning: ()) }
        time.advance(by: .milliseconds(9))
        await later.answer()
        #expect(rang.withLock { $0 } == 0)
    }

    @Test func oneIsSetAgainAfterAllHaveRung() async {
        let clock = AlarmClock(time)
        for moment in 1...3 {
            let rang = Waiter<Void>()
            clock.set(at: .milliseconds(moment * 5)) { rang.resume(returning: ()) }
            time.advance(by: .milliseconds(5))
            await rang.answer()
        }
    }
}
