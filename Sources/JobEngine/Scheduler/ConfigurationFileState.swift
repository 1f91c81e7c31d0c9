import EXAConf
import Values

/// What the configuration file on disk means beside the revision that was decided last.
///
/// A pure decision: it is made at the start of the daemon and each time the file was touched.
enum ConfigurationFileState: Sendable, Hashable {
    /// The file holds the decided revision.
    case same
    /// The file is behind, or gone: the decided revision is written again.
    case reinstall
    /// The file was changed on purpose: it becomes a revision of its own.
    case adopt(Document, reason: String)
    /// In a cluster: the file may come from another life of this node, or was edited before what was decided since; it is not
    /// followed.
    case conflict(JobError)
    /// The file was changed without saying so: changes are refused until that is settled, reads go on.
    case unsaid(JobError)
    /// The file cannot be used at all, or there is none and never was.
    case unusable(JobError)

    /// - Parameters:
    ///   - bytes: The file, `nil` when there is none.
    ///   - head: The decided revision, `nil` before there is one.
    ///   - isElected: Whether nodes elect who decides: what a file says of itself is believed only when it is marked then.
    init(file bytes: [UInt8]?, head: RevisionRecord?, isElected: Bool = false) {
        guard let bytes else {
            self = head == nil ? .unusable(Self.absent) : .reinstall
            return
        }
        if let head, bytes.elementsEqual(head.text.utf8) {
            self = .same
            return
        }
        do throws(EXAConfError) {
            let document = try Document(parsing: bytes)
            try document.validate()
            let verdict = Self.verdict(on: document, head: head)
            self = isElected ? verdict.inCluster(document, head) : verdict
        } catch {
            self = .unusable(Self.refusal(error, naming: Document.faults(of: bytes)))
        }
    }

    private static func verdict(on document: Document, head: RevisionRecord?) -> ConfigurationFileState {
        switch document.checksumState {
        case .commit: return .adopt(document, reason: "edited by hand, marked COMMIT")
        case .none, .disabled: return .adopt(document, reason: "found on disk, without a checksum")
        case .mismatch:
            do throws(EXAConfError) {
                try document.verifyChecksum()
                return .same
            } catch {
                return .unsaid(refusal(error))
            }
        case .valid:
            guard let head else { return .adopt(document, reason: "found on disk") }
            if document.text == head.text { return .same }
            if document.revision > head.number { return .adopt(document, reason: "committed by another program") }
            // An older revision: a crash came between deciding the new one and writing it.
            return .reinstall
        }
    }

    /// The same where a file is a revision only when somebody marked it as one.
    private func inCluster(_ document: Document, _ head: RevisionRecord?) -> ConfigurationFileState {
        guard case .adopt = self else { return self }
        if document.checksumState == .commit { return head.flatMap { Self.staleness(of: document, $0) } ?? self }
        let cause =
            document.checksumState == .valid
            ? "is revision \(document.revision), the cluster is at \(head?.number ?? 0)" : "has no checksum"
        return .conflict(
            JobError(
                .configurationModified,
                "EXAConf \(cause): it is not followed. Set 'Checksum = COMMIT' in it when it is to become the next revision; "
                    + "remove it to have the cluster's written again."))
    }

    /// That an edit would take back what was decided since it was made; `nil` when it was made of the newest revision.
    private static func staleness(of document: Document, _ head: RevisionRecord) -> ConfigurationFileState? {
        guard document.revision < head.number else { return nil }
        return .conflict(
            JobError(
                .revisionConflict,
                "The edit was made of revision \(document.revision); the configuration is at revision \(head.number).",
                details: ["current_revision": .int(head.number)]))
    }

    private static let absent = JobError(
        .configurationModified, "There is no EXAConf yet. Run 'confd init' to make a fresh cluster.")

    /// - Parameter faults: All that is wrong with the file; the error is the first of them.
    private static func refusal(_ error: EXAConfError, naming faults: [Problem] = []) -> JobError {
        guard faults.count > 1 else { return JobError(.configurationModified, "EXAConf: \(error.message)") }
        let named = faults.prefix(most).map(\.description).joined(separator: " ")
        let rest = faults.count > most ? " And \(faults.count - most) more." : ""
        return JobError(.configurationModified, "EXAConf has \(faults.count) faults. \(named)\(rest)")
    }

    /// How many faults of a file are named.
    private static let most = 50
}
