/// One section: its header, its keys in file order, then its subsections in file order.
package struct Section: Sendable, Hashable {
    /// Text between the brackets as it stands in the file; empty for the root.
    package let header: String
    /// Comment lines in front of the header, without indentation; an empty text is a blank line.
    package internal(set) var comments: [String]
    /// The comment behind the header, from its `#` on.
    package internal(set) var inlineComment: String?
    /// Keys in file order.
    package internal(set) var entries: [Entry]
    /// Subsections in file order.
    package internal(set) var sections: [Section]

    init(
        header: String, comments: [String] = [], inlineComment: String? = nil, entries: [Entry] = [],
        sections: [Section] = []
    ) {
        self.header = header
        self.comments = comments
        self.inlineComment = inlineComment
        self.entries = entries
        self.sections = sections
    }

    /// Kind and identifier of the header.
    package var name: SectionName { SectionName(header: header) }

    /// The part of the header behind its first colon; empty without one.
    package var identifier: String { name.identifier ?? "" }

    /// The value of a key, nil when the key is missing.
    package subscript(key: String) -> String? {
        entries.first { $0.key == key }?.value
    }

    /// The first subsection of that name.
    package func section(_ name: SectionName) -> Section? {
        index(of: name).map { sections[$0] }
    }

    /// Subsections of one kind that have an identifier, in file order.
    package func sections(kind: String) -> [Section] {
        sections.filter { $0.header.utf8.starts(with: kind.utf8) && $0.name.kind == kind && $0.name.identifier != nil }
    }

    func index(of name: SectionName) -> Int? {
        // The prefix comparison spares splitting every header of a large file.
        sections.firstIndex { $0.header.utf8.starts(with: name.kind.utf8) && $0.name == name }
    }

    func index(ofKey key: String) -> Int? {
        entries.firstIndex { $0.key == key }
    }
}

/// One key with its value and everything that travels with it.
package struct Entry: Sendable, Hashable {
    /// Case-sensitive name of the key.
    package let key: String
    /// The text as it stands in the file, quotes included; line breaks only from triple quotes.
    package internal(set) var value: String
    /// Comment lines in front of the key, without indentation; an empty text is a blank line.
    package internal(set) var comments: [String]
    /// The comment behind the value, from its `#` on.
    package internal(set) var inlineComment: String?

    init(_ key: String, _ value: String, comments: [String] = [], inlineComment: String? = nil) {
        self.key = key
        self.value = value
        self.comments = comments
        self.inlineComment = inlineComment
    }
}
