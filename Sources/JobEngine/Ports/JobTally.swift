package import Values

/// A span of time in equal parts, for counting.
package struct TallySpan: Sendable, Hashable {
    package let from: Timestamp
    /// What is at this moment is not in it.
    package let to: Timestamp
    /// Seconds of a part; the last one may be shorter.
    package let step: Int

    /// Parts there are at most.
    package static let most = 500
    // A minute to a week.
    private static let steps = [60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 604_800]

    /// - Returns: `nil` for a span without time, or one with more than ``most`` parts.
    package init?(from: Timestamp, to: Timestamp, step: Int) {
        guard from < to, (1...Int(Int32.max)).contains(step) else { return nil }
        let (length, isBeyond) = to.milliseconds.subtractingReportingOverflow(from.milliseconds)
        guard !isBeyond, (length - 1) / (step * 1000) < Self.most else { return nil }
        (self.from, self.to, self.step) = (from, to, step)
    }

    /// The smallest good step, in seconds, by which there are no more than 200 parts.
    package static func step(from: Timestamp, to: Timestamp) -> Int {
        let (length, isBeyond) = to.milliseconds.subtractingReportingOverflow(from.milliseconds)
        let least = isBeyond ? Int(Int32.max) : max(0, length) / 200_000
        return steps.first { $0 >= least } ?? (least / 604_800 + 1) * 604_800
    }

    /// How many parts there are.
    package var count: Int { (to.milliseconds - from.milliseconds - 1) / (step * 1000) + 1 }

    /// The part a moment is in.
    package func index(of moment: Timestamp) -> Int? {
        moment >= from && moment < to ? (moment.milliseconds - from.milliseconds) / (step * 1000) : nil
    }

    /// When a part begins.
    package func begin(of index: Int) -> Timestamp {
        Timestamp(milliseconds: from.milliseconds + index * step * 1000)
    }
}

/// Which jobs are counted.
package struct JobTallyQuery: Sendable, Hashable {
    /// Those that were asked for in it.
    package let span: TallySpan
    /// Only those this one asked for, by exact name; `nil` for everybody.
    package var requester: String?
    /// Jobs that are looked at, the newest first: what is before is not counted, and that is told.
    package var limit = 100_000

    /// All jobs of a span.
    package init(_ span: TallySpan) {
        self.span = span
    }

    /// Jobs that were asked for so long before may have waited still; milliseconds.
    package static let wait = 3_600_000
    /// The earliest moment of a job that is looked at.
    package var earliest: Timestamp { Timestamp(milliseconds: span.from.milliseconds - Self.wait) }
}

/// Jobs, counted by the parts of a span in which they were asked for.
package struct JobTally: Sendable, Hashable {
    /// The jobs of a part.
    package struct Part: Sendable, Hashable {
        /// How many ended, by how.
        package fileprivate(set) var outcomes: [Outcome: Int] = [:]
        /// How many have not ended.
        package fileprivate(set) var open = 0
        /// From submission to end, of those that ended, in seconds: what half of them, and 95 of a hundred, do not exceed;
        /// `nil` where none ended.
        package fileprivate(set) var half: Double?
        package fileprivate(set) var most: Double?
        /// How many jobs waited at once at most, of those asked for in the span or an hour before it.
        package fileprivate(set) var depth = 0

        package init() {}

        /// How many there are.
        package var count: Int { outcomes.values.reduce(open, +) }
    }

    /// One for each part of the span.
    package fileprivate(set) var parts: [Part]
    /// Where counting begins, when there were more jobs than are looked at.
    package var countedFrom: Timestamp?
    /// Whether jobs of about that time went to the archive: they are not counted.
    package var hasArchived = false

    /// Makes a tally of jobs that come in any order.
    package struct Counter {
        private let query: JobTallyQuery
        private var tally: JobTally
        private var durations: [[Float]]
        private var changes: [(at: Int, by: Int)] = []

        package init(_ query: JobTallyQuery) {
            self.query = query
            tally = JobTally(parts: [Part](repeating: Part(), count: query.span.count))
            durations = [[Float]](repeating: [], count: query.span.count)
        }

        /// Counts a job.
        ///
        /// - Parameters:
        ///   - begun: When it was let in; `nil` when it was not.
        ///   - outcome: How it ended; `nil` when it has not.
        package mutating func add(submitted: Timestamp, begun: Timestamp?, ended: Timestamp?, outcome: Outcome?) {
            let end = begun ?? ended ?? (outcome == nil ? Timestamp(milliseconds: .max) : submitted)
            if end > submitted, submitted < query.span.to, end > query.span.from {
                changes.append((max(submitted, query.span.from).milliseconds, 1))
                if end < query.span.to { changes.append((end.milliseconds, -1)) }
            }
            guard let index = query.span.index(of: submitted) else { return }
            guard let outcome else {
                tally.parts[index].open += 1
                return
            }
            tally.parts[index].outcomes[outcome, default: 0] += 1
            // A clock that was set back in between makes no negative time.
            if let ended { durations[index].append(Float(max(0, ended.milliseconds - submitted.milliseconds)) / 1000) }
        }

        /// What was counted.
        package consuming func finish() -> JobTally {
            for index in durations.indices {
                let sorted = durations[index].sorted()
                tally.parts[index].half = Self.quantile(0.5, of: sorted)
                tally.parts[index].most = Self.quantile(0.95, of: sorted)
            }
            // Of one moment, those that begin to wait count before those that end: both were there.
            changes.sort { ($0.at, -$0.by) < ($1.at, -$1.by) }
            var (depth, next) = (0, 0)
            for index in tally.parts.indices {
                var deepest = depth
                let end = query.span.begin(of: index + 1).milliseconds
                while next < changes.count, changes[next].at < end {
                    depth += changes[next].by
                    deepest = max(deepest, depth)
                    next += 1
                }
                tally.parts[index].depth = deepest
            }
            return tally
        }

        private static func quantile(_ share: Double, of values: [Float]) -> Double? {
            if values.isEmpty { return nil }
            let rank = Int((share * Double(values.count)).rounded(.up)) - 1
            return Double(values[min(max(rank, 0), values.count - 1)])
        }
    }
}
