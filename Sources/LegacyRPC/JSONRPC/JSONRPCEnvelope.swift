import JobEngine
import Values

/// One answer of JSON-RPC 2.0.
struct JSONRPCEnvelope: Sendable {
    enum Content: Sendable {
        case result(Value)
        case error(Value)
    }

    /// As the request has it, to the letter: a client compares what comes back, and its numbers may be beyond ours.
    let id: String
    let content: Content

    /// Its document, names sorted as in all answers.
    var bytes: [UInt8] {
        switch content {
        case .result(let value):
            Array("{\"id\":\(id),\"jsonrpc\":\"2.0\",\"result\":".utf8) + JSON.bytes(value) + Array("}".utf8)
        case .error(let value):
            Array("{\"error\":".utf8) + JSON.bytes(value) + Array(",\"id\":\(id),\"jsonrpc\":\"2.0\"}".utf8)
        }
    }

    /// The document of several.
    static func bytes(_ batch: [JSONRPCEnvelope]) -> [UInt8] {
        Array("[".utf8) + batch.map(\.bytes).joined(separator: Array(",".utf8)) + Array("]".utf8)
    }
}
