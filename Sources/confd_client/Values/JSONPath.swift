import Values

/// A path into a value: `.name`, `['name']`, `[number]`, from the end when it is negative, and `[*]` for all parts.
///
/// It is a small part of what others call by this name; `$` may stand in front, and braces around it.
struct JSONPath: Equatable, Sendable {
    private enum Step: Equatable {
        case member(String)
        case item(Int)
        case all
    }

    private let spelled: String
    private let steps: [Step]

    /// - Throws: ``Failure`` for anything else than such a path.
    init(_ text: String) throws(Failure) {
        var rest = text[...]
        if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
        if rest.hasPrefix("$") { rest = rest.dropFirst() }
        if rest == "." { rest = "" }
        var steps: [Step] = []
        while !rest.isEmpty {
            guard let step = Self.step(&rest) else {
                throw .usage(
                    "The path '\(text)' cannot be read at '\(rest)'. A path is made of .name, ['name'], [number] and [*]."
                )
            }
            steps.append(step)
        }
        (spelled, self.steps) = (text, steps)
    }

    /// Takes the first step; leaves the rest as it is where there is none.
    private static func step(_ rest: inout Substring) -> Step? {
        if rest.hasPrefix("[") { return bracketed(&rest) }
        guard rest.hasPrefix(".") else { return nil }
        let name = rest.dropFirst().prefix { !".[]'\"()?@{} ".contains($0) }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        return name == "*" ? .all : .member(String(name))
    }

    private static func bracketed(_ rest: inout Substring) -> Step? {
        let inner = rest.dropFirst()
        if let quote = inner.first, quote == "'" || quote == "\"" {
            guard let end = inner.dropFirst().firstIndex(of: quote), inner[end...].dropFirst().hasPrefix("]") else {
                return nil
            }
            let name = inner.dropFirst()[..<end]
            rest = inner[end...].dropFirst(2)
            return .member(String(name))
        }
        guard let end = inner.firstIndex(of: "]") else { return nil }
        let word = inner[..<end]
        guard word == "*" || Int(word) != nil else { return nil }
        rest = inner[end...].dropFirst()
        return Int(word).map(Step.item) ?? .all
    }

    /// What the path leads to.
    func values(in value: Value) -> [Value] {
        steps.reduce([value]) { found, step in found.flatMap { Self.parts(of: $0, step) } }
    }

    private static func parts(of value: Value, _ step: Step) -> [Value] {
        switch (step, value) {
        case (.member(let name), _): value[name].map { [$0] } ?? []
        case (.item(let number), .list(let items)):
            // A number may be as small or as large as there are.
            if number < 0 {
                number > -1 - items.count ? [items[items.count + number]] : []
            } else {
                number < items.count ? [items[number]] : []
            }
        case (.all, .list(let items)): items
        case (.all, .map(let members)): members.sorted { $0.key < $1.key }.map(\.value)
        default: []
        }
    }

    /// A line for each value: text bare, what has parts as JSON.
    ///
    /// - Throws: ``Failure`` where there is nothing, unless the path asks for all there may be.
    func text(_ value: Value) throws(Failure) -> String {
        let found = values(in: value)
        guard !found.isEmpty || steps.contains(.all) else { throw Failure("There is nothing at '\(spelled)'.") }
        return found.map { ($0.plain ?? SpacedJSON.text($0)) + "\n" }.joined()
    }
}
