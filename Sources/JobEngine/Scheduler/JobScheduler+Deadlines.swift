import Access

/// The one clock of the queue: times of jobs, of rules, and of commands that were asked to stop.
extension JobScheduler {
    /// Sees to it that a job ends when the time it was given is over.
    func arm(_ record: JobRecord) {
        if let deadline = record.deadline {
            set(.timeout(record.id), at: deadline)
        } else {
            deadlines.remove(.timeout(record.id))
            rearm()
        }
    }

    /// Sets a deadline, at once when its time has passed.
    func set(_ key: Deadlines.Key, at moment: Timestamp) {
        deadlines.set(key, time.monotonic + .milliseconds(max(0, moment.milliseconds - now.milliseconds)))
        rearm()
    }

    /// Sleeps until the deadline that is next now.
    func rearm() {
        guard !isDraining, let next = deadlines.next else {
            alarm?.task.cancel()
            alarm = nil
            return
        }
        if alarm?.due == next { return }
        alarm?.task.cancel()
        let time = time
        // Owned by `alarm`: cancelled when another deadline comes first, and when the daemon stops.
        let task = Task {
            await time.sleep(until: next)
            if !Task.isCancelled { ring() }
        }
        alarm = (next, task)
    }

    private func ring() {
        alarm = nil
        for key in deadlines.take(until: time.monotonic) {
            switch key {
            case .timeout(let id): expire(id)
            case .force(let id): stop(id)
            case .rule(let number): signal.yield(.endRule(number))
            }
        }
        rearm()
    }

    /// Ends a job whose time is over.
    private func expire(_ id: JobID) {
        switch handle(.timeExpired, for: id) {
        case .nothing: break
        case .stop: stop(id)
        case let action: signal.yield(.resume(id, action))
        }
    }

    /// Ends the command of a job that runs, and lets no other one begin.
    private func stop(_ id: JobID) {
        live[id]?.isStopped = true
        running[id]?.cancel()
    }
}

extension Timestamp {
    /// The moment so much later.
    func advanced(by duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Int(duration / .milliseconds(1)))
    }
}
