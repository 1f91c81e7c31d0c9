import JobEngine
package import Values

/// When a license ends.
package enum LicenseEnd {
    /// The moment a license's text names; `nil` for one that does not end, has no end that can be read, or is no license.
    ///
    /// A day without a time is the last one: it ends with that day, in UTC.
    package static func moment(in text: String) -> Timestamp? {
        guard let license = try? License(text), case .string(let end)? = license.value["Contract"]?["expiration_date"]
        else { return nil }
        return moment(end)
    }

    /// `2027-12-31`, `31.12.2027`, `2027-12-31 23:59:59`, or as RFC 3339 has it.
    static func moment(_ text: String) -> Timestamp? {
        if let moment = Timestamp(text) { return moment }
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard let first = words.first, words.count <= 2, let day = day(first) else { return nil }
        guard words.count == 2 else { return Timestamp("\(day)T00:00:00Z")?.advanced(by: .seconds(86_400)) }
        return Timestamp("\(day)T\(words[1])Z")
    }

    /// A day as RFC 3339 writes it.
    private static func day(_ text: Substring) -> String? {
        if let match = text.wholeMatch(of: /(\d{4})[-\/.](\d{2})[-\/.](\d{2})/) {
            return "\(match.1)-\(match.2)-\(match.3)"
        }
        return text.wholeMatch(of: /(\d{2})\.(\d{2})\.(\d{4})/).map { "\($0.3)-\($0.2)-\($0.1)" }
    }
}
