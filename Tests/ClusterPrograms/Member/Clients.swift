import Access
import ClusterChecker
import ClusterLog
import JobEngine
import Replication
import Synchronization
import Values

/// Clients of a member and the engine they ask, in one: as long as the member decides, jobs are submitted, a few with each append,
/// and every answer is written down.
final class Clients: Sendable {
    private struct Wishes {
        var isQuiet = false
        var isOver = false
        var isAsking = false
    }

    /// A request of a client.
    private struct Request {
        let number: Int
        let key: String
    }

    /// What an engine knows in a term.
    private struct Term {
        var position: LogPosition
        var nextJob: Int
        var head: Int
    }

    private let node: Int
    private let store: ReplicatedStore
    private let state: RecordingState
    /// A mistake that can be planted: who waits for a second looks whether their job is there, and is told that it failed when
    /// it is not.
    private let isHasty: Bool
    private let member: ClusterMember
    private let recording: Recording
    private let time = SystemTimeSource()
    /// How long a round may pause at most.
    private let pause: Duration
    private let wishes = Mutex(Wishes())

    init(
        node: Int, store: ReplicatedStore, state: RecordingState, member: ClusterMember, recording: Recording,
        pause: Duration, isHasty: Bool
    ) {
        (self.node, self.store, self.state) = (node, store, state)
        (self.member, self.recording) = (member, recording)
        (self.pause, self.isHasty) = (pause, isHasty)
    }

    /// Whether somebody waits for an answer.
    var isAsking: Bool { wishes.withLock { $0.isAsking } }

    /// Nothing new is asked for.
    func fallSilent() { wishes.withLock { $0.isQuiet = true } }

    /// ``run()`` ends with what it is at.
    func end() { wishes.withLock { $0.isOver = true } }

    // MARK: Rounds

    func run() async {
        var next = recording.firstRequest
        // What became of these is not known, or only to the clients.
        var known = recording.openKeys
        while !wishes.withLock(\.isOver) {
            guard var term = await term() else {
                await time.sleep(until: time.monotonic + .milliseconds(200))
                continue
            }
            while !wishes.withLock(\.isOver) {
                await time.sleep(until: time.monotonic + pause * Double.random(in: 0...1))
                if wishes.withLock(\.isQuiet) { continue }
                await read()
                var requests: [Request] = []
                for _ in 1...Int.random(in: 1...8) {
                    let isRepeated = !known.isEmpty && Int.random(in: 1...10) == 1
                    let key = isRepeated ? known.remove(at: Int.random(in: known.indices)) : "key-\(next)"
                    // A client has one request with a key at a time.
                    if requests.contains(where: { $0.key == key }) { continue }
                    requests.append(Request(number: next, key: key))
                    next += 1
                }
                wishes.withLock { $0.isAsking = true }
                let goesOn = await ask(requests, &term)
                wishes.withLock { $0.isAsking = false }
                known += requests.map(\.key)
                known.removeFirst(max(0, known.count - 100))
                if !goesOn { break }
            }
        }
    }

    private func term() async -> Term? {
        guard let position = try? await store.beginTerm(), let contents = try? await store.open() else { return nil }
        return Term(position: position, nextJob: contents.nextNumber, head: contents.head?.number ?? 0)
    }

    /// A read that is to be fresh: it is answered only by one who decides before and after.
    private func read() async {
        let asked = Recording.now
        guard member.isMaster, let entry = try? await state.applied(), member.isMaster else { return }
        recording.note(
            .read(FreshRead(member: node, asked: asked, generation: entry.term.generation, index: entry.place.index)))
    }

    // MARK: Asking

    /// - Returns: Whether the term goes on.
    private func ask(_ requests: [Request], _ term: inout Term) async -> Bool {
        for request in requests {
            recording.note(.asked(Asked(request: request.number, at: Recording.now, key: request.key)))
        }
        let keys = Set(requests.map { IdempotencyKey(user: Self.user, text: $0.key) })
        guard let taken = try? await store.jobs(with: keys) else {
            for request in requests { answer(request, .unknown) }
            return false
        }
        var records: [LogRecord] = []
        var numbers: [Int: Int] = [:]
        for request in requests {
            if let job = taken[IdempotencyKey(user: Self.user, text: request.key)] {
                numbers[request.number] = job.id.number
                continue
            }
            numbers[request.number] = term.nextJob
            records.append(.job(job(term.nextJob, of: request), digest: request.key))
            term.nextJob += 1
        }
        if records.count > 6 {
            records.append(.revision(revision(on: term.head)))
        }
        // A term in which nothing is appended proves nothing.
        if records.isEmpty { records.append(.numbers(through: term.nextJob - 1)) }
        let (isGivenUp, failure) = await append(records, after: term.position, for: requests)
        if let failure {
            // What was there before is there still, whoever decides now; but they do not know it, so neither do the clients.
            for request in requests where !isGivenUp { answer(request, verdict(of: failure, wasThere: taken, request)) }
            return false
        }
        term.position = term.position.next
        if records.contains(where: \.isRevision) { term.head += 1 }
        for request in requests where !isGivenUp { answer(request, .taken, job: numbers[request.number]) }
        return true
    }

    /// - Returns: Whether clients were answered before it was settled, which is a mistake, and why it failed.
    private func append(
        _ records: [LogRecord], after position: LogPosition, for requests: [Request]
    ) async -> (isGivenUp: Bool, failure: StoreError?) {
        guard isHasty else { return (false, await failure(of: records, after: position)) }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.time.sleep(until: self.time.monotonic + .seconds(1))
                if Task.isCancelled { return false }
                // "Not there" is not "will not be there".
                let keys = Set(requests.map { IdempotencyKey(user: Self.user, text: $0.key) })
                guard let found = try? await self.store.jobs(with: keys), found.isEmpty else { return false }
                for request in requests { self.answer(request, .refused) }
                return true
            }
            let failure = await failure(of: records, after: position)
            group.cancelAll()
            return (await group.next() ?? false, failure)
        }
    }

    private func failure(of records: [LogRecord], after position: LogPosition) async -> StoreError? {
        do throws(StoreError) {
            try await store.append(records, audit: [], after: position)
            return nil
        } catch {
            return error
        }
    }

    private func verdict(
        of error: StoreError, wasThere taken: [IdempotencyKey: (id: JobID, digest: String)], _ request: Request
    ) -> Answered.Verdict {
        if taken[IdempotencyKey(user: Self.user, text: request.key)] != nil { return .unknown }
        return switch error {
        case .full, .deposed, .headMoved, .keyTaken: .refused
        case .unavailable: .unknown
        }
    }

    private func answer(_ request: Request, _ verdict: Answered.Verdict, job: Int? = nil) {
        recording.note(.answered(Answered(request: request.number, at: Recording.now, as: verdict, job: job)))
    }

    private static let user = "client"

    private func job(_ number: Int, of request: Request) -> JobRecord {
        let now = Timestamp(milliseconds: Int(time.now))
        var job = JobRecord(
            id: JobID(node: node, number: number), type: "chaos", mode: .read,
            parameters: ["request": .int(request.number)], requester: .init(name: Self.user, roles: []),
            request: .init(dialect: "internal", address: "127.0.0.1"), scheduling: .init(), submittedAt: now)
        job.idempotencyKey = request.key
        (job.outcome, job.endedAt) = (.ok, now)
        return job
    }

    /// Says what it was made on where a checksum stands.
    private func revision(on head: Int) -> RevisionRecord {
        RevisionRecord(
            number: head + 1, text: "revision \(head + 1)\n", sha256: "", checksum: String(head), user: Self.user,
            at: Timestamp(milliseconds: Int(time.now)))
    }
}

extension LogRecord {
    fileprivate var isRevision: Bool {
        if case .revision = self { true } else { false }
    }
}
