package import Values

/// The form of a value: what stands within a parameter, or what a job answers. Check, document and help follow from it.
package indirect enum Shape: Sendable, Hashable {
    case anything
    case str
    case int
    /// A number that may have a fraction.
    case float
    case bool
    /// A number within inclusive bounds.
    case within(ClosedRange<Int>)
    /// A text that a regular expression matches as a whole, and such a text.
    case form(String, like: String)
    case word([String])
    /// A list with so many elements of one shape.
    case list(Shape, count: ClosedRange<Int> = 0...Int.max)
    /// Members of any name, all of one shape.
    case dict(Shape)
    /// Members whose names are known.
    case object(Record)
    /// A value of any of these, which are of different types.
    case either([Shape])

    /// An object under the name it has in documents.
    package struct Record: Sendable, Hashable {
        /// In PascalCase, the same for all jobs that take or answer such objects.
        package let name: String
        /// What it is, for people.
        package let text: String
        package let members: [Member]
        /// The shape of members with other names; `nil` when there are none.
        package let others: Shape?
    }

    /// A member of an object.
    package struct Member: Sendable, Hashable {
        package let name: String
        package let shape: Shape
        /// What it means, for people; empty when its name says it.
        package let text: String
        /// Whether an object may be without it.
        package let isOptional: Bool
        /// A value of it, where the form is not plain from the shape.
        package let example: Value?

        /// A member every object has.
        package static func has(
            _ name: String, _ shape: Shape, text: String = "", like example: Value? = nil
        ) -> Member {
            Member(name: name, shape: shape, text: text, isOptional: false, example: example)
        }

        /// A member that may be left out.
        package static func may(
            _ name: String, _ shape: Shape, text: String = "", like example: Value? = nil
        ) -> Member {
            Member(name: name, shape: shape, text: text, isOptional: true, example: example)
        }
    }

    /// Members whose names are known, and `others`, of an object that documents know by a name in PascalCase.
    package static func object(_ name: String, text: String, members: [Member], others: Shape? = nil) -> Shape {
        .object(Record(name: name, text: text, members: members, others: others))
    }

    /// A text for a list the file keeps with commas between: printable ASCII without commas and `#`, no blank at its
    /// ends and no quote in front.
    package static func listed(like example: String) -> Shape {
        .form(#"^[!$-&(-+\x2D-~]([ -"$-+\x2D-~]*[!"$-+\x2D-~])?$"#, like: example)
    }
}

extension Shape {
    /// What it takes, for messages and help: `list of int`, `dict with CidrIp, FromPort`.
    package var words: String {
        switch self {
        case .anything: "anything"
        case .str, .form, .word: "str"
        case .int, .within: "int"
        case .float: "float"
        case .bool: "bool"
        case .list(let element, _): "list of \(element.words)"
        case .dict(let member): "dict of \(member.words)"
        case .object(let record):
            "dict with \(record.members.map { $0.name + ($0.isOptional ? " (optional)" : "") }.joined(separator: ", "))"
        case .either(let shapes): shapes.map(\.words).joined(separator: " or ")
        }
    }

    /// Whether a value is of the type, whatever it holds.
    private func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.anything, _), (.str, .string), (.form, .string), (.word, .string), (.int, .int), (.within, .int),
            (.float, .int), (.float, .double), (.bool, .bool), (.list, .list), (.dict, .map), (.object, .map):
            true
        case (.either(let shapes), _): shapes.contains { $0.admits(value) }
        default: false
        }
    }

    /// Everything about a value that is not of this shape.
    ///
    /// - Parameter place: The way to it from the parameters: names of members, numbers of elements.
    package func faults(of value: Value, at place: [String]) -> [JobError.Fault] {
        guard admits(value) else { return [.invalid(place, "expected \(words), got \(value.typeName).")] }
        switch (self, value) {
        case (.within(let range), .int(let number)) where !range.contains(number):
            return [.invalid(place, "\(range.lowerBound) to \(range.upperBound) is allowed.")]
        case (.form(let pattern, let example), .string(let text)) where !text.matches(pattern):
            return [.invalid(place, "give a text like \(JSON.text(.string(example))).")]
        case (.word(let words), .string(let text)) where !words.contains(text):
            return [.invalid(place, "one of \(words.joined(separator: ", ")) is allowed.")]
        case (.list(let element, let count), .list(let values)):
            if !count.contains(values.count) { return [.invalid(place, "give \(Self.words(of: count)).")] }
            return values.enumerated().flatMap { element.faults(of: $0.element, at: place + [String($0.offset)]) }
        case (.dict(let member), .map(let members)):
            return members.sorted { $0.key < $1.key }.flatMap { member.faults(of: $0.value, at: place + [$0.key]) }
        case (.object(let record), .map(let members)): return record.faults(of: members, at: place)
        case (.either(let shapes), _):
            return shapes.first { $0.admits(value) }?.faults(of: value, at: place) ?? []
        default: return []
        }
    }

    private static func words(of count: ClosedRange<Int>) -> String {
        if count.upperBound == .max { return "at least \(count.lowerBound) of them" }
        let isOne = count.lowerBound == count.upperBound
        return isOne ? "\(count.lowerBound) of them" : "\(count.lowerBound) to \(count.upperBound) of them"
    }
}

extension Shape.Record {
    fileprivate func faults(of values: [String: Value], at place: [String]) -> [JobError.Fault] {
        let names = members.map(\.name)
        let further = values.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
        let known = names.sorted().joined(separator: ", ")
        return further.flatMap { name, value in
            others?.faults(of: value, at: place + [name])
                ?? [JobError.Fault(.parameterUnknown, at: place + [name], text: "is unknown; there are \(known).")]
        }
            + members.flatMap { member -> [JobError.Fault] in
                let here = place + [member.name]
                if let value = values[member.name] { return member.shape.faults(of: value, at: here) }
                return member.isOptional
                    ? []
                    : [
                        .init(
                            .parameterMissing, at: here,
                            text: "is missing\(member.text.isEmpty ? "." : ": \(member.text)")")
                    ]
            }
    }
}

extension JobError.Fault {
    fileprivate static func invalid(_ place: [String], _ text: String) -> JobError.Fault {
        JobError.Fault(.parameterInvalid, at: place, text: text)
    }

    /// A fault at a place among the parameters, which its text names as Python would: `nodes[0].nid: …`.
    fileprivate init(_ code: JobError.Code, at place: [String], text: String) {
        let words = place.map { Int($0) == nil ? ".\($0.echoed)" : "[\($0)]" }.joined(separator: "").dropFirst()
        self.init(pointer: JobError.pointer(place), code: code, text: "\(words): \(text)")
    }
}

extension JobError {
    /// The JSON pointer (RFC 6901) of a place among the parameters.
    package static func pointer(_ place: [String]) -> String {
        place.reduce("/params") { pointer, name in pointer + segment(of: name) }
    }

    /// One name of such a pointer, with the slash in front.
    static func segment(of name: String) -> String {
        JSONPointer.segment(name.echoed)
    }
}

extension String {
    fileprivate func matches(_ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return false }
        return wholeMatch(of: regex) != nil
    }
}
