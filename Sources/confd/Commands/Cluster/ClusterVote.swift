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
    @Argument(help: "The number of the node that is to have the vote, or 'witness'.")
    var node: MemberArgument
    @Option(help: "Who loses it, a number or 'witness'; not needed where only one node has a vote.")
    var from: MemberArgument?

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            var order: [String: Value] = ["node_id": .int(node.number)]
            order["from"] = from.map { .int($0.number) }
            StandardOutput.write(MembershipTexts.lines(try daemon.post("/cluster/vote", .map(order))))
        }
    }
}
