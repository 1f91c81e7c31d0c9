import Values

/// The parameters of a job, as the command line gives them.
enum Parameters {
    /// - Parameter read: The content of a file that `{< file}` names; `-` is standard input.
    /// - Throws: ``Failure`` when they are not readable as a map.
    static func read(
        _ arguments: Invocation.Arguments, file read: (String) throws(Failure) -> String
    ) throws(Failure) -> [String: Value] {
        guard case .map(let members) = try filled(try value(arguments), read) else {
            throw notPairs
        }
        return members
    }

    static let notPairs = Failure.usage(
        "The parameters have to be 'name: value' pairs, such as db_name: DB1.")

    static func notYAML(_ text: String) -> Failure {
        .usage("The parameters are no YAML: \(text)\nQuote lists for the shell: nodes: '[11,12]'.")
    }

    private static func value(_ arguments: Invocation.Arguments) throws(Failure) -> Value {
        switch arguments {
        case .words(let words): return .map(try Words.members(words))
        case .yaml(let text):
            // Both spellings are in use: a whole map, and pairs without braces.
            if let value = YAML.parse(text), value.map != nil { return value }
            return try yaml("{\(text)}")
        case .json(let text):
            do {
                return try JSON.parse(text, limits: .generous)
            } catch {
                throw .usage("The text of -A is no JSON: \(error).")
            }
        }
    }

    private static func yaml(_ text: String) throws(Failure) -> Value {
        // YAML takes a word in braces for a name whose value is null.
        guard text.contains(":") else { throw notPairs }
        guard let value = YAML.parse(text) else { throw notYAML(text) }
        return value
    }

    private static func filled(
        _ value: Value, _ read: (String) throws(Failure) -> String
    ) throws(Failure) -> Value {
        switch value {
        case .string(let text): return .string(try filled(text, read))
        case .list(let items):
            var filledItems: [Value] = []
            for item in items { filledItems.append(try filled(item, read)) }
            return .list(filledItems)
        case .map(let members):
            // Without quotes '{< file}' is a map in YAML, and means the same.
            if members.count == 1, let only = members.first, only.value == .null, only.key.hasPrefix("<") {
                return .string(try read(path(only.key.dropFirst())))
            }
            var filledMembers: [String: Value] = [:]
            for (name, member) in members { filledMembers[name] = try filled(member, read) }
            return .map(filledMembers)
        default: return value
        }
    }

    private static func filled(_ text: String, _ read: (String) throws(Failure) -> String) throws(Failure) -> String {
        var filled = ""
        var rest = text[...]
        while let begin = rest.firstRange(of: "{<"), let end = rest[begin.upperBound...].firstIndex(of: "}") {
            filled += rest[..<begin.lowerBound]
            filled += try read(path(rest[begin.upperBound..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return filled + rest
    }

    private static func path(_ text: Substring) -> String { String(text).trimmed }
}
