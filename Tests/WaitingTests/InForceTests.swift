import Synchronization
import Testing

@testable import Waiting

struct InForceTests {
    private struct Refused: Error {}

    private final class Told<Value: Sendable>: Sendable {
        private let told: Mutex<Value>

        init(_ value: Value) { told = Mutex(value) }

        var value: Value { told.withLock { $0 } }
        func change(_ change: @Sendable (inout Value) -> Void) { told.withLock { change(&$0) } }
    }

    @Test func whatIsUnderWayIsWaitedForAndWhoeverComesUsesTheNewOne() async throws {
        let inForce = InForce("old")
        let (begun, goOn) = (Waiter<Void>(), Waiter<Void>())
        let order = Told<[String]>([])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let used = await inForce.use { value in
                    begun.resume(returning: ())
                    await goOn.answer()
                    order.change { $0.append("used \(value)") }
                    return value
                }
                #expect(used == "old")
            }
            await begun.answer()
            let (changing, made) = (Waiter<Void>(), Waiter<Void>())
            group.addTask {
                changing.resume(returning: ())
                await inForce.change { former in
                    order.change { $0.append("changed \(former)") }
                    await made.answer()
                    return "new"
                }
            }
            await changing.answer()
            // Whether it comes before the change or after: nobody is between the two.
            group.addTask { #expect(["old", "new"].contains(await inForce.use { $0 })) }
            #expect(inForce.present == "old")
            goOn.resume(returning: ())
            made.resume(returning: ())
        }
        #expect(order.value == ["used old", "changed old"])
        #expect(await inForce.use { $0 } == "new" && inForce.present == "new")
    }

    @Test func whoComesDuringAChangeWaits() async throws {
        let inForce = InForce(1)
        let (changing, made) = (Waiter<Void>(), Waiter<Void>())
        let used = Told(0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await inForce.change { former in
                    changing.resume(returning: ())
                    await made.answer()
                    return former + 1
                }
            }
            await changing.answer()
            group.addTask {
                let value = await inForce.use { $0 }
                used.change { $0 = value }
            }
            for _ in 1...20 { await Task.yield() }
            #expect(used.value == 0)
            made.resume(returning: ())
        }
        #expect(used.value == 2)
    }

    @Test func aChangeThatFailsChangesNothing() async throws {
        let inForce = InForce(1)
        await #expect(throws: Refused.self) {
            try await inForce.change { (_) async throws(Refused) in throw Refused() }
        }
        #expect(await inForce.use { $0 } == 1)
        await inForce.change { $0 + 1 }
        await inForce.change { $0 + 1 }
        #expect(inForce.present == 3)
    }

    @Test func changesComeOneAfterTheOther() async {
        let inForce = InForce(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...50 {
                group.addTask {
                    await inForce.change { former in
                        await Task.yield()
                        return former + 1
                    }
                }
                group.addTask { _ = await inForce.use { $0 } }
            }
        }
        #expect(inForce.present == 50)
    }

    @Test func whatAUseThrowsIsThrown() async {
        let inForce = InForce(0)
        await #expect(throws: Refused.self) {
            try await inForce.use { (_) async throws(Refused) -> Int in throw Refused() }
        }
        await inForce.change { _ in 1 }
        #expect(inForce.present == 1)
    }
}
