/// The place of a request in a trace somebody else keeps, as the field `traceparent` names it (W3C Trace Context).
package struct TraceContext: Sendable, Hashable {
    /// The whole field, in lower case.
    package let text: String
    /// 32 hexadecimal digits: what all parts of one trace share.
    package let traceID: String

    /// `nil` for a field that is absent or malformed; such a field counts as none.
    package init?(_ field: String?) {
        guard let field, field.utf8.count <= 512 else { return nil }
        let parts = field.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), Self.isHex(parts[1], 32), Self.isHex(parts[2], 16),
            Self.isHex(parts[3], 2), parts[0] != "ff", Self.isAnything(parts[1]), Self.isAnything(parts[2])
        else { return nil }
        // Later versions may say more behind what version 00 has.
        if parts[0] == "00", parts.count > 4 { return nil }
        text = parts[..<4].joined(separator: "-")
        traceID = String(parts[1])
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isAnything(_ text: Substring) -> Bool { text.utf8.contains { $0 != 0x30 } }
}
