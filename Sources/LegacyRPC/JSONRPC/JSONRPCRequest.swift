import JobEngine
import Values

/// What one JSON request asks for, in the members that the bare form and the envelope have in common.
struct JSONRPCRequest {
    let method: String
    /// The job that stands beside the method.
    let job: String?
    /// `.list` by position, `.map` by name; an empty map when there are none.
    let params: Value

    /// - Parameter document: A request with or without an envelope; `id` is not looked at.
    /// - Throws: ``JSONRPCFailure/invalid(_:pointer:)`` for a member that is absent, unknown or of the wrong type.
    init(_ document: Value) throws(JSONRPCFailure) {
        guard let members = document.map else {
            throw .invalid("A request is a JSON object with 'method', and 'job' and 'params' as the method needs them.")
        }
        if let unknown = members.keys.filter({ !Self.names.contains($0) }).min() {
            // Reading over a misplaced dry_run would carry out what was only to be checked.
            throw .invalid(
                "'\(unknown.echoed)' cannot stand beside 'method'; arguments of the method belong into 'params'.",
                pointer: JSONPointer.segment(unknown.echoed))
        }
        if let version = members["jsonrpc"], version != "2.0" {
            throw .invalid("'jsonrpc' has to be \"2.0\".", pointer: "/jsonrpc")
        }
        guard let method = members["method"]?.string else {
            throw .invalid("'method' has to be the name of a method, as text.", pointer: "/method")
        }
        self.method = method
        job = try Self.job(members["job"])
        params = try Self.params(members["params"])
    }

    private static let names: Set<String> = ["jsonrpc", "id", "method", "job", "params"]

    private static func job(_ value: Value?) throws(JSONRPCFailure) -> String? {
        switch value {
        case nil, .null: nil
        case .string(let name): name
        default: throw .invalid("'job' has to be the name of a job, as text.", pointer: "/job")
        }
    }

    private static func params(_ value: Value?) throws(JSONRPCFailure) -> Value {
        switch value {
        case nil, .null: [:]
        case .list, .map: value ?? [:]
        default: throw .invalid("'params' has to be an object or an array.", pointer: "/params")
        }
    }
}

extension JSONRPCRequest {
    /// Where in the request the keyword arguments of a job are, as a JSON pointer.
    var keywordsPointer: String {
        guard params.list != nil else { return "/params" }
        return job == nil ? "/params/1" : "/params/0"
    }
}
