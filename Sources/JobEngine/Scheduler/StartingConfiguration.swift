package import EXAConf

/// Which configuration counts when nobody serves it: the revision that was decided last and the file beside it, settled.
package struct StartingConfiguration: Sendable {
    /// What counts; as a daemon that starts now would have it, but for upgrades.
    package let document: Document
    /// The decided revision the document is of; `nil` when the file has to become one first.
    package let head: RevisionRecord?
    /// Why the file was not followed; `nil` when it holds the revision, or may be replaced by it.
    package let refusal: JobError?

    /// Settles a file, `nil` when there is none, beside the revision that was decided last, `nil` before the first.
    ///
    /// - Throws: ``JobError`` `configurationModified` when neither of them can be used.
    package init(file bytes: [UInt8]?, head: RevisionRecord?) throws(JobError) {
        switch ConfigurationFileState(file: bytes, head: head) {
        case .adopt(let document, _):
            (self.document, self.head, refusal) = (document, nil, nil)
        case .same, .reinstall:
            (document, self.head, refusal) = (try Self.document(of: head), head, nil)
        case .conflict(let error), .unsaid(let error), .unusable(let error):
            guard head != nil else { throw error }
            (document, self.head, refusal) = (try Self.document(of: head), head, error)
        }
    }

    /// The same for a file that cannot even be read; the decided revision counts then.
    ///
    /// - Throws: `refusal` when there is no such revision.
    package init(unreadable refusal: JobError, head: RevisionRecord?) throws(JobError) {
        guard head != nil else { throw refusal }
        (document, self.head, self.refusal) = (try Self.document(of: head), head, refusal)
    }

    static func document(of head: RevisionRecord?) throws(JobError) -> Document {
        guard let head else { return Document() }
        do throws(EXAConfError) {
            return try Document(parsing: head.text)
        } catch {
            throw JobError(.internal, "Revision \(head.number) in the store cannot be read: \(error.message)")
        }
    }
}
