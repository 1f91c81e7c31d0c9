import Testing
import Values

@testable import confd_client

struct MomentTests {
    /// Two hours ahead of UTC, on 29 November 2026 at half past nine in the morning of there.
    private var display: Display {
        var display = Display()
        display.now = 1_795_937_400_000
        display.offset = { _ in 7200 }
        return display
    }

    @Test(arguments: [
        ("1h", "2026-11-29T06:30:00.000Z"), ("90s", "2026-11-29T07:28:30.000Z"), ("1w 3d", "2026-11-19T07:30:00.000Z"),
        ("2d ago", "2026-11-27T07:30:00.000Z"), ("now", "2026-11-29T07:30:00.000Z"),
        ("today", "2026-11-28T22:00:00.000Z"), ("yesterday", "2026-11-27T22:00:00.000Z"),
        ("2026-11-01", "2026-10-31T22:00:00.000Z"), ("2026-11-01 15:04", "2026-11-01T13:04:00.000Z"),
        ("2026-11-01T15:04:05Z", "2026-11-01T15:04:05Z"), ("2026-11-01T15:04:05+01:00", "2026-11-01T15:04:05+01:00"),
    ])
    func whatPeopleTypeIsAMoment(typed: String, moment: String) throws {
        #expect(try Moment.text(typed, .back, on: display) == moment)
    }

    @Test func aRuleEndsAheadAndAFilterBeginsBack() throws {
        #expect(try Moment.text("2h", .ahead, on: display) == "2026-11-29T09:30:00.000Z")
        #expect(try Moment.text("tomorrow", .ahead, on: display) == "2026-11-29T22:00:00.000Z")
    }

    @Test(arguments: [
        "", "1", "h", "1x", "-1h", "soon", "2026-13-01", "2026-02-30", "2026-11-01 25:00", "99999999999h", "0s",
    ])
    func whatIsNoMomentIsRefused(typed: String) {
        #expect { try Moment.text(typed, .back, on: display) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func aLengthOfTimeEndsSomewhere() {
        #expect(Moment.seconds("3650d") == 315_360_000 && Moment.seconds("3650d 1s") == nil)
        #expect(Moment.seconds(String(repeating: "999999999w", count: 100_000)) == nil)
    }

    @Test func anOptionTakesSecondsWithoutAWord() throws {
        #expect(try Moment.length("30", of: "--timeout") == 30 && Moment.length("5m", of: "--timeout") == 300)
        #expect(throws: Failure.self) { try Moment.length("0", of: "--timeout") }
        #expect(throws: Failure.self) { try Moment.length("x", of: "--timeout") }
    }
}
