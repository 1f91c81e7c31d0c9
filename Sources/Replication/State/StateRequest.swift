package import ClusterLog
package import JobEngine
package import Values

/// What one node asks another one for, to come to its state; always within a generation of the log.
package enum StateRequest: Sendable, Hashable {
    /// All that is needed to take part. The past is asked for by pages afterwards.
    case state(generation: Int)
    /// What changed since the place of a node that was away.
    case changes(since: StateMarks, generation: Int)
    /// A page of the past.
    case history(HistoryPage, generation: Int)

    /// Which generation the other one has to follow.
    package var generation: Int {
        switch self {
        case .state(let generation), .changes(_, let generation), .history(_, let generation): generation
        }
    }
}

/// Where a node is, and what tells whether another one was there, too: ends are counted, and revisions numbered, so that the
/// last of each are the same only where those before them are.
package struct StateMarks: Sendable, Hashable {
    /// Where its state is.
    package let place: LogPlace
    /// The last job that ended; `nil` when none has.
    package let lastEnd: End?
    /// The newest revision; `nil` when there is none.
    package let head: Head?

    /// How the last job that ended is told from others.
    package struct End: Sendable, Hashable {
        /// The how-manieth end it was.
        package let count: Int
        /// The job.
        package let job: JobID

        /// An end of a job.
        package init(_ count: Int, of job: JobID) {
            (self.count, self.job) = (count, job)
        }
    }

    /// How the newest revision is told from others.
    package struct Head: Sendable, Hashable {
        /// Its number.
        package let number: Int
        /// SHA-256 of its text, in hexadecimal digits.
        package let sha256: String

        /// A revision and its digest.
        package init(_ number: Int, sha256: String) {
            (self.number, self.sha256) = (number, sha256)
        }
    }

    /// The marks of a state.
    package init(at place: LogPlace, lastEnd: End?, head: Head?) {
        (self.place, self.lastEnd, self.head) = (place, lastEnd, head)
    }
}

/// A page of what a node lacks of the past.
package struct HistoryPage: Sendable, Hashable {
    /// What the past consists of, in the order in which it is asked for.
    package enum Section: String, Sendable, Hashable, CaseIterable {
        /// Ended jobs, from the newest end down.
        case jobs
        /// Revisions, from the newest one down.
        case revisions
        /// What went to the archive, from the highest number down.
        case archive
    }

    /// What the node has of its own from there on down, so that what both have need not be sent.
    package struct Own: Sendable, Hashable {
        /// The lowest number it says something of.
        package let through: Int
        /// SHA-256 of which they are, in hexadecimal digits.
        package let sha256: String

        /// What there is down to a number.
        package init(through: Int, sha256: String) {
            (self.through, self.sha256) = (through, sha256)
        }
    }

    /// What is asked for.
    package let section: Section
    /// Only what is above this end or number.
    package let above: Int
    /// Only what is below this end or number.
    package let below: Int
    /// What the node has already; `nil` when that is nothing, or not worth a look.
    package let own: Own?

    /// A page of a section.
    package init(_ section: Section, above: Int = 0, below: Int, own: Own? = nil) {
        (self.section, self.above, self.below, self.own) = (section, above, below, own)
    }
}

extension StateRequest {
    private enum Kind: String {
        case state, changes, history
    }

    /// As it is sent.
    package var value: Value {
        let generation = Value.int(generation)
        switch self {
        case .state: return ["kind": "state", "generation": generation]
        case .changes(let marks, _):
            return .members([
                "kind": "changes", "generation": generation, "index": .int(marks.place.index),
                "chain": .string(marks.place.chain.text), "end": marks.lastEnd.map { .int($0.count) },
                "job": marks.lastEnd.map { .string($0.job.description) }, "head": marks.head.map { .int($0.number) },
                "head_sha256": marks.head.map { .string($0.sha256) },
            ])
        case .history(let page, _):
            return .members([
                "kind": "history", "generation": generation, "section": .string(page.section.rawValue),
                "above": .int(page.above), "below": .int(page.below), "through": page.own.map { .int($0.through) },
                "sha256": page.own.map { .string($0.sha256) },
            ])
        }
    }

    /// Reads what ``value`` wrote.
    ///
    /// - Throws: What it is not.
    package init(_ value: Value) throws(ReplicatedBatchError) {
        var members = try RecordMembers(value, at: 0)
        guard let kind = Kind(rawValue: members.kind) else { throw members.unknownKind }
        let generation = try members.number("generation")
        switch kind {
        case .state: self = .state(generation: generation)
        case .changes: self = .changes(since: try Self.marks(&members), generation: generation)
        case .history: self = .history(try Self.page(&members), generation: generation)
        }
        try members.end()
    }

    private static func marks(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> StateMarks {
        let index = try members.number("index")
        guard let chain = ChainValue(try members.text("chain")) else { throw members.malformed("chain") }
        var end: StateMarks.End?
        if let text = try members.optionalText("job") {
            guard let job = JobID(text) else { throw members.malformed("job") }
            end = StateMarks.End(try members.number("end"), of: job)
        }
        var head: StateMarks.Head?
        if let sha256 = try members.optionalText("head_sha256") {
            head = StateMarks.Head(try members.number("head"), sha256: sha256)
        }
        return StateMarks(at: LogPlace(index: index, chain: chain), lastEnd: end, head: head)
    }

    private static func page(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> HistoryPage {
        guard let section = HistoryPage.Section(rawValue: try members.text("section")) else {
            throw members.malformed("section")
        }
        let (above, below) = (try members.number("above"), try members.number("below"))
        let sha256 = try members.optionalText("sha256")
        guard let sha256 else { return HistoryPage(section, above: above, below: below) }
        return HistoryPage(
            section, above: above, below: below,
            own: HistoryPage.Own(through: try members.number("through"), sha256: sha256))
    }
}
