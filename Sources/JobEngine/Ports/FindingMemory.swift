package import Values

/// Since when findings last, over restarts.
package protocol FindingMemory: Sendable {
    /// Each finding that was kept, by its id, with its beginning; none where they cannot be read.
    func all() async -> [String: Timestamp]
    /// Keeps some and forgets others; what cannot be kept begins anew with the next start.
    func keep(_ begun: [String: Timestamp], forgetting ended: [String]) async
}
