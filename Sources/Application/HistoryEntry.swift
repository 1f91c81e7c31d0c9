package import Access
package import JobEngine
package import Values

/// One thing that happened, from whichever record it comes.
package struct HistoryEntry: Sendable {
    /// Where entries come from; their numbers count within a source.
    package enum Source: Sendable, Hashable, Comparable {
        case jobs, revisions
        /// The audit log of a node.
        case audit(node: Int)
    }

    /// What is known of it.
    package enum Record: Sendable {
        case job(JobRecord)
        case revision(RevisionRecord)
        /// An entry of the audit log of a node.
        case audit(AuditEntry, node: Int)
    }

    /// What is known of it.
    package let record: Record
    /// What it is about; of a revision, what its job is about, once that was looked up.
    package internal(set) var objects: [String]

    init(_ record: Record) {
        self.record = record
        objects =
            switch record {
            case .job(let job): job.objects
            case .revision: []
            case .audit(let entry, _): entry.event.objects
            }
    }

    /// When it happened: of a job, when it was asked for.
    package var time: Timestamp {
        switch record {
        case .job(let job): job.times[.submitted] ?? Timestamp(milliseconds: 0)
        case .revision(let revision): revision.at
        case .audit(let entry, _): Timestamp(milliseconds: Int(entry.event.time))
        }
    }

    /// One of ``HistoryService/kinds``.
    package var kind: String {
        switch record {
        case .job: "job"
        case .revision: "revision"
        case .audit(let entry, _): entry.event.kind.rawValue
        }
    }

    /// Who did it.
    package var user: String? {
        switch record {
        case .job(let job): job.requester.name
        case .revision(let revision): revision.user
        case .audit(let entry, _): entry.event.user
        }
    }

    var source: Source {
        switch record {
        case .job: .jobs
        case .revision: .revisions
        case .audit(_, let node): .audit(node: node)
        }
    }

    var number: Int {
        switch record {
        case .job(let job): job.id.number
        case .revision(let revision): revision.number
        case .audit(let entry, _): entry.sequence
        }
    }
}

extension AuditEvent {
    /// The objects it is about.
    package var objects: [String] { fields["objects"]?.split(separator: " ").map(String.init) ?? [] }
}
