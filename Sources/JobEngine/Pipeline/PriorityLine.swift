import DequeModule

/// Jobs that wait for the same thing: the more urgent in front, among equals those that were taken first.
///
/// Leaving from anywhere and being first cost the same however many wait, and so does entering for the newest job.
struct PriorityLine: Sendable {
    private struct Entry: Sendable {
        let job: JobID
        let ticket: Int
    }

    /// By rank of priority and then by id; a job that left stays in its line until it would be first.
    private var lines = [Deque<Entry>](repeating: [], count: JobPriority.allCases.count)
    private var places: [JobID: (ticket: Int, priority: JobPriority)] = [:]
    private var nextTicket = 0

    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }

    func contains(_ job: JobID) -> Bool { places[job] != nil }

    /// The priority a waiting job has.
    func priority(of job: JobID) -> JobPriority? { places[job]?.priority }

    /// Enters a job; one that waits already takes its new place.
    mutating func insert(_ job: JobID, _ priority: JobPriority) {
        let entry = Entry(job: job, ticket: nextTicket)
        nextTicket += 1
        places[job] = (entry.ticket, priority)
        lines[priority.rank].insert(entry, at: place(of: job, priority.rank))
        tidy()
    }

    private func place(of job: JobID, _ rank: Int) -> Int {
        let line = lines[rank]
        guard let last = line.last, job < last.job else { return line.count }
        var (low, high) = (0, line.count)
        while low < high {
            let middle = (low + high) / 2
            if line[middle].job < job { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func remove(_ job: JobID) {
        guard let place = places.removeValue(forKey: job) else { return }
        dropLeft(place.priority.rank)
        tidy()
    }

    mutating func popFirst() -> JobID? {
        guard let job = first else { return nil }
        remove(job)
        return job
    }

    /// Who is next.
    var first: JobID? { jobs.first { _ in true } }

    /// All that wait, in their order.
    var jobs: some Sequence<JobID> {
        lines.reversed().lazy.joined().filter { places[$0.job]?.ticket == $0.ticket }.map(\.job)
    }

    /// Takes away from the front of a line those who left.
    private mutating func dropLeft(_ rank: Int) {
        while let entry = lines[rank].first, places[entry.job]?.ticket != entry.ticket { lines[rank].removeFirst() }
    }

    /// Rebuilds the lines when most of what stands in them has left.
    private mutating func tidy() {
        guard lines.reduce(0, { $0 + $1.count }) > 2 * places.count + 32 else { return }
        for rank in lines.indices { lines[rank].removeAll { places[$0.job]?.ticket != $0.ticket } }
    }
}
