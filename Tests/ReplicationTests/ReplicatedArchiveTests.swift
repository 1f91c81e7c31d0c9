import JobEngine
import Replication
import Support
import Testing
import Values

struct ReplicatedArchiveTests {
    private static func due(keeping count: Int) -> DueJobs {
        var due = DueJobs(at: Timestamp(milliseconds: 1_800_000_000_000))
        due.count = count
        due.isNeeded = { $0.id.number == 2 }
        return due
    }

    @Test func theMasterSaysWhichJobsGoAndEveryNodeMovesThem() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.append(
                (1...6).map { .job(.ended($0), digest: nil) }, audit: [], after: position)
            try await cluster.follow(master)
            for node in cluster.nodes where node.number != master.number {
                let batch = try await ReplicatedArchive(node.store, planner: node.state).archive(Self.due(keeping: 2))
                #expect(batch == ArchivedBatch())
            }
            let archive = ReplicatedArchive(master.store, planner: master.state)
            var (due, moved) = (Self.due(keeping: 2), [Int]())
            while true {
                let batch = try await archive.archive(due)
                moved += batch.jobs.map(\.number)
                guard let next = batch.next else { break }
                due.after = next
            }
            #expect(moved == [1, 3, 4])
            try await cluster.follow(master)
            for node in cluster.nodes {
                var query = JobQuery()
                query.order = .oldestFirst
                #expect(try await node.store.jobs(query).jobs.map(\.id.number) == [2, 5, 6])
                #expect(try await node.store.archived(JobID(node: 11, number: 3))?.archivedAt == due.now)
            }
            // The engine's term goes on.
            try await master.store.append([.job(7)], audit: [], after: position.next)
        }
    }

    @Test func whereNothingIsDueNothingIsAppended() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.append([.job(.ended(1), digest: nil)], audit: [], after: position)
            let end = cluster.entries.count
            let archive = ReplicatedArchive(master.store, planner: master.state)
            #expect(try await archive.archive(Self.due(keeping: 0)) == ArchivedBatch())
            #expect(cluster.entries.count == end)
        }
    }
}
