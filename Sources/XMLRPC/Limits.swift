/// How large a document may be before the reader gives up on it.
package struct Limits: Sendable, Hashable {
    /// Size of the document in bytes.
    package var bodyBytes: Int
    /// How deep values may be nested; a number in a list in a parameter is at depth 2.
    package var depth: Int
    /// XML elements of every kind; a member of a struct alone takes four.
    package var elements: Int
    /// Bytes of text in one element, after entities are resolved and before base64 is decoded.
    package var textBytes: Int

    /// What is left out has the bound of ``standard``.
    package init(
        bodyBytes: Int = 8 << 20, depth: Int = 64, elements: Int = 250_000, textBytes: Int = 4 << 20
    ) {
        self.bodyBytes = bodyBytes
        self.depth = depth
        self.elements = elements
        self.textBytes = textBytes
    }

    /// 8 MiB, depth 64, 250,000 elements, 4 MiB of text in one element.
    package static let standard = Limits()
}
