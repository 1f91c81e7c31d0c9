import Values

extension Value {
    /// A number or truth as JSON and YAML spell it; text as it is; `nil` for what has parts.
    var plain: String? {
        switch self {
        case .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): "\(number)"
        case .string(let text): text
        case .list, .map: nil
        }
    }

    /// A list in brackets or a map in braces, sorted by name; nothing for what has no parts.
    func bracketed(_ text: (Value) -> String, name: (String) -> String) -> String {
        switch self {
        case .list(let items): "[" + items.map(text).joined(separator: ", ") + "]"
        case .map(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\(name($0.key)): \(text($0.value))" }
                .joined(separator: ", ") + "}"
        default: ""
        }
    }
}
