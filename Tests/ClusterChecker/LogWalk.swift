/// Goes along the log that counts, entry by entry, and keeps what later entries are judged by.
struct LogWalk {
    /// The newest entry it came to.
    private(set) var index = 0
    private var generation = 0
    private var epoch = 0
    /// Requests that were met.
    private(set) var requests = RangeSet<Int>()
    /// The job of each key that cannot be used again yet.
    private(set) var keys: [String: Int] = [:]
    private var highestJob = 0
    private var head = 0

    /// Takes the next entry.
    mutating func take(_ entry: StoredEntry) -> Violation? {
        guard entry.index == index + 1 else { return .gap(generation: entry.generation, index: index + 1) }
        guard (entry.generation, entry.epoch) >= (generation, epoch) else { return .termWentBack(index: entry.index) }
        (index, generation, epoch) = (entry.index, entry.generation, entry.epoch)
        for fact in entry.facts {
            if let violation = take(fact) { return violation }
        }
        return nil
    }

    private mutating func take(_ fact: HistoryFact) -> Violation? {
        if let revision = fact.revision {
            let base = fact.on ?? 0
            guard revision == head + 1, base == head else {
                return .revisionOutOfOrder(revision, on: base, head: head)
            }
            head = revision
        }
        if let freed = fact.keysFree { keys = keys.filter { $0.value > freed } }
        guard let job = fact.job else { return nil }
        if let request = fact.request {
            guard !requests.contains(request) else { return .twice(request: request) }
            requests.insert(contentsOf: request..<request + 1)
        }
        guard job > highestJob else { return .numberAgain(job: job, index: index) }
        highestJob = job
        guard let key = fact.key else { return nil }
        if let other = keys.updateValue(job, forKey: key) { return .keyTwice(key, jobs: [other, job]) }
        return nil
    }
}
