import Testing
import Values

@testable import JobEngine

@Suite struct CronExpressionTests {
    /// `minute hour day month weekday`
    static func expression(_ text: String) -> CronExpression? {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count == 5 else { return nil }
        return CronExpression(
            minute: fields[0], hour: fields[1], day: fields[2], month: fields[3], weekday: fields[4])
    }

    private func minute(_ text: String) throws -> Int {
        try #require(Timestamp(text + ":00Z")).milliseconds / 60_000
    }

    @Test(arguments: [
        ("* * * * *", "2026-01-31T23:59", "2026-02-01T00:00"), ("0 1 * * 0", "2026-11-22T01:00", "2026-11-29T01:00"),
        ("0 1 * * 7", "2026-11-22T00:59", "2026-11-22T01:00"), ("*/15 * * * *", "2026-11-22T10:45", "2026-11-22T11:00"),
        ("5/20 3 * * *", "2026-11-22T03:25", "2026-11-22T03:45"),
        ("30 1 * * 1-6", "2026-11-21T01:30", "2026-11-23T01:30"),
        ("0 0 * * mon,Friday", "2026-11-22T10:00", "2026-11-23T00:00"),
        ("0 12 29 2 *", "2026-01-01T00:00", "2028-02-29T12:00"),
        ("0 12 29 2 *", "2096-02-29T12:00", "2104-02-29T12:00"),
        ("0 0 31 * *", "2026-11-01T00:00", "2026-12-31T00:00"),
        ("59 23 31 12 *", "2026-12-31T23:59", "2027-12-31T23:59"),
        ("0 0 13 * 5", "2026-11-13T00:00", "2026-11-20T00:00"), ("0 0 13 * 5", "2026-12-11T00:00", "2026-12-13T00:00"),
        ("0 0 1-31 * 5", "2026-11-13T00:00", "2026-11-20T00:00"),
        ("0 0 13 * 0-6", "2026-11-14T00:00", "2026-12-13T00:00"),
        ("0 0 30 2 5", "2026-01-31T00:00", "2026-02-06T00:00"),
    ])
    func theNextTimeIsTheFirstThatFits(_ text: String, after: String, expected: String) throws {
        let expression = try #require(Self.expression(text))
        #expect(try expression.next(after: minute(after)) == minute(expected))
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *"])
    func aDayThatNeverComesHasNoNextTime(_ text: String) throws {
        #expect(try #require(Self.expression(text)).next(after: minute("2026-01-01T00:00")) == nil)
    }

    @Test(arguments: [
        "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *", "*/0 * * * *", "1- * * * *",
        "5-1 * * * *", "1,,2 * * * *", "-1 * * * *", "1-2-3 * * * *", "*/99999999999999999999 * * * *",
    ])
    func whatAFieldDoesNotAllowIsNoExpression(_ text: String) {
        #expect(Self.expression(text) == nil)
    }

    /// Everything the fields say, minute by minute over five years with a leap day.
    @Test(arguments: [
        ("7 4 29 2 *", 1), ("0 0 1 1 *", 5), ("*/30 12 */10 6 *", 5 * 2 * 3), ("0,59 23 31 * *", 5 * 7 * 2),
    ])
    func overYearsItIsDueAsOftenAsTheFieldsSay(_ text: String, count: Int) throws {
        let expression = try #require(Self.expression(text))
        let end = try minute("2032-01-01T00:00")
        var place = try minute("2026-12-31T23:59")
        var times = 0
        while let next = expression.next(after: place), next < end {
            #expect(next > place)
            (place, times) = (next, times + 1)
        }
        #expect(times == count)
    }
}
