extension Document {
    /// The line a key, or the header of a section, stands in; counted from 1, nil when it is not there.
    ///
    /// Reading and writing keep every line, so the number holds for the stored file as well.
    package func line(of key: String? = nil, in path: SectionPath) -> Int? {
        var line = 0
        return Self.find(key, path.names[...], in: root, line: &line)
    }

    private static func find(
        _ key: String?, _ names: ArraySlice<SectionName>, in section: Section, line: inout Int
    ) -> Int? {
        let isTarget = names.isEmpty
        if isTarget, key == nil { return max(line, 1) }
        for entry in section.entries {
            line += entry.comments.count + 1
            if isTarget, entry.key == key { return line }
            line += entry.value.utf8.count { $0 == 0x0A }
        }
        guard let next = names.first else { return nil }
        for child in section.sections {
            line += child.comments.count + 1
            if child.name == next { return find(key, names.dropFirst(), in: child, line: &line) }
            line += lines(in: child)
        }
        return nil
    }

    private static func lines(in section: Section) -> Int {
        let entries = section.entries.reduce(0) { count, entry in
            count + entry.comments.count + 1 + entry.value.utf8.count { $0 == 0x0A }
        }
        return section.sections.reduce(entries) { $0 + $1.comments.count + 1 + lines(in: $1) }
    }
}
