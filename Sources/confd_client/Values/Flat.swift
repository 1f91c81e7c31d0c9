import Values

/// Values as lines of path and leaf, `config.owner.0: 500`: one line for each thing one may look for.
enum Flat {
    static func text(_ value: Value) -> String {
        if let plain = value.plain { return plain + "\n" }
        return lines(value, at: "").map { $0 + "\n" }.joined()
    }

    private static func lines(_ value: Value, at path: String) -> [String] {
        let parts: [(name: String, value: Value)]
        switch value {
        case .map(let members) where !members.isEmpty:
            parts = members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        case .list(let items) where !items.isEmpty: parts = items.enumerated().map { (String($0), $1) }
        case .string(let text) where !text.contains(where: \.isNewline): return ["\(path): \(text)"]
        default: return ["\(path): \(SpacedJSON.text(value))"]
        }
        return parts.flatMap { lines($0.value, at: path.isEmpty ? $0.name : "\(path).\($0.name)") }
    }
}
