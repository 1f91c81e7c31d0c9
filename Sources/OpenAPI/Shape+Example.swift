import JobEngine
package import Values

extension Shape {
    /// A value of this shape for documents: of objects what is always there, of lists one element.
    package var example: Value {
        switch self {
        case .anything: .null
        case .str: "text"
        case .int: 1
        case .float: 0.5
        case .bool: true
        case .within(let range): .int(range.lowerBound)
        case .form(_, let example): .string(example)
        case .word(let words): .string(words.first ?? "")
        case .list(.anything, _), .list(.either, _): []
        case .list(let element, let count): .list(Array(repeating: element.example, count: max(1, count.lowerBound)))
        case .dict: [:]
        case .object(let record):
            .map(
                Dictionary(record.members.filter { !$0.isOptional }.map { ($0.name, $0.example ?? $0.shape.example) }) {
                    first, _ in first
                })
        case .either(let shapes): shapes.first?.example ?? .null
        }
    }
}
