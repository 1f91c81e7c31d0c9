import NIOHTTP1
import Values

extension Session {
    /// Asks a machine to become a node, and prints the command to run there; in any other form the answer as it is.
    func inviteToCluster() async throws(Failure) {
        let made = try await daemon.value(.POST, "/cluster/invitations", body: try Self.invitation(line.words))
        guard line.form == nil else { return try show(made) }
        Terminal.write(try Self.text(ofInvitation: made))
    }

    /// Who is to be asked by these words: an address or the number of a node, behind `witness` the address of one.
    ///
    /// - Throws: ``Failure`` for anything else.
    static func invitation(_ words: [String]) throws(Failure) -> Value {
        switch (words.count, words.first) {
        case (1, let machine?) where machine != "witness" && !machine.isEmpty:
            Int(machine).map { ["node_id": .int($0)] } ?? ["address": .string(machine)]
        case (2, "witness"): ["address": .string(words[1]), "witness": true]
        default:
            throw .usage(
                "'cluster_invite' needs a machine's address, or number of a node; 'witness ADDRESS' asks a witness.")
        }
    }

    /// The words `confd cluster invite` has for it.
    ///
    /// - Throws: ``Failure`` for an answer without an invitation.
    static func text(ofInvitation made: Value) throws(Failure) -> String {
        guard let node = made["node_id"]?.int, let token = made["token"]?.string else {
            throw Failure("The daemon's answer has no invitation: is it of another version?")
        }
        let founding = made["founding"]?.string.map { "\($0)\n" } ?? ""
        let command = "On the new machine, within 1 hour, once:\n    confd cluster join \(token)\n"
        if node == witnessNumber {
            let address = made["address"]?.string ?? ""
            return founding + "\(address) is to be the witness, with a vote and nothing else\n" + command
        }
        let name = made["name"]?.string ?? "n\(node)"
        let network = made["network"]?.string ?? made["address"]?.string ?? ""
        let added =
            made["job_id"]?.string.map { job in
                "node \(node) (\(name), \(network)) was added by job \(job), suspended until it has joined\n"
            } ?? "node \(node) (\(name), \(network)) is in the configuration, and was not added anew\n"
        return founding + added + command
    }

    /// The number an invitation has that is for a witness.
    private static let witnessNumber = 1_000_000
}
