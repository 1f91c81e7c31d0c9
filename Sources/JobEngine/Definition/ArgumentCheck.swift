package import Values

/// Compares what a caller sent with a job's parameters and lists every fault, not only the first.
package struct ArgumentCheck {
    private let definition: JobDefinition
    private let given: [String: Value]
    private var faults: [JobError.Fault] = []

    private init(_ definition: JobDefinition, _ given: [String: Value]) {
        self.definition = definition
        // Python's None for an optional parameter means "not given".
        self.given = given.filter { $0.value != .null }
    }

    /// The arguments of a job, once each is known, of the right type and allowed, and no mandatory one is missing.
    ///
    /// - Throws: ``JobError`` with all faults: a missing, unknown or wrong parameter, or two that stand for the same.
    package static func arguments(
        of definition: JobDefinition, from given: [String: Value]
    ) throws(JobError) -> Arguments {
        var check = ArgumentCheck(definition, given)
        check.findUnknown()
        check.findMissing()
        check.findDoubled()
        for parameter in definition.parameters { check.examine(parameter) }
        guard let first = check.faults.first else {
            let arguments = Arguments(check.given)
            try definition.check(arguments)
            return arguments
        }
        throw JobError(first.code, check.faults.map(\.text).joined(separator: " "), faults: check.faults)
    }

    /// Unknown parameters that are named one by one.
    private static let mostUnknown = 20

    private mutating func note(_ code: JobError.Code, of name: String, text: String) {
        faults.append(JobError.Fault(pointer: JobError.pointer([name]), code: code, text: text))
    }

    private mutating func findUnknown() {
        let known = Set(definition.parameters.map(\.name))
        let unknown = given.keys.filter { !known.contains($0) }.sorted()
        // As many as somebody can mistype; a caller who sends thousands is not answered with as much again.
        for name in unknown.prefix(Self.mostUnknown) {
            let names = definition.parameters.map(\.name).sorted().joined(separator: ", ")
            note(
                .parameterUnknown, of: name,
                text: "'\(name.echoed)' is no parameter of \(definition.name)"
                    + (names.isEmpty ? ", which takes none." : "; it takes \(names)."))
        }
    }

    private mutating func findMissing() {
        for parameter in definition.mandatory where given[parameter.name] == nil {
            let substitutes = definition.substitutes[parameter.name] ?? []
            if substitutes.contains(where: { given[$0] != nil }) { continue }
            // An optional stand-in is worth naming; each of two mandatory ones would be named by the other.
            let hint = substitutes.isEmpty ? "" : " (or \(substitutes.joined(separator: ", ")))"
            note(
                .parameterMissing, of: parameter.name, text: "'\(parameter.name)'\(hint) is missing: \(parameter.text)")
        }
    }

    private mutating func findDoubled() {
        if definition.takesBothStandIns { return }
        for (name, substitutes) in definition.substitutes.sorted(by: { $0.key < $1.key }) where given[name] != nil {
            for other in substitutes where given[other] != nil && name < other {
                note(.parameterInvalid, of: other, text: "'\(other)' stands for '\(name)': give one of them, not both.")
            }
        }
    }

    private mutating func examine(_ parameter: Parameter) {
        guard let value = given[parameter.name] else { return }
        guard parameter.types.contains(where: { $0.admits(value) }) else {
            let types = parameter.types.map(\.rawValue).joined(separator: " or ")
            return note(
                .parameterInvalid, of: parameter.name,
                text: "'\(parameter.name)': expected \(types), got \(value.typeName).")
        }
        if !parameter.allowed.isEmpty, !parameter.allowed.contains(value) {
            let allowed = parameter.allowed.map(JSON.text).joined(separator: ", ")
            note(.parameterInvalid, of: parameter.name, text: "'\(parameter.name)': one of \(allowed) is allowed.")
        }
        if let range = parameter.range, let number = Arguments(given).int(parameter.name), !range.contains(number) {
            note(
                .parameterInvalid, of: parameter.name,
                text: "'\(parameter.name)': \(range.lowerBound) to \(range.upperBound) is allowed.")
        }
        if let shape = parameter.shape, value.list != nil || value.map != nil {
            faults += shape.faults(of: value, at: [parameter.name])
        }
    }
}
