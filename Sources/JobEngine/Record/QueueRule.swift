package import Values

/// An administrator's word on which jobs may begin: in force until it is taken away or its time is over.
package struct QueueRule: Sendable, Hashable {
    /// Given out once and never again.
    package internal(set) var number: Int
    package let action: Action
    /// The jobs it speaks of.
    package var match = Match()
    /// Rules with a lower one are looked at first; among equals the older one.
    package var order = Self.usualOrder
    /// Who answers for it: a name in free form.
    package var owner: String { didSet { owner = Secret.masked(owner) } }
    /// The user who made it; only this user and root may take it away.
    package let user: String
    /// What it is for, in words.
    package var reason: String? { didSet { reason = reason.map(Secret.masked) } }
    /// When it was made.
    package let at: Timestamp
    /// When it ends by itself, `nil` for never.
    package var expiresAt: Timestamp?

    /// What becomes of the jobs of a rule.
    package enum Action: Sendable, Hashable {
        /// They are taken and wait.
        case pause
        /// No more of them are taken; those that were go on.
        case reject
        /// So many of them at a time may be on their way, one at least; the others wait.
        case limit(Int)
        /// Rules behind this one do not count for them.
        case accept
        /// No jobs are held by it: nothing is started by itself there until it ends.
        case maintenance(Maintenance.Subject)
        /// No jobs are held by it: a finding is known, and alarms nobody until it ends.
        case silence(SilencedFinding.Subject)

        /// The word on the wire.
        package var name: String {
            switch self {
            case .pause: "pause"
            case .reject: "reject"
            case .limit: "limit"
            case .accept: "accept"
            case .maintenance: "maintenance"
            case .silence: "silence"
            }
        }

        /// All words of rules people make; maintenance is begun by its job, and findings are silenced where they are told.
        package static let names = ["pause", "reject", "limit", "accept"]
    }

    /// Which jobs a rule speaks of; what is left empty holds for every job.
    package struct Match: Sendable, Hashable {
        /// One of these types; a `*` at the end stands for any rest.
        package var types: [String] = []
        package var mode: JobMode?
        /// Asked for by one of these.
        package var users: [String] = []
        /// Taken later than this one.
        package var after: JobID?

        /// Every job.
        package init() {}

        func covers(_ job: JobRecord) -> Bool {
            if let mode, mode != job.mode { return false }
            if let after, job.id <= after { return false }
            return (types.isEmpty || types.contains { job.type.fits($0) })
                && (users.isEmpty || users.contains(job.requester.name))
        }
    }

    /// Where a rule stands that does not say so.
    package static let usualOrder = 500
    /// Where a rule may stand.
    package static let orders = 0...1000
    /// How many jobs a limit may let be on their way; who wants none of them to begin pauses them.
    package static let limits = 1...100_000

    /// Whether it says something of a finding, and nothing of jobs.
    package var isAboutFindings: Bool { if case .silence = action { true } else { false } }

    /// A rule for every job, without a reason, that never ends; its members are set one by one.
    package init(number: Int, action: Action, user: String, at: Timestamp) {
        self.number = number
        self.action = action
        self.user = user
        self.at = at
        owner = user
    }

    /// The name it is asked for by.
    package var id: String { "r\(number)" }

    /// The number an id names.
    package static func number(_ id: String) -> Int? {
        guard id.first == "r", id.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(id.dropFirst())
    }
}

extension String {
    /// Whether it is a name, or begins like one with a `*` at its end.
    package func fits(_ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? utf8.starts(with: pattern.utf8.dropLast()) : self == pattern
    }
}
