/// A value as the daemon sends it: JSON, with whole numbers told from others.
enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([Value])
    case map([String: Value])

    /// A member of a map; `nil` when there is none, or this is no map.
    subscript(_ name: String) -> Value? {
        guard case .map(let members) = self else { return nil }
        return members[name]
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var int: Int? {
        guard case .int(let number) = self else { return nil }
        return number
    }

    var bool: Bool? {
        guard case .bool(let truth) = self else { return nil }
        return truth
    }

    var list: [Value]? {
        guard case .list(let items) = self else { return nil }
        return items
    }

    var map: [String: Value]? {
        guard case .map(let members) = self else { return nil }
        return members
    }

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
