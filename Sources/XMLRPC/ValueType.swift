/// Name of a value's type as `system.methodSignature` shows it; the raw value is the element name on the wire.
package enum ValueType: String, Sendable, Hashable, CaseIterable {
    case `nil`
    case boolean
    /// Every width: what the element on the wire is called depends on the size of the number.
    case int
    case double
    case string
    case dateTime = "dateTime.iso8601"
    case base64
    case array
    case `struct`
}
