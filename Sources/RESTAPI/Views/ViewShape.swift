import JobEngine
import Values

/// Turns what a read job returns into the form of a resource: items are objects with a label, their other members stay
/// as the job gives them.
struct ViewShape {
    let label: String

    /// All items: elements of a list in their order, members of a dict by name, numbers by size.
    func items(of output: Value) -> [Value] {
        switch output {
        case .list(let elements): elements.map { $0.map == nil ? .map([label: $0]) : $0 }
        case .map(let members):
            members.sorted { Self.comes($0.key, before: $1.key) }.map { item($0.value, named: $0.key) }
        default: []
        }
    }

    /// One item; what is no object stands under `value`.
    func item(_ output: Value, named name: String) -> Value {
        var members = output.map ?? ["value": output]
        members[label] = members[label] ?? .string(name)
        return .map(members)
    }

    /// The item of a name, `nil` when there is none.
    func item(named name: String, in output: Value) -> Value? {
        items(of: output).first { $0[label]?.string == name }
    }

    private static func comes(_ first: String, before second: String) -> Bool {
        if let one = Int(first), let other = Int(second) { return one < other }
        return first < second
    }
}
