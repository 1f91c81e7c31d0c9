/// What will happen, by time in milliseconds; what was entered first comes first of what happens at one time.
struct EventQueue {
    typealias Event = ClusterSimulation.Event

    private var coming: [[Event]]
    private var time = 0
    private var taken = 0

    /// A queue up to a time; what would happen later never does.
    init(end: Int) {
        coming = Array(repeating: [], count: end + 1)
    }

    mutating func add(_ event: Event, at time: Int) {
        if time < coming.count { coming[max(time, self.time)].append(event) }
    }

    mutating func next() -> (at: Int, event: Event)? {
        while time < coming.count {
            if taken < coming[time].count {
                taken += 1
                return (time, coming[time][taken - 1])
            }
            coming[time] = []
            (time, taken) = (time + 1, 0)
        }
        return nil
    }
}
