/// A field such as `If-Match`: tags of contents, or `*` for any content (RFC 9110, 13.1).
package struct EntityTags: Sendable {
    /// With their quotes, and `W/` before those that are weak.
    package let tags: [Substring]

    /// Takes what stands between commas, whatever it is.
    package init(_ field: String) {
        tags = field.split(separator: ",").map { tag in
            let start = tag.drop { $0 == " " || $0 == "\t" }
            return start[..<(start.lastIndex { $0 != " " && $0 != "\t" }.map(start.index(after:)) ?? start.endIndex)]
        }
    }

    /// Whether it is `*`, which names every content there is.
    package var isAny: Bool { tags == ["*"] }

    /// Whether it names a content.
    ///
    /// - Parameters:
    ///   - tag: A strong one, with its quotes.
    ///   - weakly: Whether the weak form of it names it, too, as it does for a reader.
    package func name(_ tag: String, weakly: Bool) -> Bool {
        isAny || tags.contains { $0 == tag || weakly && $0.hasPrefix("W/") && $0.dropFirst(2) == tag }
    }
}
