package import Values

/// The lines a command said while it ran, oldest first.
package struct CommandLog: Sendable, Hashable {
    /// One line.
    package struct Line: Sendable, Hashable {
        /// When it was said.
        package let at: Timestamp
        /// Without secrets, control characters and line end, at most 2,000 characters.
        package let text: String
    }

    /// Lines and bytes of a command that are kept; a program that says more is not heard.
    private static let most = (lines: 1_000, bytes: 128 * 1024)

    package private(set) var lines: [Line] = []
    private var bytes = 0

    package init() {}

    /// Keeps one more line.
    ///
    /// - Returns: Whether it was kept. Of those that are too many, the first is told as a line that says so.
    mutating func append(_ text: String, at time: Timestamp) -> Bool {
        guard lines.count < Self.most.lines, bytes < Self.most.bytes else { return false }
        // Lazily: of a line of a mebibyte no more is looked at than is kept.
        let shown = Secret.masked(text).lazy.filter {
            !$0.isASCII || $0 == "\t" || ("\u{20}"..."\u{7E}").contains($0)
        }
        let text = String(shown.prefix(2_000))
        bytes += text.utf8.count
        let isLast = lines.count + 1 == Self.most.lines || bytes >= Self.most.bytes
        lines.append(Line(at: time, text: isLast ? "(what the command said besides is left out)" : text))
        return true
    }

    /// As it is stored; `nil` for an empty one.
    var value: Value? {
        if lines.isEmpty { return nil }
        return .list(lines.map { ["at": $0.at.value, "text": .string($0.text)] })
    }

    /// What is no line is passed over.
    init(_ value: Value?) {
        for line in value?.list ?? [] {
            guard let at = line["at"].flatMap({ Timestamp($0) }), let text = line["text"]?.string else { continue }
            lines.append(Line(at: at, text: text))
            bytes += text.utf8.count
        }
    }
}
