/// Which events a reader is told.
package struct EventFilter: Sendable, Hashable {
    /// Only events of one of these types; a `*` at the end stands for any rest. Empty for all types.
    package var types: [String]
    /// Only events about this job, and the revision it made.
    package var job: JobID?
    /// Of events about jobs, only those about jobs of this user; `nil` for everybody's.
    package var owner: String?

    /// Everything, unless something is said.
    package init(types: [String] = [], job: JobID? = nil, owner: String? = nil) {
        self.types = types
        self.job = job
        self.owner = owner
    }

    /// Whether a reader is told of an event.
    package func admits(_ event: Event) -> Bool {
        if let job, event.job != job { return false }
        if let owner, let user = event.owner, user != owner { return false }
        return types.isEmpty || types.contains { event.type.fits($0) }
    }

    /// Whether a pattern stands for at least one type there is.
    package static func isKnown(_ pattern: String) -> Bool { Event.types.contains { $0.fits(pattern) } }
}
