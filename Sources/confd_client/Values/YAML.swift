import Values
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
        return (try? Yams.serialize(node: node(value), width: -1, allowUnicode: true)) ?? SpacedJSON.text(value) + "\n"
    }

    /// A member whose text stands line by line as it is, in the literal style of YAML.
    static func block(_ name: String, _ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let ends = lines.last?.isEmpty == true
        // Blanks before the first line would count as its depth, so the depth is told then.
        return "\(name): |\(text.hasPrefix(" ") ? "2" : "")\(ends ? "" : "-")\n"
            + (ends ? lines.dropLast() : lines[...]).map { "  \($0)\n" }.joined()
    }

    /// `nil` for what has a list or a map as a name, which no parameter has.
    private static func value(_ node: Node) -> Value? {
        switch node {
        case .mapping(let mapping):
            var members: [String: Value] = [:]
            for (name, member) in mapping {
                guard let name = name.scalar?.string, let value = value(member) else { return nil }
                members[name] = value
            }
            return .map(members)
        case .sequence(let sequence):
            let items = sequence.compactMap(value)
            return items.count == sequence.count ? .list(items) : nil
        case .scalar(let scalar): return value(scalar)
        case .alias: return .null
        }
    }

    private static func value(_ scalar: Node.Scalar) -> Value {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        return value(ofPlain: scalar)
    }

    /// A word without quotes by the rules of YAML 1.1; what they make a date or anything unusual of stays the text it was.
    ///
    /// The library follows no one version: a number with a fraction has a dot, so that `08` and `1e3` are text, and `0o17` is.
    static func plain(_ text: String) -> Value { value(ofPlain: Node.Scalar(text)) }

    private static func value(ofPlain scalar: Node.Scalar) -> Value {
        let node = Node.scalar(scalar)
        let text = scalar.string
        let value: Value? =
            switch Resolver.default.resolveTag(of: node) {
            case _ where text.contains(where: \.isNewline): nil
            // The library cannot count digits of base 60, as in 12:30, that are more than fit.
            case _ where text.contains(":") && text.utf8.count > 18: nil
            case .null: .null
            case .bool: node.bool.map(Value.bool)
            case .int where !text.contains("o"): node.int.map(Value.int)
            case .float where text.contains("."): node.float.flatMap { $0.isFinite ? .double($0) : nil }
            default: nil
            }
        return value ?? .string(text)
    }

    /// A list, a map or a quoted text that begins with this character and ends with the text; `nil` when it is none, or not yet.
    static func enclosed(_ text: String, _ opening: Character) -> Value? {
        guard let items = parse("[\(text)]")?.list, let value = items.first, items.count == 1 else { return nil }
        let isMeant =
            switch value {
            case .list: opening == "["
            case .map: opening == "{"
            default: opening == "\"" || opening == "'"
            }
        return isMeant ? value : nil
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
