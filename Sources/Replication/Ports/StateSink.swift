package import JobEngine

/// How this node comes to what another one has.
///
/// Whatever arrives is looked at as a whole: what is no state in every part of it changes nothing.
package protocol StateSink: Sendable {
    /// Where the state of this node is, and what it has in common with any that goes on from it.
    ///
    /// - Throws: `store`.
    func marks() async throws(StateFault) -> StateMarks
    /// Makes the state, or what changed since the place this node is at, its own: all of it durably on return, or none. What a
    /// node has of its own stays: its audit log, its archives, when logins were used last.
    ///
    /// - Returns: The entry the state is as of.
    /// - Throws: `malformed`; `noPrefix` when the other one does not know this node's state; `refused` when this node is not
    ///   at the place any more that was asked about; `store`.
    func take(_ content: StateContent, for request: StateRequest) async throws(StateFault) -> AppliedEntry
    /// What of the past is to be asked for next; `nil` when nothing is missing.
    ///
    /// - Throws: `store`.
    func missingPage() async throws(StateFault) -> HistoryPage?
    /// How much of the past is missing; `nil` when nothing is.
    ///
    /// - Throws: `store`.
    func missingPast() async throws(StateFault) -> ClusterStatus.MissingPast?
    /// Adds a page of the past to what is here, and remembers durably how far it goes.
    ///
    /// - Throws: `malformed`; `notYet` when this node has to follow the log further before it can take it; `refused` when
    ///   something else is missing now; `store`. Nothing was changed then.
    func take(_ content: StateContent, for page: HistoryPage) async throws(StateFault)
    /// Puts a copy of all this node has into a folder, for people; one that is there of the same place is left.
    ///
    /// - Returns: The path of the copy.
    /// - Throws: `store`.
    func setAside(into folder: String) async throws(StateFault) -> String
    /// Says beside a copy what it has and this node has not, after it has taken another state.
    ///
    /// - Returns: The path of what says so.
    /// - Throws: `store`.
    func tellDiverged(from copy: String) async throws(StateFault) -> String
}

/// What another node handed out, where it can be read as often as need be.
package struct StateContent: Sendable {
    private let bytes: @Sendable (_ place: Int, _ count: Int) throws(StateFault) -> [UInt8]

    /// - Parameter bytes: Those from a place on; fewer than asked for where the content ends.
    package init(_ bytes: @escaping @Sendable (_ place: Int, _ count: Int) throws(StateFault) -> [UInt8]) {
        self.bytes = bytes
    }

    /// What lies in memory.
    package init(_ content: [UInt8]) {
        self.init { (place, count) throws(StateFault) in Array(content.dropFirst(place).prefix(count)) }
    }

    func read(from place: Int, count: Int) throws(StateFault) -> [UInt8] { try bytes(place, count) }
}

/// Why a state was not given or not taken.
package enum StateFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What arrived is no state, or not the one that was asked for.
    case malformed(String)
    /// The other node does not know the state of this one as one of its own former ones.
    case noPrefix
    /// It is not to be had of this node, or fits it no more.
    case refused(String)
    /// What arrived is newer than what this node has applied.
    case notYet
    /// A store, or a file on the way, cannot be read or written.
    case store(StoreError)

    package var description: String {
        switch self {
        case .malformed(let text): "what another node sent is no state: \(text)"
        case .noPrefix: "the other node does not know this state as one of its own former ones"
        case .refused(let text): text
        case .notYet: "this node has to follow the log first"
        case .store(let error): "\(error)"
        }
    }
}
