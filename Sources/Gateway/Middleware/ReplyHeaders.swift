package import HTTPTypes

/// The header fields every answer has, made once.
package struct ReplyHeaders: Sendable {
    private let kept: HTTPFields
    private let unkept: HTTPFields

    /// - Parameter node: The id of this node.
    package init(node: Int) {
        var fields = Self.security
        fields.append(HTTPField(name: .confdNode, value: String(node)))
        kept = fields
        fields.append(HTTPField(name: .cacheControl, value: "no-store"))
        unkept = fields
    }

    /// The fields of an answer the transport gives by itself, which knows nothing of nodes.
    package static let unrouted: HTTPFields = {
        var fields = security
        fields.append(HTTPField(name: .cacheControl, value: "no-store"))
        return fields
    }()

    /// A route's own fields with the common ones; what is not marked otherwise must not be stored.
    package func complete(_ fields: HTTPFields) -> HTTPFields {
        var all = fields.contains(.cacheControl) ? kept : unkept
        all.append(contentsOf: fields)
        return all
    }

    /// Pages may load what this server serves and nothing else, and nobody may frame or sniff them.
    private static let security: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        .xContentTypeOptions: "nosniff",
        .named("X-Frame-Options"): "DENY",
        .named("Referrer-Policy"): "no-referrer",
        .named("Cross-Origin-Opener-Policy"): "same-origin",
        .named("Cross-Origin-Resource-Policy"): "same-origin",
        .strictTransportSecurity: "max-age=63072000",
    ]
}

extension HTTPField.Name {
    package static let confdNode = named("Confd-Node")
    package static let confdMaster = named("Confd-Master")
    package static let confdRevision = named("Confd-Revision")
    package static let confdDataAge = named("Confd-Data-Age-Ms")
    package static let confdTerm = named("Confd-Term")
    package static let prefer = named("Prefer")
    package static let preferenceApplied = named("Preference-Applied")
    package static let link = named("Link")
    package static let idempotencyKey = named("Idempotency-Key")
    package static let idempotencyReplayed = named("Idempotency-Replayed")

    /// A field this file names; all of them are valid, so the initializer does not return nil.
    fileprivate static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
}
