import Certificates
package import EXAConf
package import Values

/// A configuration with its number and checksum in place, ready to be decided.
package struct DraftRevision: Sendable {
    /// What it will be once it is decided; the document carries it already.
    package let number: Int
    /// What was edited, with the new number in it and a checksum that fits.
    package let document: Document
    /// What the file will hold.
    package let text: String

    /// The draft of an edited configuration, `nil` when nothing in it differs from what it was made from.
    ///
    /// - Parameter forced: Makes a revision although the text stays, since files beside it changed.
    package init?(_ edited: Document, number: Int, forced: Bool) {
        if let settled = edited.settled(as: number) {
            (document, text) = (settled.document, settled.text)
        } else {
            var document = edited
            // Neither the number nor the checksum counts for the checksum: it stays right.
            guard forced, (try? document.set("Revision", to: String(number), in: .global)) != nil else { return nil }
            (self.document, text) = (document, document.text)
        }
        self.number = number
    }

    /// The revision as it is kept.
    package func record(job: JobID?, user: String, reason: String?, at now: Timestamp) -> RevisionRecord {
        RevisionRecord(
            number: number, text: text, sha256: Self.digest(text),
            checksum: document.value("Checksum", in: .global) ?? "", job: job, user: user, reason: reason, at: now)
    }

    /// The digest a revision is kept and sent with.
    static func digest(_ text: String) -> String {
        Digest.sha256Hex(text.utf8)
    }

    /// What differs from another configuration, as unified text with secrets as `***`.
    func difference(from base: Document) -> String {
        UnifiedDiff(from: base.redacted().text, to: document.redacted().text).description
    }

    /// The same as a merge patch of the JSON form, without number and checksum, which no caller sets.
    func patch(from base: Document) -> Value {
        Value(mergePatch: ChangeSet(from: base, to: document, ignoringStamp: true).redacted())
    }
}
