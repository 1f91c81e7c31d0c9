package import Values

/// Something that happened to the cluster, told to whoever follows it.
package struct Event: Sendable, Hashable {
    /// One more than that of the event before it.
    package let number: Int
    /// When it was told, by this node's clock.
    package let time: Timestamp
    /// What happened.
    package let fact: Fact

    /// What can happen. The list grows: readers skip types they do not know.
    package enum Fact: Sendable, Hashable {
        /// A job entered a stage.
        case stage(Subject, Stage)
        /// A queued job has to wait.
        case waiting(Subject, [JobRecord.Obstacle])
        /// The commands of a job are further than before.
        case progress(Subject, JobProgress)
        /// A job came to its end, well or not.
        case ended(Subject, Outcome, JobError.Code?)
        /// A revision was decided. `job` is `nil` for one that was edited by hand.
        case revision(Int, job: JobID?, user: String)
        /// A node was suspended, or takes part again.
        case node(Int, isSuspended: Bool)
        /// Another node decides, or the same one at another address; `nil` when there is none.
        case master(ClusterStatus.Master?)
        /// The rules of the queue are not what they were.
        case queueRules(user: String)
        /// A database ended though nobody had asked for that, in order or not.
        case database(String, isClean: Bool, at: Timestamp, cause: String)
        /// Something is not as it should be, or is again.
        case finding(FindingNews)
    }

    /// The job an event is about.
    package struct Subject: Sendable, Hashable {
        /// The job.
        package let id: JobID
        /// The name of its definition.
        package let type: String
        /// Who asked for it.
        package let user: String

        /// What events tell of a job besides what happened to it.
        package init(_ job: JobRecord) {
            id = job.id
            type = job.type
            user = job.requester.name
        }
    }

    init(number: Int, time: Timestamp, fact: Fact) {
        self.number = number
        self.time = time
        self.fact = fact
    }
}

extension Event {
    /// The types there are, as readers name them.
    package static let types = [
        "job.stage", "job.waiting", "job.progress", "job.ended", "config.revision", "node.state", "master.changed",
        "queue.rules", "database.crashed", "database.ended",
        "finding.raised", "finding.cleared",
    ]

    /// The word for what happened.
    package var type: String {
        switch fact {
        case .stage: "job.stage"
        case .waiting: "job.waiting"
        case .progress: "job.progress"
        case .ended: "job.ended"
        case .revision: "config.revision"
        case .node: "node.state"
        case .master: "master.changed"
        case .queueRules: "queue.rules"
        case .database(_, let isClean, _, _): isClean ? "database.ended" : "database.crashed"
        case .finding(let news): news.isRaised ? "finding.raised" : "finding.cleared"
        }
    }

    /// The job it is about, or that made the revision.
    package var job: JobID? {
        switch fact {
        case .stage(let job, _), .waiting(let job, _), .progress(let job, _), .ended(let job, _, _): job.id
        case .revision(_, let job, _): job
        case .node, .master, .queueRules, .database, .finding: nil
        }
    }

    /// Whose job it is about; `nil` for what everybody may know.
    var owner: String? {
        switch fact {
        case .stage(let job, _), .waiting(let job, _), .progress(let job, _), .ended(let job, _, _): job.user
        case .revision, .node, .master, .queueRules, .database, .finding: nil
        }
    }

    /// Roughly what it takes in memory, in bytes.
    var size: Int {
        let texts =
            switch fact {
            case .stage(let job, _), .ended(let job, _, _): job.type.utf8.count + job.user.utf8.count
            case .waiting(let job, let obstacles):
                obstacles.reduce(job.type.utf8.count + job.user.utf8.count) {
                    $0 + MemoryLayout<JobRecord.Obstacle>.stride + $1.name.utf8.count
                }
            case .progress(let job, let progress):
                job.type.utf8.count + job.user.utf8.count + progress.text.utf8.count
            case .revision(_, _, let user), .queueRules(let user): user.utf8.count
            case .master(let master): master.map { $0.name.utf8.count + $0.address.utf8.count } ?? 0
            case .database(let name, _, _, let cause): name.utf8.count + cause.utf8.count
            case .finding(let news): news.size
            case .node: 0
            }
        return MemoryLayout<Event>.stride + texts
    }
}
