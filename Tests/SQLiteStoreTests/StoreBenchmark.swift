import Access
import Foundation
import GRDB
import JobEngine
import Support
import Synchronization
import Testing
import Values

@testable import SQLiteStore

/// Figures, not verdicts: run with `CONFD_BENCH=1`, in a release build on a quiet machine.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["CONFD_BENCH"] == "1"), .serialized)
struct StoreBenchmark {
    private let fixture = StoreFixture()
    private let clock = ContinuousClock()
    private let numbers = Counter()

    private func open() throws -> SQLiteFile {
        try SQLiteFile.open(folder: fixture.folder, log: fixture.log.logger)
    }

    private func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

    private func report(_ name: String, _ times: [Duration], _ total: Duration) {
        let sorted = times.sorted()
        guard let worst = sorted.last else { return }
        let text = [0.5, 0.99].map { share in
            String(format: "%.3f", milliseconds(sorted[Int(Double(sorted.count - 1) * share)]))
        }
        print(
            "\(name): \(Int(Double(times.count) / (total / .seconds(1))))/s, p50 \(text[0]) ms, p99 \(text[1]) ms,",
            String(format: "max %.2f ms", milliseconds(worst)))
    }

    private func rawFlushes() throws {
        let path = "\(fixture.folder)/raw"
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { Glibc.close(descriptor) }
        let page = [UInt8](repeating: 7, count: 4096)
        var times: [Duration] = []
        let total = clock.measure {
            for _ in 0..<3000 {
                times.append(
                    clock.measure {
                        _ = page.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                        fsync(descriptor)
                    })
            }
        }
        report("raw 4 KiB append + fsync", times, total)
    }

    @Test(arguments: [1, 8, 64, 256])
    func acknowledgedWrites(writers: Int) async throws {
        let file = try fixture.open()
        if writers == 1 { try rawFlushes() }
        let store = SQLiteStore(file)
        let perWriter = max(200, (writers == 1 ? 4000 : 60000) / writers)
        var all: [Duration] = []
        let start = clock.now
        try await withThrowingTaskGroup(of: [Duration].self) { group in
            for _ in 0..<writers {
                group.addTask {
                    var times: [Duration] = []
                    for _ in 0..<perWriter {
                        // As in life: one growing row of numbers for all.
                        let record = JobRecord.sample(numbers.next())
                        let begin = ContinuousClock.now
                        try await store.apply(StoreWrite(job: record))
                        times.append(begin.duration(to: .now))
                    }
                    return times
                }
            }
            for try await times in group { all += times }
        }
        report("\(writers) writers, new jobs", all, start.duration(to: clock.now))
        print("  \(all.count / max(1, fixture.commits.sizes.count)) changes in a transaction")
    }

    @Test func pointReads() async throws {
        let store = SQLiteStore(try open())
        try await store.apply(StoreWrite(jobs: (1...10000).map { .sample($0, outcome: .ok) }))
        var times: [Duration] = []
        let start = clock.now
        for step in 0..<20000 {
            let begin = clock.now
            _ = try await store.job(JobID(node: 11, number: step % 10000 + 1))
            times.append(begin.duration(to: clock.now))
        }
        report("job by id, one reader", times, start.duration(to: clock.now))
    }

    @Test func audit() async throws {
        let audit = SQLiteAudit(try open())
        var times: [Duration] = []
        let start = clock.now
        for step in 0..<3000 {
            let begin = clock.now
            await audit.record(.init(kind: .login, time: Int64(step), user: "admin", address: "10.0.0.1"))
            times.append(begin.duration(to: clock.now))
        }
        report("audit, one by one", times, start.duration(to: clock.now))
    }

    /// `CONFD_BENCH_JOBS` sets how many jobs there are; default one million.
    @Test func manyJobs() async throws {
        let count = ProcessInfo.processInfo.environment["CONFD_BENCH_JOBS"].flatMap { Int($0) } ?? 1_000_000
        let first = try open()
        let outcomes: [Outcome] = [.ok, .ok, .ok, .ok, .failed]
        for start in stride(from: 1, to: count, by: 20000) {
            let jobs = (start..<min(start + 20000, count + 1)).map { number in
                JobRecord.sample(
                    number, type: "type_\(number % 150)", user: "user\(number % 20)",
                    outcome: number % 100_000 == 7 ? nil : outcomes[number % 5])
            }
            try await SQLiteStore(first).apply(StoreWrite(jobs: jobs))
        }
        try first.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: first.path), options: .alwaysMapped).count
        print("\(count) jobs, \(bytes >> 20) MiB")

        let begin = clock.now
        let store = SQLiteStore(try open())
        let contents = try await store.open()
        print("open with \(contents.openJobs.count) open jobs:", begin.duration(to: clock.now))

        for (name, change) in Self.queries(count) {
            var query = JobQuery()
            change(&query)
            let start = clock.now
            let page = try await store.jobs(query)
            print("\(name), \(page.jobs.count) jobs:", start.duration(to: clock.now))
        }
    }

    private static func queries(_ count: Int) -> [(String, @Sendable (inout JobQuery) -> Void)] {
        let middle = 1_700_000_000_000 + count / 2
        return [
            ("newest page (cold)", { _ in }),
            ("newest page", { _ in }),
            ("newest 1000", { $0.limit = 1000 }),
            ("one type", { $0.types = ["type_7"] }),
            ("prefix type_1*", { $0.types = ["type_1*"] }),
            ("user and failed", { ($0.users, $0.outcomes) = (["user19"], [.failed]) }),
            ("lost (none)", { $0.outcomes = [.lost] }),
            ("before the middle", { $0.submittedBefore = Timestamp(milliseconds: middle) }),
            (
                "a second in the middle, one user",
                {
                    $0.submittedAfter = Timestamp(milliseconds: middle)
                    $0.submittedBefore = Timestamp(milliseconds: middle + 1000)
                    $0.users = ["user3"]
                }
            ),
            ("open", { $0.isDone = false }),
            ("unknown user", { $0.users = ["nobody"] }),
        ]
    }
}

private final class Counter: Sendable {
    private let last = Atomic(0)

    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}
