import Gateway
import HTTPTypes
import JobEngine
import Values

/// The parts of the document that operations share, beside schemas.
enum OpenAPIComponents {
    static func ref(_ kind: String, _ name: String) -> Value { ["$ref": .string("#/components/\(kind)/\(name)")] }

    /// What a status means here.
    static func words(of status: HTTPResponse.Status) -> String {
        switch status {
        case .ok: "Done."
        case .created: "Made."
        case .noContent: "Done; there is nothing to say."
        case .accepted: "Taken, and not done yet; ask again after Retry-After."
        case .serviceUnavailable: "Not now."
        default: status.reasonPhrase
        }
    }

    // MARK: Responses

    static let responses: [String: Value] = {
        var responses: [String: Value] = [
            "NotModified": [
                "description": "The caller has it already, as If-None-Match says.",
                "headers": ["ETag": ref("headers", "ETag")],
            ],
            "NotMaster": problem(
                "Another node is the master: send the request, with its login, to Location.",
                headers: ["Location", "Confd-Master", "Confd-Term"], code: .gateway(.notMaster)),
            "ClientError": problem(
                "The request has to be changed first; 'code' says why.", headers: [], code: .gateway(.notAcceptable)),
            "ServerError": problem("The server could not do it.", headers: ["Retry-After"], code: .job(.internal)),
        ]
        for (status, words, headers, code) in errors {
            responses["Error\(status)"] = problem(words, headers: headers, code: code)
        }
        return responses
    }()

    private static let errors: [(Int, String, [String], ProblemCode)] = [
        (400, "Body, query or header is not usable; 'errors' lists every fault.", [], .job(.parameterMissing)),
        (
            401, "No credentials, or wrong ones; all causes look the same.", ["WWW-Authenticate"],
            .gateway(.authenticationFailed)
        ),
        (403, "The caller may not do this; the problem names who may.", [], .job(.permissionDenied)),
        (404, "There is no such thing, or the caller may not know of it.", [], .job(.jobNotFound)),
        (409, "The state of things forbids it.", [], .job(.jobNotCancellable)),
        (410, "It is not kept here any more; the problem names the archive.", [], .job(.jobExpired)),
        (413, "The body is too large.", [], .gateway(.bodyTooLarge)),
        (415, "The body has to be application/json.", [], .gateway(.unsupportedMediaType)),
        (422, "The idempotency key was used for another request.", [], .job(.idempotencyKeyReused)),
        (
            429, "Too many requests at once or without a login, or too many failed logins.",
            ["Retry-After", "RateLimit", "RateLimit-Policy"],
            .gateway(.rateLimited)
        ),
        (
            503,
            "Not now: no master, no quorum, the node is joining or behind, stopping, full, or logins cannot be checked.",
            ["Retry-After"],
            .gateway(.unavailable)
        ),
    ]

    private static func problem(_ description: String, headers: [String], code: ProblemCode) -> Value {
        [
            "description": .string(description),
            "headers": .map(Dictionary((headers + common).map { ($0, ref("headers", $0)) }) { first, _ in first }),
            "content": [
                "application/problem+json": ["schema": Schema.ref("Problem"), "example": Examples.problem(code)]
            ],
        ]
    }

    // MARK: Header fields

    /// Those every answer has.
    static let common = ["Confd-Node", "Confd-Request-Id"]
    /// Those of an answer that any node gave from what it knows.
    static let local = ["Confd-Revision", "Confd-Term", "Confd-Data-Age-Ms"]

    static let headers: [String: Value] = {
        let texts = [
            "Location": "Path of the job, or the address on the master.",
            "Retry-After": "Seconds after which to ask again.",
            "Preference-Applied": "The wait that was applied.",
            "Idempotency-Replayed": "Whether the key had been used before and this is the job made then.",
            "ETag": "Names this content; give it back in If-None-Match.",
            "Link": "The next and the first page (RFC 8288).",
            "Last-Modified": "When the revision was decided.",
            "Deprecation": "Since when the operation should not be used any more (RFC 9745).",
            "Sunset": "When it may be gone (RFC 8594).",
            "Confd-Revision": "The number of the revision.",
            "Confd-Request-Id": "The request's id in logs and audit records.",
            "Confd-Node": "The id of the node that answered.",
            "Confd-Master": "Host and port of the master.",
            "Confd-Term": "The entry of the log with which the term of office began.",
            "Confd-Data-Age-Ms": "How old what is told may be, in milliseconds.",
            "WWW-Authenticate": "The kinds of login there are.",
            "Set-Cookie": "The session's cookie, when one was asked for.",
            "RateLimit": "Without a login: what is left of the limit (r), and seconds until all of it is (t).",
            "RateLimit-Policy": "Without a login: requests at once (q), and seconds in which they come back (w).",
        ]
        let numbers: Set = ["Retry-After", "Confd-Revision", "Confd-Node", "Confd-Term", "Confd-Data-Age-Ms"]
        return Dictionary(
            texts.map { name, text in
                let schema: Value =
                    numbers.contains(name)
                    ? ["type": "integer", "format": "int64", "minimum": 0] : ["type": "string"]
                return (name, ["description": .string(text), "schema": schema])
            }
        ) { first, _ in first }
    }()

    /// Header fields of requests, by name.
    static let parameters: [String: Value] = {
        let key: Value = ["type": "string", "pattern": .string(Call.idempotencyKeyPattern)]
        return [
            "If-None-Match": field(
                "If-None-Match", "The tag of the content the caller has.", schema: ["type": "string"]),
            "Last-Event-ID": field(
                "Last-Event-ID", "The id of the last event the caller knows.", schema: ["type": "string"]),
            "If-Match": field(
                "If-Match", "The ETag of the configuration the change is made for; with another one it is not made.",
                schema: ["type": "string"]),
            "Prefer": field(
                "Prefer",
                "wait=30 waits up to so many seconds; redirect=307 asks for a redirect that keeps the method.",
                schema: ["type": "string"]),
            "Idempotency-Key": field(
                "Idempotency-Key", "The caller's own name of the request: repeated with it, no second job is made.",
                schema: key
            ),
        ]
    }()

    private static func field(_ name: String, _ text: String, schema: Value) -> Value {
        [
            "name": .string(name), "in": "header", "required": false, "schema": schema,
            "description": .string(text),
        ]
    }

    static let security: Value = [
        "basicAuth": ["type": "http", "scheme": "basic", "description": "User name and password."],
        "bearerAuth": ["type": "http", "scheme": "bearer", "description": "A token."],
        "sessionCookie": [
            "type": "apiKey", "in": "cookie", "name": "__Host-confd",
            "description": "For browsers. What changes something needs the header Confd-CSRF as well.",
        ],
    ]
}
