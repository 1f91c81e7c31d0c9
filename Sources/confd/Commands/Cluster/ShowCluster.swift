import ArgumentParser
import JobEngine
import Values

struct ShowCluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how the cluster stands: first what matters, then every node.",
        discussion: "Every node answers, also while nobody decides. Exits with 0 also when something is wrong.")

    @OptionGroup var options: RootOptions
    @Flag(help: "Everything the daemon says, as JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            if let witness = WitnessRoot(settings) {
                let report = await WitnessReport(witness).value()
                return StandardOutput.write(json ? Self.indented(report) : "\(report["sentence"]?.string ?? "")\n")
            }
            let cluster = try RunningDaemon(settings).get("/cluster")
            StandardOutput.write(json ? Self.indented(cluster) : Self.text(of: cluster))
        }
    }

    private static func indented(_ value: Value) -> String {
        String(decoding: JSON.indented(JSON.bytes(value)), as: UTF8.self) + "\n"
    }

    /// The columns of the table, and what stands in them.
    private static let columns: [(title: String, cell: @Sendable (Value) -> String)] = [
        ("node", { text($0["node"]) }), ("address", { text($0["address"]) }), ("role", { text($0["role"]) }),
        ("vote", { $0["vote"]?.bool == true ? "yes" : "no" }), ("version", version(of:)),
        ("revision", { text($0["revision"]) }), ("lag", { text($0["lag"]) }), ("state", state),
        ("note", { text($0["note"]) }),
    ]

    /// What matters most, and a row for each node.
    static func text(of cluster: Value) -> String {
        let witness = cluster["witness"].map { [row(of: $0)] } ?? []
        let members = (cluster["members"]?.list ?? []) + witness
        let rows = [columns.map(\.title)] + members.map { member in columns.map { $0.cell(member) } }
        let widths = columns.indices.map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.unicodeScalars.count))
            }
            let line = cells.joined(separator: "  ")
            return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
        }
        return ([cluster["sentence"]?.string ?? ""] + (members.isEmpty ? [] : lines)).joined(separator: "\n") + "\n"
    }

    /// The witness as a row among nodes: where it has its vote nothing else is to be ready.
    private static func row(of witness: Value) -> Value {
        var row = witness.map ?? [:]
        (row["node"], row["role"]) = (.string(ClusterStatus.Witness.name), .string(ClusterStatus.Witness.name))
        return .map(row)
    }

    private static func text(_ value: Value?) -> String {
        guard let value else { return "-" }
        return value.string ?? value.int.map(String.init) ?? "-"
    }

    /// With the levels of the log it knows, such as `0.5.0 (3-4)`: those that have none in common cannot be together.
    @Sendable private static func version(of member: Value) -> String {
        let levels = (member["levels"]?.list ?? []).compactMap(\.int)
        guard levels.count == 2 else { return text(member["version"]) }
        return "\(text(member["version"])) (\(levels[0])-\(levels[1]))"
    }

    @Sendable private static func state(_ member: Value) -> String {
        if member["suspended"]?.bool == true { return "suspended" }
        if member["present"]?.bool == false { return "away" }
        if member["ready"]?.bool == false { return "not ready" }
        return member["laggard"]?.bool == true ? "behind" : "ready"
    }
}
