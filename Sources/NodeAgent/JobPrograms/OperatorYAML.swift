package import Yams

/// YAML of files that the operator writes.
package enum OperatorYAML {
    /// Columns in which something nested may begin, and brackets of a whole text.
    private static let (deepest, mostBrackets) = (256, 1000)

    /// The document of a text; `nil` for one without.
    ///
    /// - Throws: ``YAMLFault`` for what is no YAML, and for what could be nested so deep that reading it would use up the
    ///   stack: the library goes down one call for each level.
    package static func document(_ text: [UInt8]) throws(YAMLFault) -> Node? {
        let brackets = text.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        let isDeep = text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { line in
            line.prefix { " -?:\t".utf8.contains($0) }.count > deepest
        }
        guard brackets <= mostBrackets, !isDeep else {
            throw YAMLFault(
                description: "it begins lines behind column \(deepest), or has more than \(mostBrackets) brackets")
        }
        // A byte order mark would count as a column, by which the first name were deeper than the next.
        let plain = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
        do {
            return try Yams.compose(yaml: String(decoding: plain, as: UTF8.self))
        } catch {
            throw YAMLFault(description: "it is not YAML: \(error)")
        }
    }
}

/// Why a text cannot be used, in words that end a sentence.
package struct YAMLFault: Error, CustomStringConvertible {
    package let description: String

    init(description: String) { self.description = description }
}
