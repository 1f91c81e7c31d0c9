extension ChangeSet {
    /// The document with these changes made, even when it has changed elsewhere in between.
    ///
    /// - Throws: `invalid` when a key or section is not as it was when the changes were taken, or for redacted
    ///   values.
    package func applied(to document: Document) throws(EXAConfError) -> Document {
        var result = document
        for change in changes { try result.apply(change) }
        return result
    }

    /// The changes that lead back.
    package var inverted: ChangeSet {
        ChangeSet(changes: changes.reversed().map { Change(path: $0.path, key: $0.key, old: $0.new, new: $0.old) })
    }
}

extension Document {
    fileprivate mutating func apply(_ change: ChangeSet.Change) throws(EXAConfError) {
        guard let key = change.key else { return try applySection(change) }
        guard !change.isSecret || (change.old != Secret.mask && change.new != Secret.mask) else {
            throw EXAConfError.invalid("[\(change.path)] \(key): a masked value cannot be applied.")
        }
        guard value(key, in: change.path) == change.old else {
            throw EXAConfError.invalid("[\(change.path)] \(key) has been changed in between; take the changes anew.")
        }
        if let new = change.new {
            // The text may stem from a file, so it need not be one that a client could set.
            guard ValueScanner.canBeWritten(new) else {
                throw EXAConfError.invalid("[\(change.path)] \(key): the value cannot be stored.")
            }
            try self.change(change.path) { section in
                section.put(key, new, layout: SectionLayout.of(change.path))
            }
        } else {
            try remove(key, in: change.path)
        }
    }

    private mutating func applySection(_ change: ChangeSet.Change) throws(EXAConfError) {
        if change.new != nil {
            guard !contains(change.path) else { throw EXAConfError.exists("[\(change.path)]") }
            try addSection(change.path)
        } else {
            let section = try require(change.path)
            guard section.entries.isEmpty, section.sections.isEmpty else {
                throw EXAConfError.invalid("[\(change.path)] has got new content in between; take the changes anew.")
            }
            removeSection(change.path)
        }
    }
}
