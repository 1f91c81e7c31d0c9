import HTTPServer
import HTTPTypes
package import JobEngine
import Values

/// What a caller says in `If-Match` of the configuration the change is made for (RFC 9110, 13.1.1).
package enum Precondition: Hashable {
    /// The field is absent.
    case absent
    /// `*`: whatever the configuration is by now.
    case any
    /// This revision; 0 for a tag that no revision has.
    case revision(Int)

    package init(_ field: String?, current: PublishedConfiguration) {
        guard let field else {
            self = .absent
            return
        }
        let tags = EntityTags(field)
        // The comparison is a strong one: a weak tag names nothing that could be changed.
        if tags.isAny {
            self = .any
        } else if tags.name(EntityTag(of: current.record).text, weakly: false) {
            self = .revision(current.revision)
        } else {
            let number = tags.tags.lazy.compactMap(Self.number).first ?? 0
            self = .revision(number == current.revision ? 0 : number)
        }
    }

    /// The revision a change is made for, `nil` for any.
    package var baseRevision: Int? {
        if case .revision(let number) = self { number } else { nil }
    }

    /// The number in a tag such as `"r18-3f9c2a"`.
    private static func number(_ tag: Substring) -> Int? {
        guard tag.hasPrefix("\"r"), let dash = tag.firstIndex(of: "-") else { return nil }
        let digits = tag.dropFirst(2).prefix(upTo: dash)
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
    }
}

extension EntityTag {
    /// The tag of a revision: it names the whole file, so that one who sees it without secrets can ask for a change, too.
    package init(of revision: RevisionRecord) {
        self.init(text: "\"r\(revision.number)-\(revision.checksum)\"")
    }
}

extension JobRequest {
    /// Takes over what a header says of the revision the job is made for.
    ///
    /// - Throws: ``Problem`` `body-invalid` when the body names another one.
    package mutating func take(_ precondition: Precondition) throws(Problem) {
        guard let number = precondition.baseRevision else { return }
        if let baseRevision, baseRevision != number {
            let text = "'base_revision' and If-Match name different revisions: give one of them."
            throw Problem(
                .bodyInvalid, text, faults: [.init(.pointer("/base_revision"), "parameter-invalid", detail: text)])
        }
        baseRevision = number
    }
}
