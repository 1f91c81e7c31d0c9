import Access
import EXAConf

/// What the scheduler tells whoever follows it, each time after it became durable.
extension JobScheduler {
    /// Notes that a live job's record is durable now, and tells it.
    func keep(_ record: JobRecord) {
        guard let earlier = live[record.id]?.durable else { return }
        live[record.id]?.kept(record)
        let progress = record.progress == earlier.progress ? nil : record.progress
        tell(record.stages(since: earlier) + (progress.map { [.progress(.init(record), $0)] } ?? []), of: record)
        wakeFollowers(of: record.id)
    }

    /// Notes what a running command says of itself, and tells it once a second at most: a program that says much must not
    /// push out what else happened.
    func note(_ told: CommandProgress, of step: Int, of id: JobID) {
        guard live[id]?.report(told, of: step) == true, let job = live[id], let progress = job.record.progress,
            job.toldProgress.map({ time.monotonic - $0 >= .seconds(1) }) ?? true
        else { return }
        live[id]?.toldProgress = time.monotonic
        tell([.progress(.init(job.record), progress)], of: job.record)
        wakeFollowers(of: id)
    }

    /// Notes what a command has said for the log, and wakes those who follow it.
    func note(_ log: RunningLog, of step: Int, of id: JobID) {
        if live[id]?.take(log, of: step) == true { wakeFollowers(of: id) }
    }

    /// Notes what a queued job waits for, and tells it.
    func note(_ obstacles: [JobRecord.Obstacle], before id: JobID) {
        let earlier = live[id]?.record.waitingFor
        live[id]?.wait(for: obstacles, since: now)
        guard let record = live[id]?.record, record.waitingFor != earlier else { return }
        if !record.waitingFor.isEmpty { tell([.waiting(.init(record), record.waitingFor)], of: record) }
        wakeFollowers(of: id)
    }

    /// Tells something of a job; a job that leaves no history leaves no events either.
    nonisolated func tell(_ facts: [Event.Fact], of record: JobRecord) {
        if !record.scheduling.isVolatile, !facts.isEmpty { events.publish(facts) }
    }

    /// Tells of revisions once they can be read.
    nonisolated func tell(_ revisions: [RevisionRecord]) {
        if revisions.isEmpty { return }
        events.publish(revisions.map { .revision($0.number, job: $0.job, user: $0.user) })
    }

    /// Tells who decides, if that is news.
    func tellMaster() {
        let master = cluster.status.master
        if master == toldMaster { return }
        toldMaster = master
        events.publish([.master(master)])
    }

    /// Waits until a revision other than the one given is in force, a time has passed, or the daemon stops.
    package nonisolated func wait(forRevisionAfter number: Int, atMost limit: Duration) async {
        var reader = EventReader(events, EventFilter(types: ["config.revision"]), from: .now)
        // Whatever is published from here on reaches the reader, so that nothing is missed between the two.
        if configuration.revision != number { return }
        _ = await reader.next(1, atMost: limit, time)
    }
}

extension JobRecord {
    /// The stages entered since an earlier state of the record, in their order.
    func stages(since earlier: JobRecord?) -> [Event.Fact] {
        Stage.allCases.filter { times[$0] != nil && earlier?.times[$0] == nil }.map { .stage(.init(self), $0) }
    }

    /// The end of a job that has ended.
    var end: [Event.Fact] {
        outcome.map { [.ended(.init(self), $0, errorCode)] } ?? []
    }
}
