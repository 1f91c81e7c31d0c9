import JobEngine
import Values

extension StoreConformance {
    /// What a change does and when it is refused: ``StateStore/apply(_:)``, and what is read of it afterwards.
    static let changes = [
        StoreCase("a job is found by its id, as it was stored last") { parts, found in
            let id = JobID(node: 11, number: 1)
            found.check(try await parts.store.job(id) == nil, "a job nobody stored is not known")
            var job = JobRecord.sample(1)
            try await parts.store.apply(StoreWrite(jobs: [job, .sample(2)]))
            job.stage = .committed
            job.outcome = .ok
            job.revision = 4
            job.result = .success(["DB1", "DB2"], revision: 4)
            try await parts.store.apply(StoreWrite(job: job))
            found.check(try await parts.store.job(id) == job, "a known job is replaced")
            found.check(try await parts.store.job(JobID(node: 12, number: 1)) == nil, "a node is part of an id")
            found.check(try await parts.store.archived(id) == nil, "a stored job is in no archive")
        },
        StoreCase("a number belongs to the job of one node") { parts, found in
            try await parts.store.apply(StoreWrite(job: .sample(1)))
            let both = StoreWrite(jobs: [.sample(2), .sample(1, node: 12)])
            await found.refuses(nil, both, parts.store, "another node's job of that number is refused")
            found.check(try await parts.store.job(JobID(node: 11, number: 1)) == .sample(1), "the first one stays")
            found.check(try await parts.store.job(JobID(node: 11, number: 2)) == nil, "nothing of a refusal is kept")
        },
        StoreCase("a change on another head is refused whole") { parts, found in
            await found.refuses(
                .headMoved(to: 0), StoreWrite { $0.expectedHead = 4 }, parts.store, "an empty store has head 0")
            try await parts.store.apply(StoreWrite(revisions: [.sample(1), .sample(2)], on: 0))
            var write = StoreWrite(revisions: [.sample(3)], on: 1)
            write.jobs = [.sample(1)]
            await found.refuses(.headMoved(to: 2), write, parts.store, "a revision on an older head")
            found.check(try await parts.store.open().openJobs.isEmpty, "its job is not kept")
            found.check(try await parts.store.revision(3) == nil, "its revision is not kept")
            write.expectedHead = 2
            try await parts.store.apply(write)
            found.check(try await parts.store.open().head?.number == 3, "on the head it is")
        },
        StoreCase("a revision is never overwritten") { parts, found in
            try await parts.store.apply(StoreWrite(revisions: [.sample(1), .sample(2)], on: nil))
            try await parts.store.apply(StoreWrite(revisions: [.sample(1)], on: nil))
            await found.refuses(
                .headMoved(to: 2), StoreWrite(revisions: [.sample(1, text: "other")], on: nil), parts.store,
                "another text under a known number")
            await found.refuses(
                nil, StoreWrite(revisions: [.sample(2)], on: 2), parts.store, "a revision that does not follow")
            found.check(try await parts.store.revision(1) == .sample(1), "the text is the first one")
        },
        StoreCase("who has a revision is replaced as a whole") { parts, found in
            try await parts.store.apply(StoreWrite(revisions: [.sample(1)], on: 0))
            for nodes in [[11, 12], [12, 13, 14], []] {
                let acknowledgements = nodes.map { Acknowledgement(node: $0, state: .notJoined) }
                try await parts.store.apply(StoreWrite { $0.acknowledgements[1] = acknowledgements.reversed() })
                found.check(
                    try await parts.store.revision(1)?.acknowledgements == acknowledgements, "\(nodes), by number")
            }
            await found.refuses(
                nil, StoreWrite { $0.acknowledgements[9] = [] }, parts.store, "a revision that is not there")
        },
        StoreCase("a key belongs to one job of a user") { parts, found in
            let id = JobID(node: 11, number: 1)
            try await parts.store.apply(
                StoreWrite {
                    $0.jobs = [.sample(1, key: "k")]
                    $0.requestDigests[id] = "digest"
                })
            await found.refuses(
                .keyTaken(id), StoreWrite(jobs: [.sample(2), .sample(3, key: "k")]), parts.store, "a key that is taken")
            await found.refuses(
                .keyTaken(JobID(node: 11, number: 6)),
                StoreWrite(jobs: [.sample(6, key: "twice"), .sample(7, key: "twice")]), parts.store,
                "two jobs of one change with one key")
            found.check(try await parts.store.open().openJobs.map(\.id) == [id], "nothing of a refusal is kept")
            try await parts.store.apply(StoreWrite(job: .sample(4, user: "other", key: "k")))
            found.check(
                try await parts.store.job(user: "other", idempotencyKey: "k")?.id.number == 4,
                "each user has keys of their own")
        },
        StoreCase("all keys of a batch are found with one look") { parts, found in
            let jobs = (1...30).map { JobRecord.sample($0, user: $0 % 2 == 0 ? "anna" : "bert", key: "k'\($0)") }
            try await parts.store.apply(
                StoreWrite {
                    $0.jobs = jobs
                    $0.requestDigests[jobs[3].id] = "d"
                })
            let asked = Set(jobs.prefix(20).map { IdempotencyKey(user: $0.requester.name, text: $0.scopedKey ?? "") })
            let strange = [IdempotencyKey(user: "anna", text: "k'1"), IdempotencyKey(user: "anna", text: "")]
            let known = try await parts.store.jobs(with: asked.union(strange))
            found.check(Set(known.keys) == asked, "keys that were never used are not among them")
            found.check(known.allSatisfy { $0.key.text == "k'\($0.value.id.number)" }, "each finds its job")
            found.check(known.values.filter { $0.digest == "d" }.map(\.id) == [jobs[3].id], "with its digest")
            found.check(known.values.count { $0.digest.isEmpty } == 19, "a job without one has an empty one")
            found.check(try await parts.store.jobs(with: []).isEmpty, "no key finds no job")
        },
        StoreCase("the digest of a request stays when its job goes on") { parts, found in
            let id = JobID(node: 11, number: 1)
            try await parts.store.apply(StoreWrite(job: .sample(1, key: "k")))
            try await parts.store.apply(StoreWrite { $0.requestDigests[id] = "digest" })
            try await parts.store.apply(StoreWrite(job: .sample(1, outcome: .ok, key: "k")))
            found.check(
                try await parts.store.job(user: "admin", idempotencyKey: "k")?.digest == "digest", "it is the same")
        },
        StoreCase("revisions are listed without their text, newest first") { parts, found in
            try await parts.store.apply(StoreWrite(revisions: (1...10).map { .sample($0) }, on: 0))
            let page = try await parts.store.revisions(below: nil, limit: 3)
            found.check(page == [10, 9, 8].map { RevisionRecord.sample($0).withoutText }, "all else is there")
            found.check(
                try await parts.store.revisions(below: 3, limit: 50).map(\.number) == [2, 1], "below a number")
            found.check(try await parts.store.revisions(below: 1, limit: 50).isEmpty, "none is below the first")
            found.check(try await parts.store.revisions(below: nil, limit: 0).count == 1, "the limit is one at least")
        },
    ]
}
