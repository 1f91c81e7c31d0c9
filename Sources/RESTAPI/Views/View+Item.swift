import JobEngine
import Values

extension View {
    /// What an item is, by all jobs that show one: always there is what each of them tells.
    func item(in catalogue: JobCatalogue) -> Shape {
        let definitions = operations.compactMap { operation in
            (try? catalogue.definition(operation.job)).map { (operation, $0) }
        }
        let shown = definitions.compactMap { $0.itemShape(of: $1, key: key) }
        let secrets = definitions.reduce(into: Set<String>()) { $0.formUnion($1.1.secretResults) }
        var members = Shape.Member.union(of: shown.map(\.members)).map { member in
            secrets.contains(member.name) ? member.described(as: "Always ***.") : member
        }
        if isLabelled {
            let known = members.first { $0.name == label }
            members.removeAll { $0.name == label }
            let text = key == nil ? known?.text ?? "" : "What names it in the path."
            members.append(.has(label, known?.shape ?? .str, text: text, like: known?.example ?? .string("\(one)1")))
        }
        return .object(
            one, text: "As the jobs of the catalogue tell it; a list may tell less of each than there is to know.",
            members: members, others: shown.lazy.compactMap(\.others).first)
    }
}

extension ViewOperation {
    /// The shape of an item in what a job answers; `nil` when it shows none.
    fileprivate func itemShape(of definition: JobDefinition, key: String?) -> Shape? {
        guard answer == .items || answer == .item else { return nil }
        let found = within.reduce(definition.answer) { $0?.member($1) }
        let isPicked =
            answer == .items || key.map { key in !definition.parameters.contains { $0.name == key } } ?? false
        return isPicked ? found?.element : found
    }
}

extension Shape {
    /// The object it is, or may be among others.
    fileprivate var record: Record? {
        switch self {
        case .object(let record): record
        case .either(let shapes): shapes.lazy.compactMap(\.record).first
        default: nil
        }
    }

    fileprivate var members: [Member] { record?.members ?? [] }

    /// The shape of members of any name.
    fileprivate var others: Shape? {
        if case .dict(let member) = self { member } else { record?.others }
    }

    fileprivate func member(_ name: String) -> Shape? { members.first { $0.name == name }?.shape }

    /// The shape of what a list or a dict holds.
    fileprivate var element: Shape? {
        switch self {
        case .list(let element, _), .dict(let element): element
        default: nil
        }
    }
}

extension Shape.Member {
    /// The members of objects that show the same thing: there is no doubt about those that all of them have.
    fileprivate static func union(of objects: [[Shape.Member]]) -> [Shape.Member] {
        let names = Set(objects.flatMap { $0.map(\.name) }).sorted()
        return names.compactMap { name in
            let found = objects.map { members in members.first { $0.name == name } }
            let known = found.compactMap { $0 }
            guard let first = known.first else { return nil }
            let shapes = known.reduce(into: [Shape]()) { shapes, member in
                if !shapes.contains(member.shape) { shapes.append(member.shape) }
            }
            let shape = shapes.count == 1 ? first.shape : .either(shapes)
            let text = known.lazy.map(\.text).first { !$0.isEmpty } ?? ""
            return found.allSatisfy { $0?.isOptional == false }
                ? .has(name, shape, text: text, like: first.example)
                : .may(name, shape, text: text, like: first.example)
        }
    }

    fileprivate func described(as text: String) -> Shape.Member {
        isOptional ? .may(name, shape, text: text, like: "***") : .has(name, shape, text: text, like: "***")
    }
}
