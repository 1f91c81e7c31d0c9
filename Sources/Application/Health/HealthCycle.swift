package import Access
import EXAConf
package import JobEngine
import Values

/// Has every probe look in its turn, and what is wrong found out after each look; told once, and kept over restarts.
///
/// Everything runs as children of one ``run()``. A probe that hangs holds up nobody else.
package struct HealthCycle: Sendable {
    /// How long is waited at most before everything is judged again, as by time alone something may come to be wrong.
    static let longestPause = Duration.seconds(10)
    /// However much happens, a probe looks no more often than this.
    static let shortestPause = Duration.seconds(1)

    private let board: HealthBoard
    private let probes: [any StateProbe]
    private let scheduler: JobScheduler
    private let memory: any FindingMemory
    private let time: any TimeSource
    private let tell: @Sendable ([FindingChange]) async -> Void

    /// - Parameters:
    ///   - probes: Each has a name of its own.
    ///   - tell: Told what is otherwise, in order, after it is kept.
    package init(
        _ board: HealthBoard, probes: [any StateProbe], scheduler: JobScheduler, memory: any FindingMemory,
        time: any TimeSource, tell: @escaping @Sendable ([FindingChange]) async -> Void
    ) {
        (self.board, self.probes, self.scheduler, self.memory) = (board, probes, scheduler, memory)
        (self.time, self.tell) = (time, tell)
    }

    /// Looks until the task is cancelled.
    package func run() async {
        board.recall(await memory.all(), at: now)
        let (looks, look) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            for probe in probes {
                group.addTask {
                    await self.follow(probe) { look.yield() }
                }
            }
            group.addTask { await self.follow(["queue.rules"], atMost: Self.longestPause) { look.yield() } }
            for await _ in looks {
                await settle()
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
    }

    /// Judges what is known now.
    package func settle() async {
        let configuration = scheduler.configuration
        let silences = configuration.silences(at: now).mapValues { FindingSilence($0) }
        let outcome = board.settle(silences: silences, maintenance: configuration.maintainedDatabases(at: now), at: now)
        if !outcome.begun.isEmpty || !outcome.ended.isEmpty {
            await memory.keep(outcome.begun, forgetting: outcome.ended)
        }
        if !outcome.changes.isEmpty { await tell(outcome.changes) }
    }

    private var now: Timestamp { Timestamp(milliseconds: Int(time.now)) }

    private func follow(_ probe: any StateProbe, _ looked: @escaping @Sendable () -> Void) async {
        await follow(probe.wakers, atMost: probe.pause) {
            board.take(await probe.look(), from: probe.name, at: now)
            looked()
        }
    }

    /// Does something now, after each event of some types, and whenever so long has passed.
    private func follow(_ types: [String], atMost pause: Duration, _ work: () async -> Void) async {
        // A filter without types would admit everything.
        var reader = types.isEmpty ? nil : EventReader(scheduler.events, EventFilter(types: types), from: .now)
        while !Task.isCancelled {
            await work()
            guard var waiting = reader else {
                await time.sleep(until: time.monotonic + pause)
                continue
            }
            let earliest = time.monotonic + Self.shortestPause
            if await waiting.next(1000, atMost: pause, time) == .closed { return }
            await time.sleep(until: earliest)
            reader = waiting
        }
    }
}

extension PublishedConfiguration {
    /// Databases that are worked on, themselves or with their node, as objects with a note.
    fileprivate func maintainedDatabases(at now: Timestamp) -> [String: String] {
        guard !maintenance(at: now).isEmpty else { return [:] }
        let notes = document.databases.compactMap { database in
            maintenance(ofDatabase: database.name, at: now).map {
                ("\(ObjectState.Kind.database.rawValue):\(database.name)", $0.note)
            }
        }
        return Dictionary(notes) { first, _ in first }
    }
}

extension FindingSilence {
    /// What a rule says.
    package init(_ rule: SilencedFinding) {
        self.init(
            rule.subject.isMuted ? .muted : .acknowledged, reason: rule.reason, user: rule.user, at: rule.since,
            until: rule.until)
    }
}
