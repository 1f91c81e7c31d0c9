import Values

/// The words behind a command as names with values: `db_name: DB1 timeout: 30`.
///
/// A name is a word that ends with a colon. The word behind it is its value, whatever it looks like; more words, up to the next
/// name, belong to the value too. A value is the text that was typed, unless it is a number, a boolean or null of YAML 1.1,
/// or begins like a list, a map or a quoted text of YAML: then it is read as YAML.
enum Words {
    /// - Throws: ``Failure`` for words that are no pairs, and for a name that is given twice.
    static func members(_ words: [String]) throws(Failure) -> [String: Value] {
        // A whole map in braces, whether the shell left it as one word or not.
        if words.first?.hasPrefix("{") == true { return try map(words.joined(separator: " ")) }
        var members: [String: Value] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            for (name, value) in try pairs(word, &rest) where members.updateValue(value, forKey: name) != nil {
                throw .usage("'\(name)' is given twice.")
            }
        }
        return members
    }

    /// Whether the last word is a name that waits for its value.
    static func endWithName(_ words: some Sequence<String>) -> Bool {
        words.reduce(false) { waits, word in !waits && name(word) != nil }
    }

    /// Whether names with values begin with this word.
    static func beginPair(_ word: String) -> Bool { name(word) != nil || pair(word) != nil || word.hasPrefix("{") }

    private static func pairs(_ word: String, _ rest: inout ArraySlice<String>) throws(Failure) -> [String: Value] {
        if let name = name(word) {
            guard let first = rest.popFirst() else { return [name: .null] }
            return [name: try value(of: name, first, &rest)]
        }
        if let (name, text) = pair(word) {
            if isSeveral(text) { return try map(word) }
            return [name: try value(of: name, text, &rest)]
        }
        if let first = word.first, "\"'".contains(first) { return try map(word) }
        if let colon = word.firstIndex(of: ":"), name(String(word[...colon])) != nil {
            throw .usage(
                "'\(word)' needs a blank behind the colon: \(word[...colon]) \(word[word.index(after: colon)...])")
        }
        throw Parameters.notPairs
    }

    /// The name that a word is, without its colon.
    private static func name(_ word: String) -> String? {
        guard word.utf8.count > 1, word.hasSuffix(":") else { return nil }
        let name = word.dropLast()
        return name.utf8.allSatisfy { $0.isNameByte } ? String(name) : nil
    }

    /// A word that holds a name and its value.
    private static func pair(_ word: String) -> (name: String, text: String)? {
        guard let blank = word.firstIndex(of: " "), let name = name(String(word[..<blank])) else { return nil }
        return (name, String(word[blank...].drop { $0 == " " }))
    }

    /// Whether further pairs stand in the value of a word: `DB1, timeout: 30`.
    private static func isSeveral(_ text: String) -> Bool {
        if text.contains("\n") { return true }
        guard let comma = text.firstIndex(of: ","), text.first.map({ !"[{\"'".contains($0) }) ?? false else {
            return false
        }
        return text[comma...].contains(": ")
    }

    private static func value(
        of name: String, _ first: String, _ rest: inout ArraySlice<String>
    ) throws(Failure) -> Value {
        var text = first
        guard let opening = first.first, "[{\"'".contains(opening) else {
            while let next = rest.first, self.name(next) == nil, pair(next) == nil {
                text += " " + next
                rest.removeFirst()
            }
            return YAML.plain(text)
        }
        while true {
            if let value = YAML.enclosed(text, opening) { return value }
            guard let next = rest.popFirst() else { throw Parameters.notYAML("{\(name): \(text)}") }
            text += " " + next
        }
    }

    private static func map(_ text: String) throws(Failure) -> [String: Value] {
        let inBraces = text.hasPrefix("{") ? text : "{\(text)}"
        guard let members = YAML.parse(inBraces)?.map ?? YAML.parse(text)?.map else {
            throw Parameters.notYAML(inBraces)
        }
        return members
    }
}
