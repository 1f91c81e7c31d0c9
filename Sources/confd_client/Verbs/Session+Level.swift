import NIOHTTP1
import Values

extension Session {
    /// Prints which level of the log is in force and which each node knows, or puts the next one in force.
    func clusterLevel() async throws(Failure) {
        let order = try Order(line)
        switch order.words.first {
        case nil:
            let told = try await daemon.value(.GET, "/cluster/level")
            guard line.form == nil else { return try show(told) }
            Terminal.write(Self.text(ofLevel: told, on: display), on: display)
        case "raise" where order.words.count == 1:
            let told = try await daemon.value(.GET, "/cluster/level")
            guard let next = told["next"]?.int else {
                throw Failure(
                    "There is no level to raise: \(told["sentence"]?.string ?? "no node knows a further one").")
            }
            let done = try await daemon.value(.POST, "/cluster/level", body: ["level": .int(next)])
            guard line.form == nil else { return try show(done) }
            Terminal.write((done["texts"]?.list ?? []).compactMap(\.string).map { "\($0)\n" }.joined())
        default: throw .usage("'cluster_level' takes no word, or 'raise' alone.")
        }
    }

    /// The sentence and the nodes.
    static func text(ofLevel told: Value, on display: Display) -> Styled {
        let rows = (told["members"]?.list ?? []).map { member -> Value in
            let levels = (member["levels"]?.list ?? []).compactMap(\.plain).joined(separator: " to ")
            return .map((member.map ?? [:]).merging(["levels": levels.isEmpty ? .null : .string(levels)]) { $1 })
        }
        var text = Styled((told["sentence"]?.string ?? "") + "\n")
        text.append(Table(rows, columns: ["node", "version", "levels", "lack"], on: display).styled(display))
        return text
    }
}
