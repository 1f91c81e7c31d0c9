package import HTTPTypes
import Hummingbird
import Values

/// That an operation should not be used any more, as answers (RFC 9745, RFC 8594) and the OpenAPI document tell it.
package struct Deprecation: Sendable, Hashable {
    /// Since when, in seconds since 1970; it may lie ahead.
    package let since: Int
    /// When the operation may be gone, in seconds since 1970; `nil` as long as nobody has said so.
    package let sunset: Int?
    /// The path of what to use instead; `nil` when there is nothing.
    package let successor: String?

    /// - Parameters:
    ///   - since: In seconds since 1970.
    ///   - sunset: In seconds since 1970, not before `since`.
    ///   - successor: A path on this server.
    package init(since: Int, sunset: Int? = nil, successor: String? = nil) {
        self.since = since
        self.sunset = sunset
        self.successor = successor
    }

    /// The header fields of every answer of the operation, an error included.
    package var fields: HTTPFields {
        var fields: HTTPFields = [.deprecation: "@\(since)"]
        fields[.sunset] = sunset.map { HTTPDate.text($0) }
        fields[.link] = successor.map { "<\($0)>; rel=\"successor-version\"" }
        return fields
    }

    /// What the OpenAPI document says of it in words.
    package var sentence: String {
        let end = sunset.map { " It may be gone after \(HTTPDate.text($0))." } ?? ""
        return "Do not use it any more." + end + (successor.map { " Use \($0) instead." } ?? "")
    }
}

extension HTTPField.Name {
    package static let deprecation = HTTPField.Name("Deprecation") ?? .date
    package static let sunset = HTTPField.Name("Sunset") ?? .date
}
