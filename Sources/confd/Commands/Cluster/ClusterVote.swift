import ArgumentParser
import Values

struct ClusterVote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vote", abstract: "Say which nodes have a vote.", subcommands: [ClusterVoteMove.self])
}

struct ClusterVoteMove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Have a node get the vote of another one.",
        discussion: """
            Before maintenance of a node with a vote, on the node that decides. The node gets its vote before the other one \
            loses it, and changes go on meanwhile; it takes some 8 s. To have it back is another move. Declined for a \
            node that has a vote, is away, suspended or far behind.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "The number of the node that is to have the vote.")
    var node: Int
    @Option(help: "The number of the node that loses it; not needed where only one node has a vote.")
    var from: Int?

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            var order: [String: Value] = ["node_id": .int(node)]
            order["from"] = from.map(Value.int)
            StandardOutput.write(MembershipTexts.lines(try daemon.post("/cluster/vote", .map(order))))
        }
    }
}
