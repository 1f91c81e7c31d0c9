import Foundation
import Testing
import Values

@testable import JobEngine

@Suite struct WallClockTests {
    private func times(_ text: String, _ zone: String, _ start: String, _ end: String) throws -> [String] {
        let clock = try #require(WallClock(zone))
        let expression = try #require(CronExpressionTests.expression(text))
        let last = try #require(Timestamp(end + ":00Z"))
        var (place, found) = (try #require(Timestamp(start + ":00Z")), [String]())
        while let next = clock.next(expression, after: place), next <= last {
            found.append(String(next.description.prefix(16)))
            place = next
        }
        return found
    }

    @Test(arguments: [
        // Clocks are put forward from 02:00 to 03:00 at 01:00 UTC.
        ("30 2 * * *", ["2027-03-27T01:30", "2027-03-28T01:00", "2027-03-29T00:30"]),
        (
            "0,30 2 * * *",
            ["2027-03-27T01:00", "2027-03-27T01:30", "2027-03-28T01:00", "2027-03-29T00:00", "2027-03-29T00:30"]
        ),
        ("0 3 * * *", ["2027-03-27T02:00", "2027-03-28T01:00", "2027-03-29T01:00"]),
        ("59 1 * * *", ["2027-03-27T00:59", "2027-03-28T00:59", "2027-03-28T23:59"]),
        ("0 */12 28 3 *", ["2027-03-27T23:00", "2027-03-28T10:00"]),
    ])
    func aTimeTheClocksSkipIsDueWhenTheyArePutForward(_ text: String, expected: [String]) throws {
        #expect(
            try times(text, "Europe/Berlin", "2027-03-26T23:30", "2027-03-29T01:00").filter { $0 >= "2027-03-27" }
                == expected.filter { $0 <= "2027-03-29T01:00" })
    }

    @Test(arguments: [
        // Clocks are put back from 03:00 to 02:00 at 01:00 UTC.
        ("30 2 * * *", ["2026-10-25T00:30"]), ("0 2 * * *", ["2026-10-25T00:00"]), ("0 3 * * *", ["2026-10-25T02:00"]),
        ("0,30 1-2 * * *", ["2026-10-24T23:00", "2026-10-24T23:30", "2026-10-25T00:00", "2026-10-25T00:30"]),
    ])
    func aTimeTheClocksShowTwiceIsDueOnce(_ text: String, expected: [String]) throws {
        #expect(try times(text, "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T12:00") == expected)
    }

    @Test func whatIsDueEachHourGoesByTheTimeThatPasses() throws {
        let back = try times("30 * * * *", "Europe/Berlin", "2026-10-24T23:00", "2026-10-25T03:00")
        #expect(back == ["2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"])
        let forward = try times("30 * * * *", "Europe/Berlin", "2027-03-27T23:00", "2027-03-28T03:00")
        #expect(forward == ["2027-03-27T23:30", "2027-03-28T00:30", "2027-03-28T01:30", "2027-03-28T02:30"])
        #expect(try times("* * * * *", "Europe/Berlin", "2026-10-25T00:00", "2026-10-25T04:00").count == 240)
        #expect(try times("0 * 28 3 *", "Europe/Berlin", "2027-03-01T00:00", "2027-04-01T00:00").count == 23)
    }

    /// The moments a plain walk over all minutes finds.
    private func walked(_ text: String, _ zone: String, _ start: Int, _ days: Int) throws -> [Int] {
        let expression = try #require(CronExpressionTests.expression(text))
        let zone = try #require(TimeZone(identifier: zone))
        // Clocks change at quarters of an hour, and asking for each minute is slow.
        let quarters = (0...days * 96 + 1).map { quarter in
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(start + quarter * 15) * 60)) / 60
        }
        let shown = { (minute: Int) in minute + quarters[(minute - start) / 15] }
        var (named, place) = (Set<Int>(), shown(start) - 1440)
        while let next = expression.next(after: place), next < start + (days + 2) * 1440 {
            named.insert(next)
            place = next
        }
        let fits = { [named] (minute: Int) in named.contains(minute) }
        var (found, high) = ([Int](), shown(start))
        for minute in start + 1...start + days * 1440 {
            let now = shown(minute)
            if expression.isHourly {
                if fits(now) { found.append(minute) }
            } else if now > high {
                // Whatever lies between two moments that follow each other was skipped.
                if (high + 1...now).contains(where: fits) { found.append(minute) }
            }
            high = max(high, now)
        }
        return found
    }

    @Test(
        arguments: ["15 2 * * *", "20 * * * *", "0 0 * * *", "45 1-3 * 3,10,4,11 0", "59 23 31 10 *"],
        [
            // A day before clocks change, and one on which they do not.
            ("Europe/Berlin", "2027-03-27"), ("Europe/Berlin", "2027-10-30"), ("America/New_York", "2027-03-13"),
            ("America/New_York", "2027-11-06"), ("Australia/Lord_Howe", "2027-04-02"),
            ("Australia/Lord_Howe", "2027-10-01"), ("Asia/Kolkata", "2027-10-30"),
        ])
    func roundEachChangeItIsWhatAWalkOverAllMinutesFinds(_ text: String, change: (zone: String, day: String)) throws {
        let (zone, days) = (change.zone, 3)
        let start = try #require(Timestamp(change.day + "T00:00:00Z")).milliseconds / 60_000
        let expected = try walked(text, zone, start, days)
        let clock = try #require(WallClock(zone))
        let expression = try #require(CronExpressionTests.expression(text))
        var (place, found) = (Timestamp(minute: start), [Int]())
        while let next = clock.next(expression, after: place), next <= Timestamp(minute: start + days * 1440) {
            found.append(next.milliseconds / 60_000)
            place = next
        }
        #expect(found == expected)
        // From wherever one asks, the answer is the same.
        for minute in stride(from: start, to: start + (days - 1) * 1440, by: 97) {
            let next = clock.next(expression, after: Timestamp(minute: minute))
            #expect(
                next?.milliseconds == expected.first { $0 > minute }.map { $0 * 60_000 }
                    || next.map { $0.milliseconds / 60_000 > expected.last ?? 0 } == true)
        }
    }

    @Test(arguments: [
        ("2026-01-02 03:04:05", "2026-01-02T02:04:05.000Z"), ("2026-07-02 03:04:05", "2026-07-02T01:04:05.000Z"),
        // Shown twice, and never.
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z"), ("2026-03-29 02:30:00", "2026-03-29T01:30:00.000Z"),
    ])
    func aTimeOnTheClocksIsAMoment(_ local: String, _ moment: String) throws {
        let clock = try #require(WallClock("Europe/Berlin"))
        let shown = try #require(Timestamp(local.replacing(" ", with: "T") + "Z"))
        #expect(clock.moment(showing: shown).description == moment)
    }

    @Test func whatTheClocksShowLeadsBackToTheMoment() throws {
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "UTC"] {
            let clock = try #require(WallClock(zone))
            for milliseconds in stride(from: 0, through: 1_800_000_000_000, by: 86_400_000 * 31 + 7) {
                let moment = Timestamp(milliseconds: milliseconds)
                // An hour the clocks show twice leads to the first of both.
                #expect(clock.shown(at: clock.moment(showing: clock.shown(at: moment))) == clock.shown(at: moment))
            }
        }
    }

    @Test func aPlaceNobodyKnowsHasNoClock() {
        #expect(WallClock("Europe/Atlantis") == nil && WallClock("") == nil)
    }
}
