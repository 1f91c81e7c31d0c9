import NIOHTTP1
import Values

extension Session {
    /// Asks a machine to become a node, and prints the command to run there; in any other form the answer as it is.
    func inviteToCluster() async throws(Failure) {
        let machine = try word("machine's address, or number of a node")
        let order: Value = Int(machine).map { ["node_id": .int($0)] } ?? ["address": .string(machine)]
        let made = try await daemon.value(.POST, "/cluster/invitations", body: order)
        guard line.form == nil else { return try show(made) }
        Terminal.write(try Self.text(ofInvitation: made))
    }

    /// The words `confd cluster invite` has for it.
    ///
    /// - Throws: ``Failure`` for an answer without an invitation.
    static func text(ofInvitation made: Value) throws(Failure) -> String {
        guard let node = made["node_id"]?.int, let token = made["token"]?.string else {
            throw Failure("The daemon's answer has no invitation: is it of another version?")
        }
        let name = made["name"]?.string ?? "n\(node)"
        let network = made["network"]?.string ?? made["address"]?.string ?? ""
        let founding = made["founding"]?.string.map { "\($0)\n" } ?? ""
        let added =
            made["job_id"]?.string.map { job in
                "node \(node) (\(name), \(network)) was added by job \(job), suspended until it has joined\n"
            } ?? "node \(node) (\(name), \(network)) is in the configuration, and was not added anew\n"
        return founding + added + "On the new machine, within 1 hour, once:\n    confd cluster join \(token)\n"
    }
}
