extension Value {
    /// About how many bytes of memory it takes beside its own place, such as that in a list.
    package var footprint: Int {
        switch self {
        case .null, .bool, .int, .double: 0
        case .string(let text): Self.footprint(of: text)
        case .list(let elements):
            elements.isEmpty ? 0 : elements.reduce(32) { $0 + MemoryLayout<Value>.stride + $1.footprint }
        case .map(let members):
            // A table is three quarters full at most, and often half of that.
            members.isEmpty ? 0 : members.reduce(64) { $0 + 80 + Self.footprint(of: $1.key) + $1.value.footprint }
        }
    }

    /// Short texts are kept in their own place.
    private static func footprint(of text: String) -> Int { text.utf8.count > 15 ? 48 + text.utf8.count : 0 }
}
