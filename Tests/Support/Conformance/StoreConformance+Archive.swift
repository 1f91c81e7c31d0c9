import JobEngine
import Values

extension StoreConformance {
    /// Which jobs go to the archive and what is known of them there: ``JobArchive`` and ``StateStore/archived(_:)``.
    static let archive = [
        StoreCase("jobs that are not among the last go, and their places are known") { parts, found in
            let jobs = (1...5).map { JobRecord.ended($0, user: "user\($0)") }
            for job in jobs { try await parts.store.apply(StoreWrite(job: job)) }
            found.check(try await archived(parts.store, due(keeping: 2)) == [1, 2, 3], "those that ended first")
            found.check(try await listed(parts.store) == [4, 5], "the others stay")
            for job in jobs.prefix(3) {
                let place = try await parts.store.archived(job.id)
                found.check(try await parts.store.job(job.id) == nil, "job \(job.id) is not in the store")
                found.check(place?.id == job.id && place?.user == job.requester.name, "it is known who asked for it")
                found.check(
                    place?.archivedAt == due(keeping: 0).now && place?.archive.isEmpty == false, "and where it is")
            }
            found.check(try await parts.store.archived(jobs[3].id) == nil, "one that stays is in no archive")
            found.check(try await parts.store.archived(JobID(node: 12, number: 1)) == nil, "nor is another node's")
        },
        StoreCase("open jobs, the last end and the highest number stay") { parts, found in
            // The job with the highest number ended first.
            for job in [.ended(9), .sample(1), .ended(2), .ended(3)] as [JobRecord] {
                try await parts.store.apply(StoreWrite(job: job))
            }
            found.check(try await archived(parts.store, due(keeping: 0)) == [2], "no other one may go")
            found.check(try await listed(parts.store) == [1, 3, 9], "they are there")
            found.check(try await parts.store.open().nextNumber == 10, "the number stays given out")
        },
        StoreCase("a number stays given out when its job goes") { parts, found in
            for number in [30, 10, 20] { try await parts.store.apply(StoreWrite(job: .ended(number))) }
            try await parts.store.apply(StoreWrite(job: .ended(31)))
            _ = try await archived(parts.store, due(keeping: 0))
            found.check(try await parts.store.open().nextNumber == 32, "behind all of them")
        },
        StoreCase("the age counts from the end") { parts, found in
            for day in 0..<4 { try await parts.store.apply(StoreWrite(job: .ended(day + 1, at: begin + day * aDay))) }
            var due = DueJobs(at: Timestamp(milliseconds: begin + 60 * aDay))
            due.endedBefore = Timestamp(milliseconds: begin + aDay + 1)
            found.check(try await archived(parts.store, due) == [1, 2], "those that ended before")
        },
        StoreCase("as many go as the store is too large") { parts, found in
            for number in 1...6 { try await parts.store.apply(StoreWrite(job: .ended(number))) }
            var due = DueJobs(at: Timestamp(milliseconds: begin))
            due.bytes = .max
            found.check(try await archived(parts.store, due).isEmpty, "none while there is room")
            due.bytes = 0
            found.check(try await archived(parts.store, due) == [1, 2, 3, 4, 5], "all that may when there is none")
        },
        StoreCase("what is needed stays and is passed by") { parts, found in
            for number in 1...6 { try await parts.store.apply(StoreWrite(job: .ended(number))) }
            var due = due(keeping: 1)
            due.isNeeded = { $0.id.number.isMultiple(of: 2) }
            found.check(try await archived(parts.store, due) == [1, 3, 5], "the others go")
        },
        StoreCase("a key goes with its job, and is free again") { parts, found in
            var job = JobRecord.ended(1)
            job.idempotencyKey = "k"
            for job in [job, .ended(2), .ended(3)] { try await parts.store.apply(StoreWrite(job: job)) }
            _ = try await archived(parts.store, due(keeping: 0))
            found.check(try await parts.store.job(user: "admin", idempotencyKey: "k") == nil, "it finds nothing")
            try await parts.store.apply(StoreWrite(job: .sample(4, key: "k")))
            found.check(
                try await parts.store.job(user: "admin", idempotencyKey: "k")?.id.number == 4, "another job may have it"
            )
        },
        StoreCase("without a reason nothing goes") { parts, found in
            for number in 1...4 { try await parts.store.apply(StoreWrite(job: .ended(number))) }
            found.check(
                try await archived(parts.store, DueJobs(at: Timestamp(milliseconds: .max / 2))).isEmpty, "no job goes")
        },
    ]

    // 2023-11-14T22:13:20Z
    private static let begin = 1_700_000_000_000
    private static let aDay = 86_400_000

    /// All but the last so many.
    private static func due(keeping count: Int) -> DueJobs {
        var due = DueJobs(at: Timestamp(milliseconds: begin + 60 * aDay))
        due.count = count
        return due
    }

    /// The numbers of the jobs that go, batch for batch until no more are due.
    private static func archived(_ archive: any JobArchive, _ due: DueJobs) async throws -> [Int] {
        var due = due
        var numbers: [Int] = []
        while true {
            let batch = try await archive.archive(due)
            numbers += batch.jobs.map(\.number)
            guard let next = batch.next else { return numbers }
            due.after = next
        }
    }

    private static func listed(_ store: any StateStore) async throws -> [Int] {
        var query = JobQuery()
        query.order = .oldestFirst
        return try await store.jobs(query).jobs.map(\.id.number)
    }
}
