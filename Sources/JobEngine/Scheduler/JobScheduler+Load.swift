/// What there is to do at one moment.
package struct QueueLoad: Sendable, Hashable {
    /// Jobs that have not ended, by the stage they are in.
    package var open: [Stage: Int] = [:]
    /// Jobs that wait, by the kind of thing they wait for; one that waits for two kinds counts for both.
    package var waiting: [String: Int] = [:]
    /// Jobs that have not begun.
    package var queued = 0
    /// When the one of them was submitted that waits longest.
    package var oldest: Timestamp?

    /// Nothing to do.
    package init() {}
}

extension JobScheduler {
    /// The jobs that have not ended, counted; takes time in proportion to their number.
    package var load: QueueLoad {
        var load = QueueLoad()
        for id in live.keys { refresh(id) }
        for job in live.values {
            let record = job.record
            load.open[record.stage, default: 0] += 1
            for kind in Set(record.waitingFor.map(\.kind)) { load.waiting[kind, default: 0] += 1 }
            guard job.pipeline.phase == .queued else { continue }
            load.queued += 1
            if let submitted = record.times[.submitted] { load.oldest = min(load.oldest ?? submitted, submitted) }
        }
        return load
    }
}
