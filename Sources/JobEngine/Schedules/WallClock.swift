package import EXAConf
import Foundation
package import Values

/// The clocks on the walls of a place: what they show when, with daylight saving time.
package struct WallClock: Sendable, Hashable {
    private let zone: TimeZone

    /// - Parameter name: As in `[Global] Timezone`, such as `Europe/Berlin`; `nil` when nobody knows the place.
    package init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// Clocks that show UTC.
    package static let utc = WallClock(zone: .gmt)

    private init(zone: TimeZone) {
        self.zone = zone
    }

    /// What the clocks show at a moment: the moment of that date and time of day in UTC.
    package func shown(at moment: Timestamp) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + offset(of: moment))
    }

    /// The moment at which the clocks show a date and time of day, given as that of UTC; the first one of a time they show
    /// twice. Of a time they skip it is the one they would show it at, were they not put forward.
    package func moment(showing local: Timestamp) -> Timestamp {
        let offsets = [-Self.longestChange, Self.longestChange].map { minutes in
            offset(of: Timestamp(milliseconds: local.milliseconds + minutes * 60_000))
        }
        let moments = offsets.map { Timestamp(milliseconds: local.milliseconds - $0) }
        return moments.filter { shown(at: $0) == local }.min() ?? moments[0]
    }

    /// What the clocks are ahead of UTC, in milliseconds.
    private func offset(of moment: Timestamp) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)) * 1000
    }

    /// The first moment after another one at which an expression is due, `nil` when there is none.
    ///
    /// - An expression that names hours is due once for each time it names. A time the clocks skip is due at the moment
    ///   they are put forward; one they show twice is due the first time.
    /// - One that names no hours is due whenever the clocks show one of its minutes.
    package func next(_ expression: CronExpression, after moment: Timestamp) -> Timestamp? {
        let minute = moment.milliseconds.flooredQuotientAndRemainder(dividingBy: 60_000).quotient
        var place = Instant(minute: minute, shown: minute + offset(at: minute))
        // Just after a change the clocks may show what they have shown before.
        let dayBefore = minute - Self.longestChange
        if !expression.isHourly, let change = change(from: offset(at: dayBefore), after: dayBefore, through: minute) {
            place = max(place, self.place(behind: change, expression))
        }
        while let shown = expression.next(after: place.shown) {
            let due = place.minute + (shown - place.shown)
            guard let change = change(from: place.offset, after: place.minute, through: due) else {
                return Timestamp(minute: due)
            }
            let (old, new) = (offset(at: change - 1), offset(at: change))
            let isSkipped = new > old && shown < change + new
            if isSkipped, !expression.isHourly { return Timestamp(minute: change) }
            place = self.place(behind: change, expression)
        }
        return nil
    }

    /// A moment and what the clocks show then, both in minutes since 1970-01-01 00:00.
    private struct Instant: Comparable {
        let minute: Int
        let shown: Int

        /// What the clocks that count are ahead of UTC; just before a change those are the new ones.
        var offset: Int { shown - minute }

        static func < (left: Instant, right: Instant) -> Bool { left.minute < right.minute }
    }

    /// The last minute behind a change before there is something new to look at.
    private func place(behind change: Int, _ expression: CronExpression) -> Instant {
        let (old, new) = (offset(at: change - 1), offset(at: change))
        let repeated = expression.isHourly ? 0 : max(0, old - new)
        return Instant(minute: change + repeated - 1, shown: change + repeated - 1 + new)
    }

    /// What the clocks are ahead of UTC, in minutes.
    private func offset(at minute: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute) * 60)) / 60
    }

    /// The first minute behind a start at which the clocks are not what they were until then.
    private func change(from old: Int, after start: Int, through end: Int) -> Int? {
        var low = start
        while low < end {
            var high = min(low + Self.week, end)
            if offset(at: high) != old {
                while high - low > 1 {
                    let middle = low + (high - low) / 2
                    if offset(at: middle) == old { low = middle } else { high = middle }
                }
                return high
            }
            low = high
        }
        return nil
    }

    // No place changes its clocks twice within a week.
    private static let week = 7 * 1440
    private static let longestChange = 1440
}

extension Document {
    /// The clocks of the cluster, by `[Global] Timezone`; those of UTC where nobody knows that zone.
    package var clock: WallClock { WallClock(global.timezone) ?? .utc }
}

extension Timestamp {
    init(minute: Int) {
        self.init(milliseconds: minute * 60_000)
    }

    /// The beginning of its minute.
    var wholeMinute: Timestamp {
        Timestamp(minute: milliseconds.flooredQuotientAndRemainder(dividingBy: 60_000).quotient)
    }
}
