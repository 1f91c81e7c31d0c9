/// User id and group id an object belongs to, written `500 : 500`.
package struct Owner: Sendable, Hashable, CustomStringConvertible {
    /// User id.
    package let user: Int
    /// Group id.
    package let group: Int

    /// Ids as given; whether they exist is a matter of the document.
    package init(user: Int, group: Int) {
        self.user = user
        self.group = group
    }

    /// Reads two ids with a colon between them, blanks optional.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int(Blanks.trimmed($0)) }
        guard parts.count == 2, let user = parts[0], let group = parts[1], user >= 0, group >= 0 else { return nil }
        self.init(user: user, group: group)
    }

    package var description: String { "\(user) : \(group)" }
}
