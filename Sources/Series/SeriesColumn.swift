/// The values of one series beside the axes of its book; what was not measured is no number.
struct SeriesColumn: Sendable {
    let id: SeriesID
    /// The last minute that has a value.
    var last: UInt32
    private(set) var minutes: [Float]
    private(set) var least: [Float]
    private(set) var mean: [Float]
    private(set) var most: [Float]

    init(_ id: SeriesID, minutes: Int, quarters: Int) {
        self.id = id
        last = 0
        self.minutes = [Float](repeating: .nan, count: minutes)
        least = [Float](repeating: .nan, count: quarters)
        (mean, most) = (least, least)
    }

    mutating func set(_ value: Float, at place: Int) { minutes[place] = value }

    mutating func setQuarter(_ values: Spread, at place: Int) {
        least[place] = values.least
        mean[place] = values.mean
        most[place] = values.most
    }

    /// What was kept of a quarter of an hour, for as many minutes.
    func quarter(at place: Int) -> Spread {
        Spread(least: least[place], mean: mean[place], most: most[place], weight: 15)
    }
}

/// The least, the mean and the most of some values; not a number where there was none.
struct Spread: Sendable {
    private(set) var least = Float.nan
    private(set) var most = Float.nan
    private var sum = 0.0
    private var weight = 0.0

    /// Of no value.
    init() {}

    init(least: Float, mean: Float, most: Float, weight: Double) {
        if mean.isNaN { return }
        (self.least, self.most) = (least, most)
        (sum, self.weight) = (Double(mean) * weight, weight)
    }

    var mean: Float { weight > 0 ? Float(sum / weight) : .nan }

    mutating func add(_ value: Float) {
        add(Spread(least: value, mean: value, most: value, weight: 1))
    }

    mutating func add(_ other: Spread) {
        if other.weight == 0 { return }
        least = weight == 0 ? other.least : min(least, other.least)
        most = weight == 0 ? other.most : max(most, other.most)
        sum += other.sum
        weight += other.weight
    }
}
