/// The part of a file a `Range` header asks for (RFC 9110, 14).
package enum ByteRange: Hashable, Sendable {
    case whole
    /// Positions of bytes, not empty and not behind the end.
    case part(Range<Int>)
    /// It begins behind the end.
    case unsatisfiable

    /// Several ranges, and what is no range of bytes, count as none: the whole file is a right answer to them.
    package init(_ header: String?, size: Int) {
        guard let header, header.lowercased().hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.position(ends[0]), let last = Self.position(ends[1]) else {
            self = .whole
            return
        }
        switch (first, last) {
        case (.none, .none): self = .whole
        case (.none, .some(let count)):
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        case (.some(let first), .some(let last)) where last < first: self = .whole
        case (.some(let first), _) where first >= size: self = .unsatisfiable
        case (.some(let first), let last): self = .part(first..<(min(size - 1, last ?? size) + 1))
        }
    }

    /// `.some(nil)` for an end that is left open, `nil` for what is no number.
    private static func position(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        // More digits than fit are a position behind the end of every file.
        return .some(Int(text) ?? Int.max - 1)
    }
}
