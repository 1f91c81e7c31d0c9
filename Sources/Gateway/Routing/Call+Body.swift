import Access
import HTTPServer
package import HTTPTypes
import Hummingbird
import JobEngine
package import NIOCore
package import Values

/// Bodies of other types than plain JSON.
extension Call {
    /// The most a configuration may have: 16 MiB.
    package static let configurationLimit = 16 * 1024 * 1024

    /// The whole body, unpacked; it waits until there is memory to read it as what it is to be.
    ///
    /// - Throws: what ``Problem`` knows the answer to: too large (413), no memory in time (503), packed in a way that is not read
    ///   (415), damaged (400), too slow (408); `authenticationFailed` when the login ended while it came.
    package func body(upTo limit: Int, as form: BodyForm) async throws -> ByteBuffer {
        let memory = memory
        let body = try await request.boundedBody(upTo: limit) { bytes, most in
            try await memory?.grow(to: form.weight(of: bytes), most: form.weight(of: most))
        }
        try await Self.requireLogin()
        return body
    }

    /// Looks at the login of the request again when something changed since, or more than a second has passed: nothing is
    /// done for one that has ended meanwhile.
    ///
    /// - Throws: `authenticationFailed`.
    static func requireLogin() async throws(AccessError) {
        guard await RequestLogin.current?.goesOn() == false else { return }
        throw .authenticationFailed
    }

    /// What was read of the body is all that is kept of it from now on.
    package func keep(_ value: Value) { memory?.settle(at: value.footprint) }

    /// The JSON document of a body, which is not needed any more.
    ///
    /// - Throws: ``Problem`` `body-malformed`.
    func document(in body: ByteBuffer) throws(Problem) -> Value {
        do throws(JSON.Fault) {
            let value = try JSON.request(body.readableBytesView)
            keep(value)
            return value
        } catch {
            throw Problem(.bodyMalformed, "The body is not usable JSON: \(error).")
        }
    }

    /// The type of the body, one of those given.
    ///
    /// - Throws: ``Problem`` `unsupported-media-type` that names them.
    package func bodyType(among types: [ContentType]) throws(Problem) -> ContentType {
        let named = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.trimmingBlanks.lowercased()
        if let type = types.first(where: { $0.rawValue == named }) { return type }
        let names = types.map(\.rawValue).joined(separator: " or ")
        var problem = Problem(.unsupportedMediaType, "The body has to be \(names); say so in Content-Type.")
        if request.method == .patch { problem.headers[.acceptPatch] = types.map(\.rawValue).joined(separator: ", ") }
        throw problem
    }

    /// The members of a body that is a JSON object, whichever JSON type it has.
    ///
    /// - Throws: ``Problem`` for one that is too large, absent, no JSON or no object.
    package func object(limit: Int) async throws -> [String: Value] {
        let value = try document(in: try await body(upTo: limit, as: .json))
        guard let members = value.map else {
            let text = "The body has to be an object, got \(value.jsonType)."
            throw Problem(.bodyInvalid, text, faults: [.init(.pointer(""), "wrong-type", detail: text)])
        }
        return members
    }

    /// The text of a body.
    ///
    /// - Throws: ``Problem`` for one that is too large, or not UTF-8.
    package func text(limit: Int) async throws -> String {
        let body = try await body(upTo: limit, as: .text)
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            let words = "The body is not UTF-8 text."
            throw Problem(.bodyInvalid, words, faults: [.init(.pointer(""), "wrong-type", detail: words)])
        }
        return text
    }
}

extension HTTPField.Name {
    /// What a resource takes as a patch (RFC 5789).
    package static var acceptPatch: HTTPField.Name { HTTPField.Name("Accept-Patch") ?? .accept }
}

/// What a body is read as, and so how much memory that takes.
package enum BodyForm: Sendable {
    case json
    case xml
    /// The text of a configuration.
    case text

    /// About how many bytes of memory a body of so many bytes takes at most, while it is read and once it is read.
    ///
    /// A value in a list takes 24 bytes and as many again while the list grows, a text of more than 15 letters 48 and its
    /// letters, a member of an object about twice that. So many small values cost most: `1,` is two letters in JSON, `<value/>`
    /// eight in XML. Their number is limited, to 100,000 in JSON and 250,000 in XML, and what they take with it.
    package func weight(of bytes: Int) -> Int {
        switch self {
        // The body, the reader's own copy, and the texts in it.
        case .json: 3 * bytes + min(48 * bytes, 12 << 20)
        // The body and the texts in it; the reader takes it by pieces.
        case .xml: 2 * bytes + min(8 * bytes, 20 << 20)
        // The body, its text, and the document with all its lines.
        case .text: 4 * bytes
        }
    }
}
