import Values

/// The structured difference between two documents: keys and sections that came, went or changed.
///
/// Comments, blank lines and the order of entries do not count; a text difference shows those.
package struct ChangeSet: Sendable, Hashable {
    /// One key or section that differs.
    package struct Change: Sendable, Hashable, CustomStringConvertible {
        /// The section; the key, when there is one, is a key of that section.
        package let path: SectionPath
        /// Nil when the section itself came or went.
        package let key: String?
        /// The text before; nil when the key or section was not there.
        package let old: String?
        /// The text after; nil when the key or section is not there any more.
        package let new: String?

        /// Both texts as they are shown to people without full rights; `nil` where there is none.
        private let shownOld, shownNew: String?

        /// The change of a key, or of a section where there is no key.
        ///
        /// - Parameter sections: Where the texts stand, before and after.
        init(
            path: SectionPath, key: String? = nil, old: String?, new: String?,
            in sections: (before: Section?, after: Section?) = (nil, nil)
        ) {
            (self.path, self.key, self.old, self.new) = (path, key, old, new)
            shownOld = old.map { sections.before?.shown(key ?? "", as: $0) ?? Secret.masked($0, of: key ?? "") }
            shownNew = new.map { sections.after?.shown(key ?? "", as: $0) ?? Secret.masked($0, of: key ?? "") }
        }

        /// The change with `***` for secret values.
        package var redacted: Change {
            let names = path.names.map { SectionName(header: Secret.masked($0.description)) }
            return Change(path: SectionPath(names), key: key.map(Secret.masked), old: shownOld, new: shownNew)
        }

        /// A sign (`+`, `-`, `~`), the place and both texts; secrets as `***`.
        package var description: String {
            let shown = redacted
            let place = "[\(shown.path)]" + (shown.key.map { " \($0)" } ?? "")
            guard key != nil else { return "\(new == nil ? "-" : "+") \(place)" }
            switch (shown.old, shown.new) {
            case (nil, let new?): return "+ \(place) = \(new)"
            case (let old?, nil): return "- \(place) = \(old)"
            case (let old, let new): return "~ \(place) = \(old ?? "") -> \(new ?? "")"
            }
        }
    }

    /// In file order of the newer document; what went comes where it was, before what follows.
    package let changes: [Change]

    /// A change set of given changes.
    package init(changes: [Change]) {
        self.changes = changes
    }

    /// What leads from one document to the other.
    ///
    /// - Parameter ignoringStamp: leaves `Revision` and `Checksum` out, which every commit changes.
    package init(from old: Document, to new: Document, ignoringStamp: Bool = false) {
        var found: [Change] = []
        Self.compare(old.root, with: new.root, at: .root, into: &found)
        changes = ignoringStamp ? found.filter { !Self.isStamp($0) } : found
    }

    /// Whether nothing differs.
    package var isEmpty: Bool { changes.isEmpty }

    /// The same changes with `***` for secret values; it cannot be applied.
    package func redacted() -> ChangeSet { ChangeSet(changes: changes.map(\.redacted)) }

    private static func isStamp(_ change: Change) -> Bool {
        change.path == .global && (change.key == "Revision" || change.key == "Checksum")
    }

    private static func compare(_ old: Section?, with new: Section?, at path: SectionPath, into found: inout [Change]) {
        if old == nil, let new { found.append(Change(path: path, old: nil, new: new.header)) }
        compareEntries(old, with: new, at: path, into: &found)
        let names = Dictionary((new?.sections ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let before = Dictionary((old?.sections ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for section in old?.sections ?? [] where names[section.name] == nil {
            compare(section, with: nil, at: path.appending(section.name), into: &found)
        }
        for section in new?.sections ?? [] {
            compare(before[section.name], with: section, at: path.appending(section.name), into: &found)
        }
        if new == nil, let old { found.append(Change(path: path, old: old.header, new: nil)) }
    }

    private static func compareEntries(
        _ before: Section?, with after: Section?, at path: SectionPath, into found: inout [Change]
    ) {
        let (old, new, sections) = (before?.entries ?? [], after?.entries ?? [], (before: before, after: after))
        guard old != new else { return }
        let values = Dictionary(old.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let kept = Set(new.map(\.key))
        for entry in old where !kept.contains(entry.key) {
            found.append(Change(path: path, key: entry.key, old: entry.value, new: nil, in: sections))
        }
        for entry in new where values[entry.key] != entry.value {
            found.append(Change(path: path, key: entry.key, old: values[entry.key], new: entry.value, in: sections))
        }
    }
}
