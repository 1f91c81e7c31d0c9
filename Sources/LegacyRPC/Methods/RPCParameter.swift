/// One argument of a remote method; arguments go by position.
struct RPCParameter: Sendable, Hashable {
    /// What help and error texts call it.
    let name: String
    /// The types it takes; one suffices.
    let types: [RPCType]
    /// Whether it may be left out, or be nil.
    let isOptional: Bool

    init(_ name: String, _ types: RPCType..., optional: Bool = false) {
        self.name = name
        self.types = types
        isOptional = optional
    }

    static let job = RPCParameter("name", .string)
    static let jobID = RPCParameter("id", .string)
    static let keywords = RPCParameter("kwargs", .struct, optional: true)
}

/// The type of an argument or an answer of a remote method, named as XML-RPC introspection names it.
enum RPCType: String, Sendable, Hashable, CaseIterable {
    case boolean
    case string
    case array
    case `struct`
}
