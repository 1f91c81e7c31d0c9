import ArgumentParser
import JobEngine
import Values

struct ClusterInvite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Ask a machine to become a node.",
        discussion: """
            Adds the machine to the configuration as a node that is suspended until it has joined, and prints the command \
            to run there. On a node without a cluster this makes one of it first; jobs wait for a second or two, and none \
            is lost. The printed token lets whoever has it become that node: hand it over as you would a password.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "The machine's address inside the cluster, or the number of a node that is in the configuration.")
    var machine: String
    @Option(help: "The number a new node is to have; by default the last part of its address where that is free.")
    var node: Int?
    @Option(help: "What a new node is to be called.")
    var name: String?
    @Flag(help: "Have it be no node but a witness: a machine with a vote and nothing else, for two sites.")
    var witness = false

    func run() async throws {
        try await reporting {
            let daemon = try RunningDaemon(await DaemonSettings.read(root: options.root))
            var order: [String: Value] = Int(machine).map { ["node_id": .int($0)] } ?? ["address": .string(machine)]
            if let node { order["node_id"] = .int(node) }
            order["name"] = name.map(Value.string)
            if witness { order["witness"] = true }
            let made = try daemon.post("/cluster/invitations", .map(order))
            StandardOutput.write(try Self.text(of: made))
        }
    }

    /// What is printed of an invitation.
    ///
    /// - Throws: ``Failure`` for an answer without one.
    static func text(of made: Value) throws(Failure) -> String {
        guard let node = made["node_id"]?.int, let token = made["token"]?.string else {
            throw Failure("The daemon's answer has no invitation: is it of another version?", .unavailable)
        }
        if node == ClusterStatus.Witness.number { return witnessText(of: made, token: token) }
        let name = made["name"]?.string ?? "n\(node)"
        let network = made["network"]?.string ?? made["address"]?.string ?? ""
        let founding = made["founding"]?.string.map { "\($0)\n" } ?? ""
        let added =
            made["job_id"]?.string.map { job in
                "node \(node) (\(name), \(network)) was added by job \(job), suspended until it has joined\n"
            } ?? "node \(node) (\(name), \(network)) is in the configuration, and was not added anew\n"
        return founding + added
            + Self.words(for: token)
    }

    private static func witnessText(of made: Value, token: String) -> String {
        let founding = made["founding"]?.string.map { "\($0)\n" } ?? ""
        let address = made["address"]?.string ?? ""
        return founding + "\(address) is to be the witness, with a vote and nothing else\n" + words(for: token)
    }

    private static func words(for token: String) -> String {
        "On the new machine, within 1 hour, once:\n    confd cluster join \(token)\n"
    }
}
