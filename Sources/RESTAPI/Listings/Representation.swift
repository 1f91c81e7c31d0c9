import JobEngine
import OpenAPI
import Values

/// How one kind of thing is shown: each member is declared once, with its schema, an example and where its value comes
/// from, so that answers and their description cannot differ.
struct Representation<Item: Sendable>: Sendable {
    /// The name of the schema, in PascalCase.
    let name: String
    /// What it is, for people.
    let text: String
    let members: [Member]

    struct Member: Sendable {
        let name: String
        let schema: Value
        /// Whether every item has it.
        let isAlways: Bool
        /// Whether it is told to those, too, who may only list such things.
        var isOpen = false
        let example: Value?
        /// Schemas of its parts, by name.
        var schemas: [String: Value] = [:]
        let value: @Sendable (Item) -> Value?
    }

    init(_ name: String, _ text: String, members: [Member]) {
        (self.name, self.text, self.members) = (name, text, members)
    }

    /// An item as it is shown: no text of it has a secret.
    ///
    /// - Parameter onlyOpen: Whether the caller may only list such things.
    func value(of item: Item, onlyOpen: Bool = false) -> Value {
        .members(
            Dictionary(members.filter { $0.isOpen || !onlyOpen }.map { ($0.name, $0.value(item)?.masked) }) {
                first, _ in
                first
            })
    }

    /// The names of the members, in their order.
    var names: [String] { members.map(\.name) }

    /// An item nobody has.
    var example: Value {
        .members(Dictionary(members.map { ($0.name, $0.example) }) { first, _ in first })
    }

    /// The schema of an item, and those of its parts.
    var schemas: [String: Value] {
        let properties = Dictionary(members.map { ($0.name, $0.schema) }) { first, _ in first }
        let own = Schema.reply(
            text, needs: members.filter(\.isAlways).map(\.name).sorted(), properties, example: example)
        return members.reduce(into: [name: own]) { $0.merge($1.schemas) { first, _ in first } }
    }
}

extension Value {
    /// It without secrets that are told by their form.
    fileprivate var masked: Value {
        switch self {
        case .string(let text): .string(Secret.masked(text))
        case .list(let elements): .list(elements.map(\.masked))
        case .map(let members): .map(members.mapValues(\.masked))
        default: self
        }
    }
}

extension Representation.Member {
    /// A member every item has.
    static func has(
        _ name: String, _ schema: Value, like example: Value, value: @escaping @Sendable (Item) -> Value
    ) -> Self {
        Self(name: name, schema: schema, isAlways: true, example: example, value: value)
    }

    /// A member that is left out where there is nothing to tell.
    static func may(
        _ name: String, _ schema: Value, like example: Value? = nil, value: @escaping @Sendable (Item) -> Value?
    ) -> Self {
        Self(name: name, schema: schema, isAlways: false, example: example, value: value)
    }

    /// A list of objects, which every item has.
    static func list<Part: Sendable>(
        _ name: String, _ text: String, of part: Representation<Part>, parts: @escaping @Sendable (Item) -> [Part]
    ) -> Self {
        Self(
            name: name, schema: Schema.list(Schema.ref(part.name), text), isAlways: true, example: [part.example],
            schemas: part.schemas
        ) { .list(parts($0).map { part.value(of: $0) }) }
    }

    /// An object, which an item may be without.
    static func part<Part: Sendable>(
        _ name: String, of part: Representation<Part>, found: @escaping @Sendable (Item) -> Part?
    ) -> Self {
        Self(
            name: name, schema: Schema.ref(part.name), isAlways: false, example: part.example, schemas: part.schemas
        ) { found($0).map { part.value(of: $0) } }
    }

    /// The same member, told to those as well who may only list such things.
    var open: Self {
        var copy = self
        copy.isOpen = true
        return copy
    }

    /// The same member for things of which not everybody may see it.
    var restricted: Self {
        Self(name: name, schema: schema, isAlways: false, example: example, schemas: schemas, value: value)
    }
}
