import EXAConf
import JobEngine
import Logging
import Support
import Synchronization
import Testing
import Values

@Suite(.timeLimit(.minutes(5))) struct ReconcilerDriverTests {
    private let time = ManualTime()
    private let journal = ScriptedReconciler.Journal()
    private let driver: ReconcilerDriver

    private struct Broken: Error, CustomStringConvertible { let description = "it is broken" }

    init() {
        driver = ReconcilerDriver(time: time, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func revision(_ number: Int) -> DecidedConfiguration { DecidedConfiguration(Document(), revision: number) }

    private func status(_ name: String) -> ReconcilerStatus? { driver.statuses.first { $0.name == name } }

    /// Lets others work until something holds; time stands still.
    private func until(_ condition: () -> Bool) async -> Bool {
        for _ in 0..<100_000 {
            if condition() { return true }
            await Task.yield()
        }
        return false
    }

    /// Lets time pass in small steps until something holds.
    private func passes(_ step: Duration = .milliseconds(100), until condition: () -> Bool) async -> Bool {
        for _ in 0..<10_000 {
            if condition() { return true }
            time.advance(by: step)
            for _ in 0..<20 { await Task.yield() }
        }
        return false
    }

    @Test func theyFollowInTheOrderOfTheListThoseThatAreWaitedForFirst() async {
        driver.begin([
            ScriptedReconciler("late", .afterwards, journal: journal), ScriptedReconciler("one", journal: journal),
            ScriptedReconciler("two", journal: journal), ScriptedReconciler("last", .afterwards, journal: journal),
        ])
        await driver.follow(revision(1))
        #expect(Array(journal.entries.prefix(2)) == ["one 1", "two 1"])
        #expect(await until { journal.entries.count == 4 })
        #expect(journal.entries == ["one 1", "two 1", "late 1", "last 1"])
        #expect(driver.statuses.map(\.name) == ["one", "two", "late", "last"])
        #expect(await until { driver.statuses.allSatisfy { $0.revision == 1 && $0.fault == nil } })
    }

    @Test func whatComesAfterwardsHoldsNobodyUp() async {
        let barrier = Barrier()
        driver.begin([
            ScriptedReconciler("one", journal: journal),
            ScriptedReconciler("slow", .afterwards) { _ in await barrier.pass() },
        ])
        for number in 1...3 { await driver.follow(revision(number)) }
        #expect(journal.entries == ["one 1", "one 2", "one 3"])
        #expect(status("slow")?.revision == nil && status("slow")?.fault == nil)
        barrier.open()
        #expect(await until { status("slow")?.revision == 3 })
    }

    @Test func eachIsToldWhatItBroughtAboutLast() async {
        let one = ScriptedReconciler("one") { if $0 == 2 { throw Broken() } }
        driver.begin([one])
        for number in 1...3 { await driver.follow(revision(number)) }
        #expect(one.calls == ["-1", "1-2", "1-3"])
        #expect(status("one")?.revision == 3 && status("one")?.failures == 1)
    }

    @Test func aFailureIsShownHoldsNobodyUpAndIsTriedAgainAfterGrowingPauses() async {
        let works = Mutex(false)
        let one = ScriptedReconciler("one", journal: journal) { _ in
            if works.withLock({ !$0 }) { throw Broken() }
        }
        driver.begin([one, ScriptedReconciler("two", journal: journal)])
        await driver.follow(revision(1))
        #expect(journal.entries == ["one 1", "two 1"])
        #expect(status("one")?.fault == "it is broken" && status("one")?.revision == nil)
        let begin = time.monotonic
        for (attempts, seconds) in [(2, 1), (3, 3), (4, 7), (5, 15)] {
            #expect(await passes { one.calls.count == attempts })
            let passed = time.monotonic - begin
            #expect(passed >= .seconds(seconds) && passed < .seconds(seconds) + .milliseconds(900), "\(passed)")
            #expect(await until { status("one")?.failures == attempts })
        }
        let since = status("one")?.since
        #expect(since.map { $0 < Timestamp(milliseconds: Int(time.now)) } == true)
        works.withLock { $0 = true }
        #expect(await passes { status("one")?.fault == nil })
        #expect(status("one")?.revision == 1 && status("one")?.failures == 5 && status("one")?.since != since)
        #expect(journal.entries.count { $0 == "two 1" } == 1, "who has done it is left alone")
        // Nothing is tried again once it went well.
        let calls = one.calls.count
        for _ in 0..<200 {
            time.advance(by: .seconds(1))
            await Task.yield()
        }
        #expect(one.calls.count == calls)
    }

    @Test func aNewRevisionDoesNotWaitForThePause() async {
        let one = ScriptedReconciler("one") { if $0 == 1 { throw Broken() } }
        driver.begin([one])
        await driver.follow(revision(1))
        await driver.follow(revision(2))
        #expect(one.calls == ["-1", "-2"] && status("one")?.fault == nil)
        for _ in 0..<100 {
            time.advance(by: .seconds(1))
            await Task.yield()
        }
        #expect(one.calls.count == 2)
    }

    @Test func nobodyWaitsLongerThanFiveSecondsForOneThatHangs() async {
        let barrier = Barrier()
        let slow = ScriptedReconciler("slow") { if $0 == 1 { await barrier.pass() } }
        driver.begin([slow, ScriptedReconciler("two", journal: journal)])
        let isBack = Flag()
        await withTaskGroup { group in
            group.addTask { [driver] in
                await driver.follow(DecidedConfiguration(Document(), revision: 1))
                isBack.raise()
            }
            #expect(await until { barrier.waiting == 1 })
            let begin = time.monotonic
            #expect(await passes { isBack.isUp })
            #expect(time.monotonic - begin >= .seconds(5) && time.monotonic - begin < .seconds(6))
        }
        // Those behind it in the list go on without it.
        #expect(await passes { journal.entries == ["two 1"] })
        #expect(status("slow")?.fault?.hasPrefix("It has not ended for") == true)
        // It holds up nobody a second time.
        let begin = time.monotonic
        await driver.follow(revision(2))
        await driver.follow(revision(3))
        #expect(time.monotonic == begin && journal.entries == ["two 1", "two 2", "two 3"])
        // It goes on to the newest, and leaves out what was between.
        barrier.open()
        #expect(await until { status("slow")?.revision == 3 })
        #expect(slow.calls == ["-1", "1-3"] && status("slow")?.fault == nil)
    }

    @Test func revisionsThatComeMeanwhileAreOneTurn() async {
        let barrier = Barrier()
        let one = ScriptedReconciler("one") { if $0 == 1 { await barrier.pass() } }
        driver.begin([one])
        await withTaskGroup { group in
            group.addTask { [driver] in await driver.follow(DecidedConfiguration(Document(), revision: 1)) }
            #expect(await until { barrier.waiting == 1 })
            for number in 2...50 {
                group.addTask { [driver] in await driver.follow(DecidedConfiguration(Document(), revision: number)) }
            }
            for _ in 0..<1_000 { await Task.yield() }
            barrier.open()
        }
        #expect(one.calls.count <= 3 && one.calls.first == "-1")
    }

    @Test func aRetryThatIsUnderWayIsWaitedForAndFollowedByTheNewest() async {
        let barrier = Barrier()
        let attempts = Mutex(0)
        let one = ScriptedReconciler("one") { _ in
            let attempt = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            switch attempt {
            case 1: throw Broken()
            case 2: await barrier.pass()
            default: break
            }
        }
        driver.begin([one])
        await driver.follow(revision(1))
        #expect(await passes { barrier.waiting == 1 })
        let isBack = Flag()
        await withTaskGroup { group in
            group.addTask { [driver] in
                await driver.follow(DecidedConfiguration(Document(), revision: 2))
                isBack.raise()
            }
            for _ in 0..<1_000 { await Task.yield() }
            #expect(!isBack.isUp)
            barrier.open()
        }
        #expect(one.calls == ["-1", "-1", "1-2"] && status("one")?.revision == 2)
    }

    @Test func anotherLookIsForEveryoneAndSaysThatNothingIsNew() async {
        let (one, two) = (ScriptedReconciler("one"), ScriptedReconciler("two", .afterwards))
        driver.begin([one, two])
        await driver.again()
        #expect(one.calls.isEmpty, "there is no configuration yet")
        await driver.follow(revision(4))
        await driver.ensure(revision(4))
        #expect(one.calls == ["-4"])
        await driver.again()
        #expect(one.calls == ["-4", "4-4"] && two.calls.last == "4-4")
        await driver.ensure(revision(5))
        #expect(one.calls.last == "4-5")
    }

    @Test func afterTheEndNothingIsTriedAgain() async {
        let one = ScriptedReconciler("one") { _ in throw Broken() }
        driver.begin([one])
        await driver.follow(revision(1))
        await driver.stop()
        for _ in 0..<100 {
            time.advance(by: .seconds(1))
            await Task.yield()
        }
        await driver.follow(revision(2))
        #expect(one.calls == ["-1"])
    }
}
