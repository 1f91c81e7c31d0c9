import ArgumentParser
import Values

struct ClusterLeave: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave", abstract: "Have this node leave the cluster.",
        discussion: """
            Another node decides and takes the vote first, where there is one. What stays here is an installation of one \
            node with the configuration and the jobs of before, stopped. Declined for the last vote, and while volumes or \
            databases live here. A witness that leaves has nothing of the cluster any more.
            """)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            if let witness = WitnessRoot(settings) {
                return StandardOutput.write(try await WitnessLeaving(witness).run().map { "\($0)\n" }.joined())
            }
            StandardOutput.write(MembershipTexts.lines(try RunningDaemon(settings).post("/cluster/leave", [:])))
        }
    }
}

struct ClusterRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a node that does not come back.",
        discussion: """
            The node need not answer. Its certificate counts for nothing from then on, and databases and volumes that \
            were on it are gone with it. It comes back by an invitation only.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "The number of the node, or 'witness'.")
    var node: MemberArgument

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            StandardOutput.write(MembershipTexts.lines(try daemon.delete("/cluster/members/\(node.number)")))
        }
    }
}

struct ClusterCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Find out whether all nodes have the same.",
        discussion: """
            Compares the states of all nodes at one entry of the log, the files that belong to revisions, and which jobs \
            nodes know. Prints a line: PASS and exits with 0; or FAIL with what is not the same, or which node could not \
            be compared, and exits with 1.
            """)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            let (text, isEqual) = MembershipTexts.verdict(try daemon.get("/cluster/comparison"))
            StandardOutput.write(text)
            if !isEqual { throw ExitCode.failure }
        }
    }
}

/// What is printed of changes and comparisons of members.
enum MembershipTexts {
    static func lines(_ change: Value) -> String {
        (change["texts"]?.list ?? []).compactMap(\.string).map { "\($0)\n" }.joined()
    }

    static func verdict(_ comparison: Value) -> (text: String, isEqual: Bool) {
        let nodes = (comparison["nodes"]?.list ?? []).compactMap(\.int).map(String.init).joined(separator: ", ")
        let entry = comparison["entry"]?.int ?? 0
        if comparison["equal"]?.bool == true {
            return ("PASS: nodes \(nodes) have the same at entry \(entry)\n", true)
        }
        let missing = (comparison["missing"]?.list ?? []).map { node in
            "node \(node["node_id"]?.int ?? 0) could not be compared: \(node["reason"]?.string ?? "no reason was given")"
        }
        let differences = (comparison["differences"]?.list ?? []).compactMap(\.string)
        return ((differences + missing).map { "FAIL: \($0)\n" }.joined(), false)
    }
}
