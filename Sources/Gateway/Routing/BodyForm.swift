/// What a body is read as, and so how much memory that takes.
package enum BodyForm: Sendable {
    case json
    case xml
    /// The text of a configuration.
    case text

    /// About how many bytes of memory a body of so many bytes takes at most, while it is read and once it is read.
    ///
    /// A value in a list takes 24 bytes and as many again while the list grows, a text of more than 15 letters 48 and its
    /// letters, a member of an object about twice that. So many small values cost most: `1,` is two letters in JSON, `<value/>`
    /// eight in XML. Their number is limited, to 100,000 in JSON and 250,000 in XML, and what they take with it.
    package func weight(of bytes: Int) -> Int {
        switch self {
        // The body, the reader's own copy, and the texts in it.
        case .json: 3 * bytes + min(48 * bytes, 12 << 20)
        // The body and the texts in it; the reader takes it by pieces.
        case .xml: 2 * bytes + min(8 * bytes, 20 << 20)
        // The body, its text, and the document with all its lines.
        case .text: 4 * bytes
        }
    }
}
