package import Values

extension Event {
    /// The members a reader is sent.
    ///
    /// - Parameter user: Somebody who may not know of jobs of others: who made a revision, and by which job, is left out
    ///   unless they did it; `nil` for somebody who may know everything.
    package func value(for user: String?) -> Value {
        var members = details(for: user)
        members["seq"] = .int(number)
        members["time"] = .string(time.description)
        members["type"] = .string(type)
        return .map(members)
    }

    private func details(for reader: String?) -> [String: Value] {
        switch fact {
        case .stage(let job, let stage): return job.members(["stage": .string(stage.rawValue)])
        case .waiting(let job, let obstacles): return job.members(["waiting_for": .list(obstacles.map(\.value))])
        case .progress(let job, let progress): return job.members(["progress": progress.value])
        case .ended(let job, let outcome, let code):
            var members: [String: Value] = ["outcome": .string(outcome.rawValue)]
            members["error_code"] = code.map { .string($0.rawValue) }
            return job.members(members)
        case .revision(let number, let job, let user):
            var members: [String: Value] = ["revision": .int(number)]
            guard reader == nil || reader == user else { return members }
            members["user"] = .string(user)
            members["job_id"] = job.map { .string($0.description) }
            return members
        case .node(let node, let isSuspended):
            return ["node": .int(node), "state": isSuspended ? "suspended" : "active"]
        case .master(let master):
            guard let master else { return [:] }
            return [
                "node": .int(master.node), "name": .string(master.name), "address": .string(master.address),
            ]
        case .database(let name, _, let at, let cause):
            return ["db_name": .string(name), "at": .string(at.description), "cause": .string(Secret.masked(cause))]
        case .finding(let news): return news.members
        case .queueRules(let user): return reader == nil || reader == user ? ["user": .string(user)] : [:]
        }
    }
}

extension Event.Subject {
    fileprivate func members(_ others: [String: Value]) -> [String: Value] {
        var members = others
        members["job_id"] = .string(id.description)
        members["job_type"] = .string(type)
        members["user"] = .string(user)
        return members
    }
}

extension Event {
    /// The event as it stands alone: with the place behind it.
    package func item(epoch: Int, for reader: String?) -> Value {
        var members = value(for: reader).map ?? [:]
        members["id"] = .string(EventID(epoch: epoch, number: number).description)
        return .map(members)
    }
}
