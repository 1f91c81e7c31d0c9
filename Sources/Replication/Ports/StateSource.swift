package import Values

/// What this node can give to another one that lacks what the log does not keep any more.
package protocol StateSource: Sendable {
    /// Hands out what was asked for as it stands at one moment, in pieces that are to be put one behind the other; changes go
    /// on meanwhile. No piece is larger than ``StateWriter/largestPiece``.
    ///
    /// A state this node does not know as one of its own former ones is answered by a head that says so.
    ///
    /// - Parameters:
    ///   - now: By which the ended jobs are chosen whose keys still stand for them.
    ///   - take: Gets each piece, one after the other. What it throws ends the reading, which is bounded in time: whoever
    ///     takes pieces has to put them where it need not wait for the network.
    /// - Throws: `refused` when this node has it not, or not whole; `store` when it cannot be read.
    func write(
        _ request: StateRequest, at now: Timestamp,
        to take: @escaping @Sendable ([UInt8]) throws(StateFault) -> Void
    ) async throws(StateFault)
}
