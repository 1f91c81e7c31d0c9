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
