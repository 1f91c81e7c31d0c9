/// The type of an argument or an answer of a remote method, named as XML-RPC introspection names it.
enum RPCType: String, Sendable, Hashable, CaseIterable {
    case boolean
    case string
    case array
    case `struct`
}
