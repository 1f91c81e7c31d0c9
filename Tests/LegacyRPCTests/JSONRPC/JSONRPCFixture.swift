import HTTPTypes
import JobEngine
import Support
import Values

@testable import LegacyRPC

/// Asking the JSON-RPC API of the fixture that all remote methods share.
extension XMLRPCFixture {
    /// An answer of the JSON-RPC API.
    struct JSONAnswer {
        let status: Int
        let headers: HTTPFields
        let text: String

        func value() throws -> Value { try JSON.parse(text) }

        /// The code of a problem.
        var code: String? { (try? value())?["code"]?.string }
    }

    /// Posts a text.
    func json(
        _ body: String, path: String = "/jrpc", as user: String = "admin", headers: HTTPFields = [:]
    ) async throws -> JSONAnswer {
        try await json(
            body, path: path, authorization: NamedPasswords.basic(user, "\(user)-pw"), headers: headers)
    }

    /// Posts a text with any login, or none.
    func json(
        _ body: String, path: String = "/jrpc", authorization: String?, headers: HTTPFields = [:]
    ) async throws -> JSONAnswer {
        let answer = try await post(path, authorization: authorization, headers: headers, body: Array(body.utf8))
        return JSONAnswer(
            status: answer.status, headers: answer.headers, text: String(decoding: answer.body, as: UTF8.self))
    }

    /// Posts a value and reads the answer.
    func ask(_ body: Value, as user: String = "admin") async throws -> Value {
        try await json(JSON.text(body), as: user).value()
    }

    /// Calls a method in an envelope and reads the answer.
    func envelope(_ method: String, _ params: Value? = nil, as user: String = "admin") async throws -> Value {
        try await ask(
            .members(["jsonrpc": "2.0", "id": 7, "method": .string(method), "params": params]), as: user)
    }
}
