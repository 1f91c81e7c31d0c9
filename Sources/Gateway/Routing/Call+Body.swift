import HTTPServer
package import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
package import Values

/// Bodies of other types than plain JSON.
extension Call {
    /// The most a configuration may have: 16 MiB.
    package static let configurationLimit = 16 * 1024 * 1024

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
        let body = try await request.boundedBody(upTo: limit)
        let value: Value
        do throws(JSON.Fault) {
            value = try JSON.request(body.readableBytesView)
        } catch {
            throw Problem(.bodyMalformed, "The body is not usable JSON: \(error).")
        }
        guard let members = value.map else {
            let text = "The body has to be an object, got \(value.jsonType)."
            throw Problem(.bodyInvalid, text, faults: [.init(.pointer(""), "wrong-type", text)])
        }
        return members
    }

    /// The text of a body.
    ///
    /// - Throws: ``Problem`` for one that is too large, or not UTF-8.
    package func text(limit: Int) async throws -> String {
        let body = try await request.boundedBody(upTo: limit)
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            let words = "The body is not UTF-8 text."
            throw Problem(.bodyInvalid, words, faults: [.init(.pointer(""), "wrong-type", words)])
        }
        return text
    }
}

extension HTTPField.Name {
    /// What a resource takes as a patch (RFC 5789).
    package static var acceptPatch: HTTPField.Name { HTTPField.Name("Accept-Patch") ?? .accept }
}
