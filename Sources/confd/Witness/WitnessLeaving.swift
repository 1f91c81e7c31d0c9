import Access
import NodeAgent
import PeerLink
import Values

/// Has a witness leave its cluster: a node takes its vote back and has it be no member, and nothing of the cluster stays here.
struct WitnessLeaving {
    private static let patience = Duration.seconds(90)
    private static let answer = Duration.seconds(60)
    private static let pause = Duration.milliseconds(500)

    private let root: WitnessRoot
    private let time = SystemTimeSource()

    init(_ root: WitnessRoot) { self.root = root }

    /// - Returns: What was done, a sentence each.
    /// - Throws: ``Failure``; it is a witness still, or goes on with it when it is asked again.
    func run() async throws(Failure) -> [String] {
        let link = try MemberLink(root.file, of: root.installation, logger: root.settings.makeLogger())
        let outcome: Result<[String], Failure>
        do throws(Failure) {
            // Its daemon finds by this, when it hears that it is no member any more, that this was wanted.
            try mark(true)
            outcome = .success(try await ask(link))
        } catch {
            try? mark(false)
            outcome = .failure(error)
        }
        await link.caller.close()
        let texts = try outcome.get()
        try await awaitEnd()
        try await root.clear()
        return texts + ["this machine has nothing of the cluster any more"]
    }

    private func mark(_ isLeaving: Bool) throws(Failure) {
        do throws(MemberFileFault) {
            try root.folder.write(leaving: isLeaving ? [] : nil)
        } catch {
            throw Failure(error)
        }
    }

    /// Asks one node after the other until the one that decides has done it.
    private func ask(_ link: MemberLink) async throws(Failure) -> [String] {
        let notice = DepartureNotice(
            root.file, believing: link.credentials.material.authorities, logger: root.settings.makeLogger())
        let end = time.monotonic + Self.patience
        var cause = "no node is known"
        repeat {
            for node in root.file.others where node.node != root.file.node {
                do throws(PeerFault) {
                    return try await MemberRemoval.ask(link.caller, node, within: Self.answer)
                } catch {
                    cause = error.message
                    // What it asked for is wrong there, and will be.
                    if error.code == .refused { throw Failure(error.message, .unavailable) }
                }
            }
            if await notice.ask(root.file.others) != nil { return [] }
            await time.sleep(until: time.monotonic + Self.pause)
        } while time.monotonic < end
        throw Failure("No node takes the witness out: \(cause) Try again.", .unavailable)
    }

    private func awaitEnd() async throws(Failure) {
        let end = time.monotonic + Self.patience
        while try InstallationLock.holder(of: root.installation) != nil {
            guard time.monotonic < end else {
                throw Failure(
                    "The witness is no member any more, and its daemon does not end: stop it, and run this again.",
                    .notYet)
            }
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }
}
