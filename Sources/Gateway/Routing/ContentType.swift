import HTTPServer

/// A form an answer can have.
package enum ContentType: String, Sendable, Hashable, CaseIterable {
    case json = "application/json"
    case problem = "application/problem+json"
    /// RFC 7396.
    case mergePatch = "application/merge-patch+json"
    case text = "text/plain"
    case html = "text/html"
    case diff = "text/x-diff"
    case yaml = "application/yaml"
    case gzip = "application/gzip"
    case eventStream = "text/event-stream"
    case ndjson = "application/x-ndjson"

    /// The value of `Content-Type`.
    package var contentType: String {
        switch self {
        case .json, .problem, .mergePatch, .yaml, .eventStream, .ndjson, .gzip: rawValue
        case .text, .html, .diff: "\(rawValue); charset=utf-8"
        }
    }

    /// The best of the offered types for an `Accept` field, the first one when there is none; `nil` when none will do.
    package static func best(of offered: [ContentType], accept: String?) -> ContentType? {
        guard let accept, accept != "*/*" else { return offered.first }
        let ranges = AcceptElement.elements(of: accept).compactMap { MediaRange($0) }
        var best: (type: ContentType, quality: Double)?
        for type in offered {
            // The most exact range that covers a type decides on it (RFC 9110, 12.5.1).
            let covering = ranges.filter { $0.covers(type) }.max { $0.precision < $1.precision }
            guard let quality = covering?.quality, quality > 0 else { continue }
            if quality > best?.quality ?? 0 { best = (type, quality) }
        }
        return best?.type
    }
}

/// One element of an `Accept` field.
private struct MediaRange {
    let type: Substring
    let subtype: Substring
    let quality: Double

    init?(_ element: AcceptElement) {
        let name = element.name.split(separator: "/")
        guard name.count == 2 else { return nil }
        type = name[0]
        subtype = name[1]
        quality = element.weight
    }

    /// How exact it is: `*/*` 0, `text/*` 1, `text/html` 2.
    var precision: Int { type == "*" ? 0 : subtype == "*" ? 1 : 2 }

    func covers(_ media: ContentType) -> Bool {
        if precision == 0 { return true }
        let name = media.rawValue.split(separator: "/")
        return type == name[0] && (subtype == "*" || subtype == name[1])
    }
}
