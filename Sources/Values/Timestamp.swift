#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A moment for people to read: milliseconds since 1970, UTC. Order of events goes by id and revision, not by this.
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Since 1970-01-01 UTC, leap seconds not counted.
    package let milliseconds: Int

    /// Takes every number; the text form is RFC 3339 from the year 1583, the first of the calendar, to the year 9999.
    package init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// RFC 3339 in UTC with milliseconds, as in `2026-01-02T03:04:05.678Z`.
    package var description: String {
        let (seconds, rest) = milliseconds.flooredQuotientAndRemainder(dividingBy: 1000)
        let (days, time) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = Self.date(day: days)
        return Self.digits(year, 4) + "-" + Self.digits(month, 2) + "-" + Self.digits(day, 2) + "T"
            + Self.digits(time / 3600, 2) + ":" + Self.digits(time / 60 % 60, 2) + ":" + Self.digits(time % 60, 2)
            + "." + Self.digits(rest, 3) + "Z"
    }

    /// The moment an RFC 3339 text names, `nil` when it is none.
    package init?(_ text: String) {
        // A long text would be looked through again and again; a moment has nanoseconds and an offset at most.
        guard text.utf8.count <= 40 else { return nil }
        // The parser knows no offset beyond those of places on earth, and RFC 3339 has them up to 23:59.
        if let match = text.wholeMatch(of: /(.*T[0-9:.]+)([+-])([01][0-9]|2[0-3]):([0-5][0-9])/) {
            guard let local = Self("\(match.1)Z"), let hours = Int(match.3), let minutes = Int(match.4) else {
                return nil
            }
            let offset = (hours * 60 + minutes) * 60_000
            self.init(milliseconds: local.milliseconds + (match.2 == "+" ? -offset : offset))
            return
        }
        // The parser takes years of any length and leaves out what stands behind the moment.
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        let (day, time) = (text.utf8.prefix(10), text.utf8.dropFirst(10).dropLast())
        guard text.utf8.last == UInt8(ascii: "Z"), day.dropFirst(4).first == UInt8(ascii: "-"),
            day.allSatisfy({ "0123456789-".utf8.contains($0) }), time.allSatisfy({ "0123456789:.T".utf8.contains($0) }),
            let date = try? Date(text, strategy: style)
        else { return nil }
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
        // The parser turns 30 February into a day of March: what it read has to be what was written.
        guard
            Self.names(
                date: day, time: text.utf8.dropFirst(11).prefix(8),
                seconds: Int(date.timeIntervalSince1970.rounded(.down)))
        else {
            return nil
        }
        self.init(milliseconds: milliseconds)
    }

    /// Whether date and time of day are those of a second counted from 1970.
    private static func names(date: Substring.UTF8View, time: Substring.UTF8View, seconds: Int) -> Bool {
        let day = (Double(seconds) / 86_400).rounded(.down)
        let rest = seconds - Int(day) * 86_400
        let civil = Self.date(day: Int(day))
        let written = [civil.year, civil.month, civil.day].enumerated().map { digits($1, $0 == 0 ? 4 : 2) }
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { digits($0, 2) }
        return date.elementsEqual(written.joined(separator: "-").utf8)
            && time.elementsEqual(clock.joined(separator: ":").utf8)
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The civil date of a day counted from 1970-01-01, by the era arithmetic of the Gregorian calendar.
    package static func date(day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted.flooredQuotientAndRemainder(dividingBy: 146_097).quotient
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
