import Access
import Certificates
package import EXAConf
package import JobEngine
import Logging
import Values

extension NodeAgent {
    /// The bytes of the file, `nil` when there is none; from now on its state counts as known.
    ///
    /// - Throws: ``InstallError`` for a file that cannot be read, is above the limit or is not a regular one.
    package func readConfiguration() async throws(InstallError) -> [UInt8]? {
        known = nil
        guard let content = try durable.content(of: root.configuration) else { return nil }
        known = content.status
        return content.bytes
    }

    /// Also true before the first reading, and when the file is gone or cannot be looked at.
    ///
    /// It changes threads only while the file is being written.
    package nonisolated func configurationWasTouched() async -> Bool {
        if known == nil { await endOfWriting() }
        guard let known, let now = try? durable.files.status(of: root.configuration) else { return true }
        return now != known
    }

    /// Comes to its turn when what was being written is there.
    private func endOfWriting() {}

    /// Writes the revision here; nodes that cannot be reached are not waited for.
    package func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] {
        guard Digest.sha256Hex(revision.text.utf8) == revision.sha256.lowercased() else {
            throw InstallError("Revision \(revision.number) was damaged on its way: its text has another SHA-256.")
        }
        let text = Array(revision.text.utf8)
        let former = known
        // The log is the truth: a start that finds a former file writes this one again.
        known = nil
        defer { if known == nil { known = former } }
        let keepOld = { (old: FileStatus) in self.keep(old, former) }
        if try durable.write(text, to: root.configuration, mode: 0o600, flushesFolder: false, keepOld: keepOld) {
            // Somebody else's file is not taken for ours, should one have come in between.
            known = durable.settledStatus(of: root.configuration)
        }
        return acknowledgements(document.nodes, suspended)
    }

    private func acknowledgements(_ nodes: [Node], _ suspended: Set<Int>) -> [Acknowledgement] {
        let own = Acknowledgement(node: node, state: .acknowledged, at: Timestamp(milliseconds: Int(time.now)))
        let others = nodes.compactMap { other -> Acknowledgement? in
            guard let id = other.id, id != node else { return nil }
            let isSuspended = suspended.contains(id) || ["suspended", "deactivated"].contains(other.state)
            return Acknowledgement(node: id, state: isSuspended ? .suspended : .notJoined)
        }
        return ([own] + others).sorted { $0.node < $1.node }
    }

    /// Keeps the file as it is now for good, under a name of its own.
    package func keepEdit() { linkEdit() }

    /// Keeps the file that is about to be replaced: an edit that is in no revision under a name of its own, for good.
    private func keep(_ old: FileStatus, _ known: FileStatus?) {
        if isEdit(old, known) { linkEdit() } else { keepConfiguration(old) }
    }

    private func linkEdit() {
        let moment = Timestamp(milliseconds: Int(time.now)).description.filter { $0 != "-" && $0 != ":" }
        let path = "\(root.configuration).edited.\(moment)"
        do throws(FileFault) {
            try durable.files.link(root.configuration, to: path)
            logger.warning("an edit that was not followed is kept", metadata: ["file": "\(path)"])
        } catch {
            logger.warning("an edit that was not followed is not kept", metadata: ["cause": "\(error)"])
        }
    }

    /// Whether the file holds what no revision has: it cannot be used, is not marked as an edit, or is, but came after the
    /// last look.
    private func isEdit(_ file: FileStatus, _ known: FileStatus?) -> Bool {
        if durable.settledStatus(of: root.configuration) == file { return false }
        guard let bytes = try? durable.read(root.configuration), let document = try? Document(parsing: bytes),
            (try? document.validate()) != nil
        else { return true }
        return switch document.checksumState {
        case .valid: false
        case .mismatch: true
        case .commit, .none, .disabled: file != known
        }
    }

    /// Keeps the file that is about to be replaced as `EXAConf.0`, and those before it as `EXAConf.1` to `EXAConf.5`.
    ///
    /// For the operator's convenience: revisions are in the store, so nothing is waited for and no fault stops the
    /// installation.
    private func keepConfiguration(_ old: FileStatus) {
        let path = root.configuration
        do throws(FileFault) {
            if try durable.files.status(of: path + ".0")?.isSameFile(as: old) == true { return }
            for number in stride(from: 4, through: 0, by: -1) {
                do throws(FileFault) {
                    try durable.files.rename("\(path).\(number)", to: "\(path).\(number + 1)")
                } catch  where error.code == FileFault.absent {
                    continue
                }
            }
            try durable.files.link(path, to: path + ".0")
        } catch {
            logger.warning("former configuration not kept", metadata: ["cause": "\(error)"])
        }
    }
}
