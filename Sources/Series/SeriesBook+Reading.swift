package import Values

extension SeriesBook {
    /// What a list says of a series.
    package struct Extent: Sendable, Hashable {
        /// Its name.
        package let id: SeriesID
        /// The first moment something is known of, to the minute.
        package let first: Timestamp
        /// The last one.
        package let last: Timestamp
    }

    /// All series of which something is known, in the order of their names.
    package var extents: [Extent] {
        columns.sorted { $0.id < $1.id }.compactMap { column in
            let quarter = (0..<quarters.count).first { !column.quarter(at: quarters.place($0)).mean.isNaN }
            let minute = (0..<minutes.count).first { !column.minutes[minutes.place($0)].isNaN }
            let starts = [quarter.map { Int(quarters[$0]) * 15 }, minute.map { Int(minutes[$0]) }].compactMap(\.self)
            guard let first = starts.min() else { return nil }
            return Extent(
                id: column.id, first: Timestamp(minutes: first), last: Timestamp(minutes: max(first, Int(column.last))))
        }
    }

    /// When whoever measures began to, ascending.
    package var beginnings: [Timestamp] { starts.map { Timestamp(minutes: Int($0)) } }

    /// The finest steps, in minutes, in which everything from a moment on is known.
    package func finestStep(from moment: Timestamp) -> Int {
        guard let first = minutes.first, let oldest = quarters.first else { return 1 }
        return moment.minutes < Int(first) && (oldest + 1) * 15 <= first ? 15 : 1
    }

    /// A series between two moments, in equal steps from the first one on.
    ///
    /// - Parameter span: What is asked for; of the last step only what is in it.
    /// - Returns: `nil` when there is no such series.
    package func points(of id: SeriesID, _ span: SeriesSpan) -> SeriesPoints? {
        guard let column = column(id) else { return nil }
        var spreads = [Spread](repeating: Spread(), count: span.count)
        func add(_ minute: Int, _ spread: Spread) {
            if let index = span.index(ofMinute: minute) { spreads[index].add(spread) }
        }
        let boundary = boundary
        for position in quarters.position(from: span.first / 15)..<quarters.count {
            let minute = Int(quarters[position]) * 15
            if minute >= span.end || Int(quarters[position]) >= boundary.quarter { break }
            add(minute, column.quarter(at: quarters.place(position)))
        }
        for position in minutes.position(from: max(span.first, boundary.minute))..<minutes.count {
            let minute = Int(minutes[position])
            if minute >= span.end { break }
            let value = column.minutes[minutes.place(position)]
            if !value.isNaN { add(minute, Spread(least: value, mean: value, most: value, weight: 1)) }
        }
        return SeriesPoints(id: id, span: span, spreads: spreads)
    }

    /// The quarter of an hour before which quarters are told, and the minute from which on minutes are.
    private var boundary: (quarter: Int, minute: Int) {
        guard let first = minutes.first.map({ Int($0) }) else { return (.max, .max) }
        let quarter = first / 15
        let position = quarters.position(from: quarter)
        // A quarter of whose minutes some are gone is told as a whole.
        let isCut = minutes.count == minutes.capacity && first % 15 != 0
        guard isCut, position < quarters.count, Int(quarters[position]) == quarter else { return (quarter, first) }
        return (quarter + 1, (quarter + 1) * 15)
    }
}

/// A span of time in equal steps.
package struct SeriesSpan: Sendable, Hashable {
    /// The first minute since 1970, and the one it ends before.
    let first: Int
    let end: Int
    /// Minutes of a step.
    package let step: Int

    /// Points there are at most.
    package static let most = 500
    /// What is a good step, in minutes.
    private static let steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]

    /// From one moment to another, both brought to the minute.
    ///
    /// - Parameter step: In minutes, at least 1.
    /// - Returns: `nil` when nothing is in it, or more than ``most`` steps.
    package init?(from: Timestamp, to: Timestamp, step: Int) {
        let (first, end) = (
            from.minutes, (to.milliseconds + 59_999).flooredQuotientAndRemainder(dividingBy: 60_000).quotient
        )
        guard step > 0, first < end, (end - first + step - 1) / step <= Self.most else { return nil }
        (self.first, self.end, self.step) = (first, end, step)
    }

    /// The smallest good step, in minutes, by which a span has no more than ``most`` points.
    package static func step(from: Timestamp, to: Timestamp, atLeast finest: Int = 1) -> Int {
        let length = max(1, to.minutes + 1 - from.minutes)
        let least = max(finest, (length + most - 1) / most)
        return steps.first { $0 >= least } ?? (least + 1439) / 1440 * 1440
    }

    /// Where it begins.
    package var from: Timestamp { Timestamp(minutes: first) }
    /// Where it ends.
    package var to: Timestamp { Timestamp(minutes: end) }
    /// How many steps there are.
    package var count: Int { (end - first + step - 1) / step }

    func index(ofMinute minute: Int) -> Int? {
        minute >= first && minute < end ? (minute - first) / step : nil
    }
}

/// A series as it is told.
package struct SeriesPoints: Sendable, Hashable {
    /// Its name.
    package let id: SeriesID
    /// The span it is told in.
    package let span: SeriesSpan
    /// The least value of each step; `nil` where nothing was measured.
    package let least: [Double?]
    /// The mean of each step, in the same way.
    package let mean: [Double?]
    /// The greatest value of each step, in the same way.
    package let most: [Double?]

    init(id: SeriesID, span: SeriesSpan, spreads: [Spread]) {
        func told(_ value: Float) -> Double? { value.isNaN ? nil : Double(value) }
        (self.id, self.span) = (id, span)
        (least, mean, most) = (
            spreads.map { told($0.least) }, spreads.map { told($0.mean) }, spreads.map { told($0.most) }
        )
    }
}
