package import Values

/// Figures over time: each minute for two days, and the least, the mean and the most of each quarter of an hour for a month.
///
/// It is a value with a bound: a series takes 47 KiB, and there are ``SeriesLimits/series`` at most. What was not measured is
/// missing and never zero.
package struct SeriesBook: Sendable {
    /// How much it holds.
    package let limits: SeriesLimits
    private(set) var minutes: TimeAxis
    private(set) var quarters: TimeAxis
    private(set) var columns: [SeriesColumn] = []
    private var places: [SeriesID: Int] = [:]
    /// When whoever measures began to, as minutes since 1970, ascending; the last ``mostStarts`` of them.
    private(set) var starts: [UInt32] = []

    static let mostStarts = 500

    /// Empty.
    package init(_ limits: SeriesLimits = SeriesLimits()) {
        self.limits = limits
        minutes = TimeAxis(capacity: limits.minutes)
        quarters = TimeAxis(capacity: limits.quarters)
    }

    /// What is known of.
    package var series: [SeriesID] { columns.map(\.id).sorted() }

    func column(_ id: SeriesID) -> SeriesColumn? { places[id].map { columns[$0] } }

    // MARK: Taking

    /// Takes what was measured at a moment; what is no finite number was not.
    ///
    /// When the clock was set back, what was measured at moments that have not come yet is forgotten.
    ///
    /// - Returns: How many series there was no room for.
    @discardableResult
    package mutating func take(_ values: [SeriesID: Double], at moment: Timestamp) -> Int {
        guard let minute = UInt32(exactly: moment.minutes) else { return 0 }
        let place = place(of: minute)
        var rest = values.compactMapValues { value in
            let number = Float(value)
            return number.isFinite ? number : nil
        }
        for index in columns.indices {
            guard let value = rest.removeValue(forKey: columns[index].id) else { continue }
            columns[index].set(value, at: place)
            columns[index].last = minute
        }
        var refused = 0
        for (id, value) in rest.sorted(by: { $0.key < $1.key }) {
            guard id.object.utf8.count <= SeriesID.longestObject, let index = add(id, at: minute) else {
                refused += 1
                continue
            }
            columns[index].set(value, at: place)
            columns[index].last = minute
        }
        return refused
    }

    /// Notes that measuring began.
    package mutating func begin(at moment: Timestamp) {
        guard let minute = UInt32(exactly: moment.minutes) else { return }
        add(start: minute)
    }

    mutating func add(start minute: UInt32) {
        starts.removeAll { $0 >= minute }
        starts.append(minute)
        starts.removeFirst(max(0, starts.count - Self.mostStarts))
    }

    /// Where columns have the values of a minute, which are none yet.
    private mutating func place(of minute: UInt32) -> Int {
        if let last = minutes.last {
            if last >= minute { goBack(to: minute) } else if last / 15 < minute / 15 { close(quarter: last / 15) }
        }
        let place = minutes.append(minute)
        for index in columns.indices { columns[index].set(.nan, at: place) }
        return place
    }

    private mutating func goBack(to minute: UInt32) {
        minutes.drop(from: minute)
        quarters.drop(from: minute / 15)
        for index in columns.indices { columns[index].last = min(columns[index].last, minute) }
        // What was measured of the quarter before may not have been summed up.
        if let last = minutes.last, last / 15 < minute / 15 { close(quarter: last / 15) }
    }

    /// Sums up the minutes of a quarter of an hour that is over, and forgets what was not measured for as long as is kept.
    private mutating func close(quarter: UInt32) {
        if let last = quarters.last, last >= quarter { return }
        let place = quarters.append(quarter)
        let first = minutes.position(from: Int(quarter) * 15)
        let taken = (first..<minutes.count).prefix { minutes[$0] / 15 == quarter }.map { minutes.place($0) }
        for index in columns.indices {
            var spread = Spread()
            for place in taken where !columns[index].minutes[place].isNaN { spread.add(columns[index].minutes[place]) }
            columns[index].setQuarter(spread, at: place)
        }
        let kept = UInt32(limits.quarters) * 15, now = (quarter + 1) * 15
        if now > kept { remove { $0.last < now - kept } }
    }

    // MARK: Series

    /// Makes room for a new series, in place of the one that was not measured for the longest time where there are too many.
    private mutating func add(_ id: SeriesID, at minute: UInt32) -> Int? {
        if columns.count >= limits.series {
            guard let idle = columns.min(by: { ($0.last, $0.id) < ($1.last, $1.id) }), idle.last < minute else {
                return nil
            }
            remove { $0.id == idle.id }
        }
        return insert(SeriesColumn(id, minutes: limits.minutes, quarters: limits.quarters))
    }

    private mutating func insert(_ column: SeriesColumn) -> Int {
        columns.append(column)
        places[column.id] = columns.count - 1
        return columns.count - 1
    }

    private mutating func remove(_ isOver: (SeriesColumn) -> Bool) {
        let count = columns.count
        columns.removeAll(where: isOver)
        if columns.count == count { return }
        places = Dictionary(uniqueKeysWithValues: columns.indices.map { (columns[$0].id, $0) })
    }

    // MARK: Restoring

    /// Takes up axes and columns as they were kept; an empty book alone does.
    mutating func restore(minutes: [UInt32], quarters: [UInt32]) {
        for slot in minutes { _ = self.minutes.append(slot) }
        for slot in quarters { _ = self.quarters.append(slot) }
    }

    mutating func restore(_ column: SeriesColumn) {
        if places[column.id] == nil, columns.count < limits.series { _ = insert(column) }
    }
}

/// How much a book holds.
package struct SeriesLimits: Sendable, Hashable {
    /// Series; with all of them a book takes 15 MiB in memory, and as much as a file.
    package var series = 320
    /// Minutes: two days.
    package var minutes = 48 * 60
    /// Quarters of an hour: 31 days.
    package var quarters = 31 * 24 * 4

    /// Those of a node.
    package init() {}
}

extension Timestamp {
    /// Whole minutes since 1970.
    package var minutes: Int { milliseconds.flooredQuotientAndRemainder(dividingBy: 60_000).quotient }

    /// The beginning of a minute since 1970.
    package init(minutes: Int) {
        self.init(milliseconds: minutes * 60_000)
    }
}
