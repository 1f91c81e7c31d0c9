import NIOHTTP1
import Values

extension Session {
    /// Prints what matters most about the cluster in one sentence, then a line for each node; in any other form all that the
    /// node that is asked tells.
    func cluster() async throws(Failure) {
        guard line.words.isEmpty else { throw .usage("'cluster' takes no words.") }
        let told = try await daemon.value(.GET, "/cluster")
        guard line.form == nil else { return try show(told) }
        Terminal.write(Self.text(ofCluster: told, on: display), on: display)
    }

    /// The sentence and the table.
    static func text(ofCluster told: Value, on display: Display) -> Styled {
        let witness = told["witness"]?.map.map { members in
            // A row among nodes: where it has its vote nothing else is to be ready.
            row(.map(members.merging(["node": "witness", "role": "witness", "ready": true]) { $1 }))
        }
        let rows = (told["members"]?.list ?? []).map(row) + (witness.map { [$0] } ?? [])
        let columns = ["node", "name", "address", "role", "vote", "version", "revision", "lag", "state", "note"]
        var text = Styled((told["sentence"]?.string ?? "") + "\n")
        text.append(Table(rows, columns: columns, on: display).styled(display))
        return text
    }

    /// A member in the words of the table.
    private static func row(_ member: Value) -> Value {
        var cells = member.map ?? [:]
        cells["vote"] = member["vote"]?.bool == true ? "yes" : "no"
        cells["state"] = .string(state(of: member))
        if member["note"]?.string?.isEmpty != false { cells["note"] = nil }
        return .map(cells)
    }

    private static func state(of member: Value) -> String {
        if member["present"]?.bool != true { return "away" }
        if member["suspended"]?.bool == true { return "suspended" }
        if member["ready"]?.bool != true { return "not-ready" }
        return member["laggard"]?.bool == true ? "behind" : "ready"
    }
}
