extension Document {
    /// The section at a path; nil when there is none.
    package func section(at path: SectionPath) -> Section? {
        var found = root
        for name in path.names {
            guard let next = found.section(name) else { return nil }
            found = next
        }
        return found
    }

    /// The value of a key as it stands in the file; nil when the section or the key is missing.
    package func value(_ key: String, in path: SectionPath) -> String? {
        section(at: path)?[key]
    }

    /// Top-level sections of one kind that have an identifier, in file order.
    package func sections(kind: String) -> [Section] { root.sections(kind: kind) }

    /// Whether there is a section at that path.
    package func contains(_ path: SectionPath) -> Bool { section(at: path) != nil }

    /// Gives a key a new text; a key that was not there goes where the known key order has it, else behind the last.
    ///
    /// A new key gets the given comment lines, or those a fresh cluster's file has for it. Nothing else is touched.
    ///
    /// - Throws: `missing` without that section, `invalid` for a key or a text the file cannot hold.
    package mutating func set(
        _ key: String, to value: String, in path: SectionPath, comments: [String]? = nil
    ) throws(EXAConfError) {
        try TextRule.check(key: key)
        try TextRule.check(value: value, of: key)
        for comment in comments ?? [] { try TextRule.check(comment: comment) }
        try change(path) { section in
            section.put(key, value, layout: SectionLayout.of(path), comments: comments)
        }
    }

    /// Gives a key a list: `a, b`, or `a,b` when tight; one element gets a trailing comma unless tight.
    ///
    /// - Throws: `missing` without that section, `invalid` for an element with a comma or one the file cannot hold.
    package mutating func set(
        _ key: String, toList elements: [String], tight: Bool = false, in path: SectionPath
    ) throws(EXAConfError) {
        try set(key, to: try ListText.join(elements, tight: tight), in: path)
    }

    /// Takes a key out, with its comment lines; answers whether it was there.
    ///
    /// - Throws: `missing` without that section.
    @discardableResult
    package mutating func remove(_ key: String, in path: SectionPath) throws(EXAConfError) -> Bool {
        var removed = false
        try change(path) { section in
            guard let index = section.index(ofKey: key) else { return }
            section.entries.remove(at: index)
            removed = true
        }
        return removed
    }

    /// Adds a section behind the last one of its kind, else behind all others of its level.
    ///
    /// Comment lines default to those of a fresh cluster's file; a top-level section is set off by a blank line.
    ///
    /// - Throws: `exists` when there is one of that name, `missing` without the section around it, `invalid` for a
    ///   name or comment the file cannot hold.
    package mutating func addSection(_ path: SectionPath, comments: [String]? = nil) throws(EXAConfError) {
        guard let name = path.names.last else { throw EXAConfError.invalid("The root cannot be added.") }
        guard !contains(path) else { throw EXAConfError.exists("[\(path)]") }
        try TextRule.check(name: name)
        for comment in comments ?? [] { try TextRule.check(comment: comment) }
        let isTop = path.names.count == 1
        let isFirst = isTop && isEmpty && tail.isEmpty
        let heading = comments ?? SectionLayout.of(path)?.heading ?? []
        let lines = (isTop && !isFirst ? [""] : []) + heading
        try change(path.parent) { section in
            let added = Section(header: name.description, comments: lines)
            let last = section.sections.lastIndex { $0.name.kind == name.kind && $0.name.identifier != nil }
            let index = name.identifier == nil ? nil : last
            section.sections.insert(added, at: index.map { $0 + 1 } ?? section.sections.count)
        }
    }

    /// Takes a section out with everything in it; answers whether it was there.
    @discardableResult
    package mutating func removeSection(_ path: SectionPath) -> Bool {
        guard let name = path.names.last else { return false }
        var removed = false
        try? change(path.parent) { section in
            guard let index = section.index(of: name) else { return }
            section.sections.remove(at: index)
            removed = true
            // A section that opened the file had no blank line above it; its successor must not keep one.
            if path.names.count == 1, index == 0, section.sections.first?.comments.first == "" {
                section.sections[0].comments.removeFirst()
            }
        }
        return removed
    }

    mutating func change(_ path: SectionPath, _ body: (inout Section) -> Void) throws(EXAConfError) {
        guard root.change(path.names[...], body) else { throw EXAConfError.missing("[\(path)]") }
    }
}

extension Section {
    fileprivate mutating func change(_ names: ArraySlice<SectionName>, _ body: (inout Section) -> Void) -> Bool {
        guard let first = names.first else {
            body(&self)
            return true
        }
        guard let index = index(of: first) else { return false }
        return sections[index].change(names.dropFirst(), body)
    }

    mutating func put(_ key: String, _ value: String, layout: SectionLayout?, comments: [String]? = nil) {
        if let index = index(ofKey: key) {
            entries[index].value = value
            return
        }
        let entry = Entry(key, value, comments: comments ?? layout?.comments(of: key) ?? [])
        entries.insert(entry, at: layout?.position(of: key, in: entries) ?? entries.count)
    }
}
