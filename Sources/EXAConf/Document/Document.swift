/// The content of one EXAConf file: every key, section, comment and blank line, in file order.
///
/// Two documents are equal when all of that is equal. What is written is always the canonical form.
package struct Document: Sendable, Hashable {
    /// How lines end; the first line of the file decides.
    package enum LineEnd: String, Sendable, Hashable {
        /// Line feed.
        case lf = "\n"
        /// Carriage return and line feed.
        case crlf = "\r\n"
    }

    /// Texts above this many bytes are refused.
    package static let sizeLimit = 16 * 1024 * 1024

    /// Keys in front of the first header, and all top-level sections.
    package internal(set) var root: Section
    /// Comment and blank lines behind the last key, with their own indentation.
    package internal(set) var tail: [String]
    /// How lines end when the document is written.
    package internal(set) var lineEnd: LineEnd

    /// A document without any content; its canonical form is one line end.
    package init() {
        root = Section(header: "")
        tail = []
        lineEnd = .lf
    }

    /// Reads the bytes of a file.
    ///
    /// - Throws: `tooLarge`, `notUTF8` or `syntax` with the line of the first fault. The whole file is refused.
    package init(parsing bytes: some Sequence<UInt8>) throws(EXAConfError) {
        try self.init(parsing: Array(bytes))
    }

    /// Reads the text of a file.
    ///
    /// - Throws: `tooLarge` or `syntax` with the line of the first fault. The whole text is refused.
    package init(parsing text: String) throws(EXAConfError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads the bytes of a file.
    ///
    /// - Throws: `tooLarge`, `notUTF8` or `syntax` with the line of the first fault. The whole file is refused.
    package init(parsing bytes: [UInt8]) throws(EXAConfError) {
        guard bytes.count <= Self.sizeLimit else {
            throw EXAConfError(
                .tooLarge, "The file has \(bytes.count) bytes, more than the \(Self.sizeLimit) that are read.")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw EXAConfError(.notUTF8, "The file is not UTF-8 text; save it as ASCII or UTF-8.")
        }
        var parser = DocumentParser(bytes: bytes)
        self = try parser.parse()
    }

    /// Whether nothing but comments and blank lines is in the document.
    package var isEmpty: Bool { root.entries.isEmpty && root.sections.isEmpty }
}
