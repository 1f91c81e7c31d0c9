package import Access
package import JobEngine
package import Series
import Values

/// Looks once a minute at what this machine counts and what probes found last, and has it kept over time.
///
/// It asks neither engines nor other nodes: what probes do not know is missing.
package struct SeriesSampler: Sendable {
    /// After a start, so long is waited for the probes' first looks.
    static let first = Duration.seconds(10)
    /// How often what is known is kept on the disk.
    static let flushPause = Duration.seconds(3600)

    private let board: SeriesBoard
    private let health: any ClusterHealth
    private let scheduler: JobScheduler
    private let durations: RecentDurations
    private let time: any TimeSource
    private let look: @Sendable () -> MachineCounters
    private let keep: @Sendable () async -> Void

    /// - Parameters:
    ///   - durations: Filled by whoever ends jobs.
    ///   - look: Reads the counters of this machine.
    ///   - keep: Keeps the board on the disk.
    package init(
        _ board: SeriesBoard, health: any ClusterHealth, scheduler: JobScheduler, durations: RecentDurations,
        time: any TimeSource, look: @escaping @Sendable () -> MachineCounters,
        keep: @escaping @Sendable () async -> Void
    ) {
        (self.board, self.health, self.scheduler, self.durations) = (board, health, scheduler, durations)
        (self.time, self.look, self.keep) = (time, look, keep)
    }

    /// Looks until the task is cancelled.
    package func run() async {
        board.begin(at: now)
        var (former, lookedAt) = (look(), time.monotonic)
        var flushAt = time.monotonic + Self.flushPause
        await time.sleep(until: time.monotonic + Self.first)
        while !Task.isCancelled {
            let (counters, moment) = (look(), time.monotonic)
            let machine = counters.figures(since: former, passed: (moment - lookedAt) / .seconds(1))
            (former, lookedAt) = (counters, moment)
            board.take(await values(machine), at: now)
            if time.monotonic >= flushAt {
                await keep()
                flushAt = time.monotonic + Self.flushPause
            }
            // With the minutes of the clock: a look for each, wherever the start was.
            await time.sleep(until: time.monotonic + .milliseconds(60_000 - time.now % 60_000))
        }
    }

    /// What is known now, by series; of this node alone.
    func values(_ machine: [SeriesFigure: Double]) async -> [SeriesID: Double] {
        let own = "node:\(board.node)"
        var values = Self.values(of: health.states, on: board.node)
        for (figure, value) in machine { values[SeriesID(own, figure)] = value }
        let ended = durations.take()
        if let half = Self.quantile(0.5, of: ended), let most = Self.quantile(0.95, of: ended) {
            values[SeriesID(own, .jobDurationHalf)] = half
            values[SeriesID(own, .jobDurationMost)] = most
        }
        // Who does not decide has no queue.
        if scheduler.clusterStatus().isMaster {
            let load = await scheduler.load
            values[SeriesID(own, .queueDepth)] = Double(load.queued)
            values[SeriesID(own, .jobsRunning)] = Double(load.open.values.reduce(0, +) - load.queued)
        }
        return values
    }

    /// What probes found of the objects of a node.
    static func values(of states: [ObjectState], on node: Int) -> [SeriesID: Double] {
        var values: [SeriesID: Double] = [:]
        func take(_ state: ObjectState, _ figure: SeriesFigure, value: Int?) {
            // Two probes tell of disks, and names may be the same; the first that knows counts.
            let id = SeriesID(state.object, figure)
            if let value, values[id] == nil { values[id] = Double(value) }
        }
        for state in states where state.node == node {
            switch state.kind {
            case .database:
                take(state, .sizeBytes, value: state.figures[.usedBytes])
                take(state, .connections, value: state.figures[.connections])
            case .volume, .disk:
                take(state, .sizeBytes, value: state.figures[.sizeBytes])
                take(state, .usedBytes, value: state.figures[.usedBytes] ?? state.figures[.allocatedBytes])
            default: break
            }
        }
        return values
    }

    /// The value that a share of values does not exceed; `nil` where there is none.
    ///
    /// - Parameter values: In order of size.
    static func quantile(_ share: Double, of values: [Float]) -> Double? {
        if values.isEmpty { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up)) - 1
        return Double(values[min(max(rank, 0), values.count - 1)])
    }

    private var now: Timestamp { Timestamp(milliseconds: Int(time.now)) }
}
