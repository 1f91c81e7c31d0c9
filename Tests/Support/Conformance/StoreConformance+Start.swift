import JobEngine
import Values

extension StoreConformance {
    /// What a starting engine is told: ``StateStore/open()``.
    static let start = [
        StoreCase("a new store is empty") { parts, found in
            let contents = try await parts.store.open()
            found.check(contents.head == nil, "it has no head")
            found.check(contents.openJobs.isEmpty && contents.rules.isEmpty, "it has no job and no rule")
            found.check(contents.suspendedNodes.isEmpty, "no node is suspended")
            found.check(contents.nextNumber == 1, "the first number is 1")
            let page = try await parts.store.jobs(JobQuery())
            found.check(page.jobs.isEmpty && !page.hasMore && page.end == nil, "its list is an empty page")
            found.check(page.snapshot == JobSnapshot(number: 0, ends: 0), "nothing was taken and nothing ended")
            found.check(try await parts.store.revisions(below: nil, limit: 10).isEmpty, "it has no revision")
        },
        StoreCase("open jobs are there at the start, oldest first, whole") { parts, found in
            let open = Stage.allCases.enumerated().map { index, stage in
                var job = JobRecord.sample(index + 1)
                job.stage = stage
                job.times[stage] = Timestamp(milliseconds: 1_700_000_000_500)
                return job
            }
            try await parts.store.apply(StoreWrite(jobs: open.reversed() + [.ended(9)]))
            found.check(try await parts.store.open().openJobs == open, "those that have not ended, in every stage")
            try await parts.store.apply(StoreWrite(job: .ended(1)))
            found.check(try await parts.store.open().openJobs == Array(open.dropFirst()), "one that ended is not open")
        },
        StoreCase("the head is the newest revision, with its text and its nodes") { parts, found in
            var newest = RevisionRecord.sample(2, text: "ä€😀 \u{0} end")
            newest.acknowledgements = [Acknowledgement(node: 11, state: .acknowledged, at: Timestamp(milliseconds: 5))]
            try await parts.store.apply(StoreWrite(revisions: [.sample(1), newest], on: 0))
            found.check(try await parts.store.open().head == newest, "it is the same, byte for byte")
            let older = [Acknowledgement(node: 12, state: .acknowledged, at: Timestamp(milliseconds: 6))]
            try await parts.store.apply(StoreWrite { $0.acknowledgements[1] = older })
            found.check(try await parts.store.open().head == newest, "another one is not mixed with it")
        },
        StoreCase("no number is given out twice") { parts, found in
            try await parts.store.apply(StoreWrite { $0.lastNumber = 101 })
            found.check(try await parts.store.open().nextNumber == 102, "behind what was reserved")
            try await parts.store.apply(StoreWrite { $0.lastNumber = 50 })
            found.check(try await parts.store.open().nextNumber == 102, "a reservation never shrinks")
            try await parts.store.apply(StoreWrite(jobs: [.ended(499), .ended(500)]))
            found.check(try await parts.store.open().nextNumber == 501, "behind the jobs that are stored")
        },
        StoreCase("suspensions and rules stand until they are taken back") { parts, found in
            let rules = (5...6).map { number in
                QueueRule(number: number, action: .pause, user: "admin", at: Timestamp(milliseconds: 7))
            }
            let first = StoreWrite {
                $0.suspensions = [11: true, 12: true, 13: false]
                $0.rules = rules
            }
            for _ in 1...2 { try await parts.store.apply(first) }
            var contents = try await parts.store.open()
            found.check(contents.suspendedNodes == [11, 12], "those that are suspended")
            found.check(contents.rules.sorted { $0.number < $1.number } == rules, "each rule once, as it was made")
            try await parts.store.apply(
                StoreWrite {
                    $0.suspensions = [11: false]
                    $0.removedRules = [5, 99]
                })
            contents = try await parts.store.open()
            found.check(contents.suspendedNodes == [12] && contents.rules == [rules[1]], "what is left")
        },
    ]
}
