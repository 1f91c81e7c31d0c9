import NIOHTTP1
import Values

extension Session {
    /// Has a node get the vote of another one, and prints what was done; in any other form the answer as it is.
    func moveVote() async throws(Failure) {
        let order = try Self.voteMove(line.words)
        let done = try await daemon.value(.POST, "/cluster/vote", body: order)
        guard line.form == nil else { return try show(done) }
        Terminal.write((done["texts"]?.list ?? []).compactMap(\.string).map { "\($0)\n" }.joined())
    }

    /// What is asked for by these words: the node, and where it has to be said the one that loses its vote.
    ///
    /// - Throws: ``Failure`` for anything but one number or two.
    static func voteMove(_ words: [String]) throws(Failure) -> Value {
        let numbers = words.compactMap { Int($0) }
        guard numbers.count == words.count, (1...2).contains(numbers.count) else {
            throw .usage(
                "'cluster_vote' needs the number of the node that gets the vote, and may have that of the one that loses it."
            )
        }
        return .members(["node_id": .int(numbers[0]), "from": numbers.count > 1 ? .int(numbers[1]) : nil])
    }
}
