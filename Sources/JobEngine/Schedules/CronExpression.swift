package import EXAConf
import Values

/// The minutes a schedule names by the five fields of cron, on a calendar without time zones.
///
/// As in POSIX, a day counts when it fits day and weekday, but when both of them are restricted it is enough that it fits
/// one. A field that allows all its numbers is not restricted, however it is written.
package struct CronExpression: Sendable, Hashable {
    /// Bit n stands for the number n.
    private let minutes, hours, days, months, weekdays: UInt64
    /// Whether one of the days suffices.
    private let isEitherDay: Bool
    /// Whether it names no hours, so that it goes by the time that passes and not by the clock.
    package let isHourly: Bool

    /// - Returns: `nil` for a text its field does not allow.
    package init?(minute: String, hour: String, day: String, month: String, weekday: String) {
        guard let minutes = Self.bits(.minute, minute), let hours = Self.bits(.hour, hour),
            let days = Self.bits(.day, day), let months = Self.bits(.month, month),
            let weekdays = Self.bits(.weekday, weekday)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = weekdays
        isEitherDay = days.nonzeroBitCount < 31 && weekdays.nonzeroBitCount < 7
        isHourly = hours.nonzeroBitCount == 24
    }

    /// The times of a schedule as the configuration has them; `nil` when one of them cannot be read.
    package init?(_ schedule: BackupSchedule) {
        self.init(
            minute: schedule.minute, hour: schedule.hour, day: schedule.day, month: schedule.month,
            weekday: schedule.weekday)
    }

    private static func bits(_ field: CronField, _ text: String) -> UInt64? {
        field.numbers(text)?.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// The first minute behind one that the fields name, `nil` when there is none: 31 February never comes.
    ///
    /// - Parameter minute: Counted from 1970-01-01 00:00 on the calendar that is meant.
    package func next(after minute: Int) -> Int? {
        let (today, now) = (minute + 1).flooredQuotientAndRemainder(dividingBy: Self.minutesADay)
        for day in today..<(today + Self.horizon) where covers(day: day) {
            if let found = firstMinute(from: day == today ? now : 0) { return day * Self.minutesADay + found }
        }
        return nil
    }

    private func covers(day: Int) -> Bool {
        let date = Timestamp.date(day: day)
        guard Self.has(months, date.month) else { return false }
        let fits = Self.has(days, date.day)
        // 1970-01-01 was a Thursday.
        let isItsWeekday = Self.has(weekdays, (day + 4).flooredQuotientAndRemainder(dividingBy: 7).remainder)
        return isEitherDay ? fits || isItsWeekday : fits && isItsWeekday
    }

    /// The first minute of a day, counted from midnight, that is not before another one.
    private func firstMinute(from minute: Int) -> Int? {
        for hour in minute / 60..<24 where Self.has(hours, hour) {
            let begin = hour == minute / 60 ? minute % 60 : 0
            let rest = minutes >> UInt64(begin)
            if rest != 0 { return hour * 60 + begin + rest.trailingZeroBitCount }
        }
        return nil
    }

    private static func has(_ bits: UInt64, _ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

    private static let minutesADay = 1440
    // 29 February is eight years away round 2100.
    private static let horizon = 8 * 366 + 1
}

extension Int {
    /// Quotient rounded down, and the rest, which is never negative.
    func flooredQuotientAndRemainder(dividingBy divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
