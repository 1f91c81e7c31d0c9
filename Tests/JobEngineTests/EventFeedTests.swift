import Support
import Testing
import Values

@testable import JobEngine

@Suite(.timeLimit(.minutes(5))) struct EventFeedTests {
    private let time = ManualTime()

    private func feed(count: Int = 10_000, size: Int = 32 * 1024 * 1024, lag: Int = 1_000) -> EventFeed {
        var limits = EventLimits()
        limits.count = count
        limits.size = size
        limits.lag = lag
        return EventFeed(epoch: 7, time: time, limits: limits)
    }

    private func facts(_ range: Range<Int>, user: String = "admin") -> [Event.Fact] {
        range.map { .revision($0, job: JobID(node: 11, number: $0), user: user) }
    }

    private func numbers(_ result: EventReader.ReadResult) -> [Int] {
        if case .events(let events) = result { events.map(\.number) } else { [] }
    }

    @Test func eventsAreNumberedFromOneWithoutGaps() async {
        let feed = feed()
        var reader = EventReader(feed, EventFilter(), from: .oldest)
        for start in stride(from: 0, to: 1000, by: 10) { feed.publish(facts(start..<start + 10)) }
        var seen: [Int] = []
        while case .events(let events) = reader.take(37) { seen += events.map(\.number) }
        #expect(seen == Array(1...1000) && reader.position == EventID(epoch: 7, number: 1000))
        #expect(reader.take(1) == .nothing)
    }

    @Test func aReaderWhoBeginsNowIsToldOnlyWhatComes() {
        let feed = feed()
        feed.publish(facts(0..<5))
        var reader = EventReader(feed, EventFilter(), from: .now)
        #expect(reader.take(10) == .nothing)
        feed.publish(facts(5..<7))
        #expect(numbers(reader.take(10)) == [6, 7])
    }

    @Test func aReaderGoesOnBehindAnEventHeKnows() throws {
        let feed = feed()
        feed.publish(facts(0..<300))
        var reader = EventReader(feed, EventFilter(), from: .after(try #require(EventID("7.297"))))
        #expect(numbers(reader.take(10)) == [298, 299, 300])
    }

    @Test(arguments: [("6.3", EventReset.Reason.epoch), ("7.1", .gap), ("7.100000", .gap)])
    func whoeverCannotGoOnIsToldWhereToBegin(id: String, reason: EventReset.Reason) throws {
        let feed = feed(count: 200, size: 1)
        feed.publish(facts(0..<1000))
        var reader = EventReader(feed, EventFilter(), from: .after(try #require(EventID(id))))
        #expect(reader.take(10) == .reset(EventReset(reason: reason, resumeAt: EventID(epoch: 7, number: 1000))))
        feed.publish(facts(1000..<1001))
        #expect(numbers(reader.take(10)) == [1001])
    }

    @Test func aNewTermNumbersAnewAndEveryReaderIsToldSo() {
        let feed = feed()
        feed.publish(facts(0..<3))
        var reader = EventReader(feed, EventFilter(), from: .oldest)
        #expect(numbers(reader.take(2)) == [1, 2])
        feed.begin(epoch: 9)
        feed.publish(facts(3..<4))
        let reset = EventReader.ReadResult.reset(
            EventReset(reason: .epoch, resumeAt: EventID(epoch: 9, number: 1)))
        #expect(reader.take(10) == reset && reader.position == EventID(epoch: 9, number: 1))
        feed.publish(facts(4..<5))
        #expect(numbers(reader.take(10)) == [2])
    }

    @Test func aReaderWhoFallsBehindIsReset() {
        let feed = feed(lag: 100)
        var reader = EventReader(feed, EventFilter(), from: .now)
        feed.publish(facts(0..<100))
        #expect(numbers(reader.take(1)) == [1])
        feed.publish(facts(100..<102))
        #expect(reader.take(10) == .reset(EventReset(reason: .slow, resumeAt: feed.end)))
        #expect(reader.take(10) == .nothing)
    }

    @Test func whatWasThereBeforeTheReaderDoesNotMakeHimSlow() {
        let feed = feed(lag: 100)
        feed.publish(facts(0..<5000))
        var reader = EventReader(feed, EventFilter(), from: .oldest)
        feed.publish(facts(5000..<5100))
        var count = 0
        while case .events(let events) = reader.take(64) { count += events.count }
        #expect(count == 5100)
    }

    @Test func eventsOfNoInterestDoNotMakeAReaderSlow() {
        let feed = feed(lag: 100)
        var reader = EventReader(feed, EventFilter(types: ["master.*"]), from: .now)
        feed.publish(facts(0..<3000) + [.master(nil)])
        #expect(numbers(reader.take(10)) == [3001])
    }

    @Test func thePastIsBoundedInBytesAndKeepsItsMinimum() {
        let feed = feed(count: 1000, size: 1000)
        for start in stride(from: 0, to: 100_000, by: 100) { feed.publish(facts(start..<start + 100)) }
        let (oldest, newest) = (feed.admit().oldest, feed.admit().newest)
        #expect(newest == 100_000)
        #expect((1000...1000 + 2 * EventLog.blockLength).contains(newest - oldest + 1))
    }

    @Test func anHourIsKeptAndWhatIsOlderIsNot() {
        let feed = feed(count: 10)
        feed.publish(facts(0..<1000))
        time.advance(by: .seconds(3500))
        feed.publish(facts(1000..<2000))
        #expect(feed.admit().oldest == 1)
        time.advance(by: .seconds(200))
        feed.publish(facts(2000..<2500))
        let oldest = feed.admit().oldest
        #expect(oldest > 1000 - EventLog.blockLength && oldest <= 1001)
    }

    @Test func aWaitingReaderIsWokenByWhatHeWantsAndByNothingElse() async {
        let feed = feed()
        let job = JobID(node: 11, number: 4)
        let result = await withTaskGroup { group in
            group.addTask {
                var reader = EventReader(feed, EventFilter(job: job), from: .now)
                return await reader.next(10)
            }
            // Whether these come before the reader waits or after: none of them is for it.
            feed.publish(facts(0..<3))
            while true {
                feed.publish(facts(4..<5))
                await Task.yield()
                if feed.end.number > 10_000 { break }
            }
            return await group.next()
        }
        guard case .events(let events)? = result else {
            Issue.record("woken without an event")
            return
        }
        #expect(events.allSatisfy { $0.job == job })
    }

    @Test func aBellEndsAWaitAndSoDoesTheEndOfTheFeed() async {
        let feed = feed()
        var reader = EventReader(feed, EventFilter(), from: .now)
        reader.waker.wake()
        #expect(await reader.next(1) == .nothing)
        feed.publish(facts(0..<1))
        feed.close()
        #expect(numbers(await reader.next(1)) == [1], "what was told before is told")
        #expect(await reader.next(1) == .closed)
        feed.publish(facts(1..<2))
        #expect(feed.end.number == 1)
    }

    @Test func anyNumberOfReadersSeeTheSame() async {
        let feed = feed(lag: 100_000)
        let sums = await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    var reader = EventReader(feed, EventFilter(), from: .oldest)
                    var last = 0
                    while last < 5000 {
                        guard case .events(let events) = await reader.next(64) else { continue }
                        for event in events {
                            if event.number != last + 1 { return -1 }
                            last = event.number
                        }
                    }
                    return last
                }
            }
            for start in stride(from: 0, to: 5000, by: 50) {
                feed.publish(facts(start..<start + 50))
                await Task.yield()
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == Array(repeating: 5000, count: 20))
    }

    @Test(arguments: ["", "7", "7.", ".1", "a.b", "7.1.2", "-1.2", "7.99999999999999999999"])
    func whatIsNoPlaceIsRefused(text: String) {
        #expect(EventID(text) == nil)
    }

    @Test func whoMayNotKnowOfOthersIsToldLess() {
        let job = JobRecord.fixture()
        let own = EventFilter(owner: "admin")
        let other = EventFilter(owner: "reader")
        let stage = Event(number: 1, time: Timestamp(milliseconds: 0), fact: .stage(.init(job), .submitted))
        let revision = Event(
            number: 2, time: Timestamp(milliseconds: 0), fact: .revision(18, job: job.id, user: "admin"))
        #expect(own.admits(stage) && !other.admits(stage))
        #expect(other.admits(revision) && revision.value(for: "reader")["user"] == nil)
        #expect(revision.value(for: "reader")["revision"] == 18 && revision.value(for: nil)["user"] == "admin")
    }
}
