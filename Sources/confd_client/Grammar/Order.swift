import Values

/// What stands behind a word of ours: plain words, then names with values.
struct Order {
    /// The plain words, such as `remove r12`.
    let words: [String]
    private let members: [String: Value]
    private let verb: String

    /// - Parameter names: The names that are known there.
    /// - Throws: ``Failure`` for a name that is not, with the one that may be meant.
    init(_ line: Invocation, names: [String] = []) throws(Failure) {
        verb = line.command ?? ""
        switch line.arguments {
        case .words(let all):
            words = Array(all.prefix { !Words.beginPair($0) })
            members = try Words.members(Array(all.dropFirst(words.count)))
        case .yaml where names.isEmpty: (words, members) = (line.words, [:])
        case .yaml, .json:
            words = []
            members = try Parameters.read(line.arguments) { _ throws(Failure) in "" }
        }
        for name in members.keys.sorted() where !names.contains(name) {
            let near = Suggestion.nearest(to: name, in: names).map { "Did you mean '\($0):'? " } ?? ""
            let known = names.isEmpty ? "it takes none." : "there is \(names.joined(separator: ", "))."
            let hint = name == "limit" ? "Say how many with -n NUMBER." : near + "Of these names " + known
            throw .usage("'\(verb)' knows no '\(name)'. \(hint)")
        }
    }

    /// All values of a name; none where it is not given.
    func texts(_ name: String) -> [String] {
        guard let value = members[name] else { return [] }
        return (value.list ?? [value]).map { $0.plain ?? SpacedJSON.text($0) }
    }

    /// The one value of a name; `nil` where it is not given.
    ///
    /// - Throws: ``Failure`` for several.
    func text(_ name: String) throws(Failure) -> String? {
        let texts = texts(name)
        guard texts.count < 2 else { throw .usage("'\(name)' of '\(verb)' takes one value.") }
        return texts.first
    }

    /// A whole number.
    ///
    /// - Throws: ``Failure`` for anything else.
    func int(_ name: String) throws(Failure) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text) else { throw .usage("'\(name)' needs a number, not '\(text)'.") }
        return number
    }

    /// The words behind the first one.
    ///
    /// - Throws: ``Failure`` where there is none.
    func named(_ meaning: String) throws(Failure) -> [String] {
        guard words.count > 1 else { throw .usage("'\(verb) \(words.first ?? "")' needs \(meaning).") }
        return Array(words.dropFirst())
    }

    /// The only word behind the first one.
    func name(_ meaning: String) throws(Failure) -> String {
        let names = try named(meaning)
        guard names.count == 1 else { throw .usage("'\(verb) \(words[0])' takes \(meaning) and no further word.") }
        return names[0]
    }

    /// What is wrong with a first word that is none of these.
    func unknown(_ known: [String]) -> Failure {
        let word = words.first ?? ""
        return .usage("'\(verb) \(word)' is nothing we know; \(Suggestion.advice(on: word, in: known))")
    }

    /// The query parameters of these names, as `&name=value`; a time becomes RFC 3339.
    func query(_ names: [String: String]) -> String {
        names.sorted { $0.key < $1.key }.flatMap { name, parameter in
            texts(name).map { "&\(parameter)=\($0.queryValue)" }
        }.joined()
    }

    /// A moment, as RFC 3339.
    func moment(_ name: String, _ direction: Moment.Direction, on display: Display) throws(Failure) -> String? {
        guard let typed = try text(name) else { return nil }
        return try Moment.text(typed, direction, on: display)
    }
}
