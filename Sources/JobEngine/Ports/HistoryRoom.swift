/// How much room the history of jobs has.
package protocol HistoryRoom: Sendable {
    /// Whether little is left: then looks are answered and not kept, and only administrators' other jobs are taken.
    var isLow: Bool { get }
}

/// Room that never ends.
package struct AmpleRoom: HistoryRoom {
    package let isLow = false

    /// The same wherever it is asked.
    package init() {}
}
