import Values

extension Document {
    /// The document with `***` for every secret, to be shown to people without full rights; never to be stored.
    package func redacted() -> Document {
        var result = self
        result.root = root.redacted
        result.tail = tail.map(Secret.masked)
        return result
    }

    /// Puts the secrets of another document back where `***` stands for them, as whoever may not see them sends them back.
    ///
    /// - Returns: The keys that have `***` in place of a secret nobody knows.
    package mutating func restoreSecrets(of former: Document) -> [(section: SectionPath, key: String)] {
        var faults: [(section: SectionPath, key: String)] = []
        root.restoreSecrets(of: former.root, at: .root, &faults)
        return faults
    }
}

extension Section {
    /// The value of a key as it is shown to people without full rights.
    ///
    /// - Parameter value: Another one than the section has.
    package func shown(_ key: String, as value: String) -> String {
        Secret.masked(value, of: key, ofStore: storeType)
    }

    /// Whether `***` stands in a value where a secret should.
    func isMask(_ entry: Entry) -> Bool {
        Secret.isMasked(entry.value, of: entry.key, ofStore: storeType)
    }

    /// The kind of store it has settings of.
    private var storeType: String? { self["Type"] }

    fileprivate var redacted: Section {
        let entries = entries.map { entry in
            Entry(
                Secret.masked(entry.key), shown(entry.key, as: entry.value),
                comments: entry.comments.map(Secret.masked), inlineComment: entry.inlineComment.map(Secret.masked))
        }
        return Section(
            header: Secret.masked(header), comments: comments.map(Secret.masked),
            inlineComment: inlineComment.map(Secret.masked), entries: entries, sections: sections.map(\.redacted))
    }

    fileprivate mutating func restoreSecrets(
        of former: Section?, at path: SectionPath, _ faults: inout [(section: SectionPath, key: String)]
    ) {
        for index in entries.indices where entries[index].value.contains(Secret.mask) {
            let entry = entries[index]
            let present = former?[entry.key]
            if present == entry.value { continue }
            if let present, former?.shown(entry.key, as: present) == entry.value {
                entries[index].value = present
            } else if isMask(entry) {
                faults.append((path, entry.key))
            }
        }
        for index in sections.indices {
            let name = sections[index].name
            // Most sections stand where they stood.
            let counterpart = former.flatMap { former in
                former.sections.indices.contains(index) && former.sections[index].header == sections[index].header
                    ? former.sections[index] : former.section(name)
            }
            if sections[index] == counterpart { continue }
            sections[index].restoreSecrets(of: counterpart, at: path.appending(name), &faults)
        }
    }
}
