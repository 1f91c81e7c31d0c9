package import JobEngine
import Values

/// An edit of EXAConf that is marked as meant goes to whoever decides.
extension ClusterRunner {
    /// It waits for its turn there, for half of this at most.
    private static let editLimit = Duration.seconds(60)
    // As much as a configuration may have, with what a text needs more in JSON.
    private static let editBytes = 32 << 20

    /// - Throws: ``JobError`` of whoever decides; `noMaster` when nobody does, or could be asked.
    package func handEdit(_ text: [UInt8]) async throws(JobError) -> Int {
        let status = cluster.status
        guard let master = status.master, master.node != status.ownNode, let member = status.members[master.node] else {
            throw JobError(.noMaster, "No other node decides now; the edit is handed over as soon as one does.")
        }
        guard let text = String(validating: text, as: UTF8.self) else {
            throw JobError(.configurationModified, "EXAConf is no text in UTF-8.")
        }
        let answer: Value
        do throws(PeerFault) {
            answer = try await caller.ask(
                "edit", ["text": .string(text)],
                of: PeerAddress(node: master.node, address: member.address, port: member.peerPort),
                within: Self.editLimit)
        } catch {
            throw JobError(.noMaster, "Node \(master.node) did not take the edit: \(error.message)")
        }
        switch CommandOutcome(answer) {
        case .ok(.int(let revision))?: return revision
        case .refused(let error)?: throw error
        default:
            throw JobError(.noMaster, "Node \(master.node) gave no answer that can be read: is it of another version?")
        }
    }

    /// The file of this node is kept on this node.
    package func keepEdit() async { await own.keepEdit() }

    /// How other members hand over their edits: `edit`, answered with the revision it has become or with why it has become none.
    ///
    /// - Parameter adopt: Makes an edit of a node the next revision.
    package static func editRoute(
        _ adopt: @escaping @Sendable (_ text: [UInt8], _ node: Int) async throws(JobError) -> Int
    ) -> PeerRoute {
        PeerRoute("edit", questionLimit: editBytes) { (question) async throws(PeerFault) in
            guard let node = question.node, let text = question.body["text"]?.string else {
                throw PeerFault(.malformed, "The question has no configuration.")
            }
            do throws(JobError) {
                return .value(CommandOutcome.ok(.int(try await adopt(Array(text.utf8), node))).value)
            } catch {
                return .value(CommandOutcome.refused(error).value)
            }
        }
    }
}
