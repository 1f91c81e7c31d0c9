import Yams

/// YAML as the legacy command line reads and writes it: block style, sorted keys, text quoted only where it has to be.
enum YAML {
    /// The value of a document; `nil` when it is no YAML.
    static func parse(_ text: String) -> Value? {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        guard let node = try? Yams.compose(yaml: text) else { return text.allSatisfy(\.isWhitespace) ? .null : nil }
        return value(node)
    }

    /// A document that ends with a line end.
    static func text(_ value: Value) -> String {
        if let plain = value.plain { return plain.hasSuffix("\n") ? plain : plain + "\n" }
        // Lines are never folded: whoever looks for a line finds it whole.
        return (try? Yams.serialize(node: node(value), width: -1, allowUnicode: true)) ?? JSON.text(value) + "\n"
    }

    private static func value(_ node: Node) -> Value {
        switch node {
        case .mapping(let mapping):
            .map(Dictionary(mapping.map { (key($0.key), value($0.value)) }) { _, last in last })
        case .sequence(let sequence): .list(sequence.map(value))
        case .scalar(let scalar): value(scalar, node)
        case .alias: .null
        }
    }

    private static func key(_ node: Node) -> String { node.scalar?.string ?? JSON.text(value(node)) }

    /// A plain word by the rules of YAML 1.1; what they make a date or anything unusual of stays the text it was.
    private static func value(_ scalar: Node.Scalar, _ node: Node) -> Value {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        return switch Resolver.default.resolveTag(of: node) {
        case .null: .null
        case .bool: node.bool.map(Value.bool) ?? .string(scalar.string)
        case .int: node.int.map(Value.int) ?? .string(scalar.string)
        case .float:
            node.float.flatMap { $0.isFinite ? .double($0) : nil } ?? .string(scalar.string)
        default: .string(scalar.string)
        }
    }

    private static func node(_ value: Value) -> Node {
        switch value {
        case .map(let members):
            Node(
                members.sorted { $0.key < $1.key }.map { (node(.string($0.key)), node($0.value)) }, Tag(.implicit),
                members.isEmpty ? .flow : .block)
        case .list(let items): Node(items.map(node), Tag(.implicit), items.isEmpty ? .flow : .block)
        case .string(let text): quotedIfNeeded(text)
        default: Node(value.plain ?? "null")
        }
    }

    /// Text that would be read as something else is put into quotes.
    private static func quotedIfNeeded(_ text: String) -> Node {
        let plain = Node(text)
        let isText = Resolver.default.resolveTag(of: plain) == .str && text != "="
        return isText ? plain : Node(text, Tag(.implicit), .singleQuoted)
    }
}
