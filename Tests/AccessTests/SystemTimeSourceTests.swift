import Access
import Foundation
import Testing

struct SystemTimeSourceTests {
    @Test func wallTimeIsTheSystemsInMilliseconds() {
        let system = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(abs(SystemTimeSource().now - system) < 60_000)
    }

    @Test func sleepEndsNoEarlierThanAsked() async {
        let time = SystemTimeSource()
        let deadline = time.monotonic + .milliseconds(2)
        await time.sleep(until: deadline)
        #expect(time.monotonic >= deadline)
    }

    @Test(.timeLimit(.minutes(5))) func aCancelledSleepEndsAtOnce() async {
        let time = SystemTimeSource()
        let sleeper = Task { await time.sleep(until: time.monotonic + .seconds(3600)) }
        sleeper.cancel()
        await sleeper.value
        #expect(time.monotonic < .seconds(3600))
    }
}
