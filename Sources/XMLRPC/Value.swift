/// One XML-RPC value of any type.
///
/// There is one integer case for all widths: it is written as `<int>` when it fits 32 bits and as `<i8>` otherwise.
/// The members of a struct have no order of their own; they are written sorted by name, so equal values give equal
/// documents.
package enum Value: Sendable, Hashable {
    /// `<nil/>`, an extension that clients ask for with `allow_none`.
    case `nil`
    case bool(Bool)
    case int(Int64)
    /// Finite when it was read. A value that is not finite is written as `<nil/>`, since XML-RPC has no form for it.
    case double(Double)
    case string(String)
    case dateTime(DateTime)
    case base64([UInt8])
    case array([Value])
    case `struct`([String: Value])
}

extension Value {
    /// Type of the value, named as introspection names it.
    package var type: ValueType {
        switch self {
        case .nil: .nil
        case .bool: .boolean
        case .int: .int
        case .double: .double
        case .string: .string
        case .dateTime: .dateTime
        case .base64: .base64
        case .array: .array
        case .struct: .struct
        }
    }

    /// Member of a struct; nil when there is none of that name or the value is no struct.
    package subscript(_ name: String) -> Value? {
        guard case .struct(let members) = self else { return nil }
        return members[name]
    }

    /// A string; characters that XML cannot carry are only replaced when it is written.
    package init(_ text: some StringProtocol) {
        self = .string(String(text))
    }

    /// An array value of strings, the usual answer of a list job.
    package init(strings: some Sequence<String>) {
        self = .array(strings.map { .string($0) })
    }
}
