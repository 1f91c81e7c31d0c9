package import Values

/// The parameters of one job after they were checked against its definition: a name that is here has an allowed type.
package struct Arguments: Sendable, Hashable {
    /// By parameter name, secrets in clear; a parameter that was left out has no member.
    package let values: [String: Value]

    /// Takes the values as they are: ``ArgumentCheck`` is what holds a caller's values to a definition.
    package init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    /// The values together with the defaults of parameters that were left out.
    package func completed(for parameters: [Parameter]) -> [String: Value] {
        let defaults = parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } }
        return values.merging(defaults) { given, _ in given }
    }

    /// The value of a parameter of any type, `nil` when it was not given.
    package subscript(_ name: String) -> Value? { values[name] }

    /// The text of a parameter, `nil` when it was not given or is no text.
    package func string(_ name: String) -> String? { values[name]?.string }

    /// The number of a parameter; a text of digits counts, as the parameters that take both mean the same by it.
    package func int(_ name: String) -> Int? {
        switch values[name] {
        case .int(let number): number
        case .string(let text): Int(text)
        default: nil
        }
    }

    /// The text of a parameter that takes text or a number.
    package func text(_ name: String) -> String? {
        switch values[name] {
        case .int(let number): String(number)
        case .string(let text): text
        default: nil
        }
    }

    /// The truth of a parameter, `nil` when it was not given or is no boolean: texts such as `true` do not count.
    package func bool(_ name: String) -> Bool? { values[name]?.bool }

    /// The elements of a parameter, `nil` when it was not given or is no list: one value alone is no list.
    package func list(_ name: String) -> [Value]? { values[name]?.list }

    /// The members of a parameter, `nil` when it was not given or is no dict.
    package func map(_ name: String) -> [String: Value]? { values[name]?.map }

    /// The texts of a list.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` when an element is something else.
    package func strings(_ name: String) throws(JobError) -> [String]? {
        guard let elements = list(name) else { return nil }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.string else {
                throw .invalid("\(name)/\(index)", "\(name)[\(index)]: expected str, got \(element.typeName).")
            }
            texts.append(text)
        }
        return texts
    }

    /// The numbers of a parameter that takes one or a list of them.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` when an element is something else.
    package func ints(_ name: String) throws(JobError) -> [Int]? {
        switch values[name] {
        case .int(let number): return [number]
        case .list(let elements):
            var numbers: [Int] = []
            for (index, element) in elements.enumerated() {
                guard let number = element.int else {
                    throw .invalid("\(name)/\(index)", "\(name)[\(index)]: expected int, got \(element.typeName).")
                }
                numbers.append(number)
            }
            return numbers
        default: return nil
        }
    }

    /// The text of a mandatory parameter.
    ///
    /// - Throws: ``JobError/Code/parameterMissing`` when only a stand-in was given.
    package func required(_ name: String) throws(JobError) -> String {
        guard let text = text(name) else {
            throw JobError(
                .parameterMissing, "The parameter '\(name)' is missing.",
                faults: [.init(pointer: "/params/\(name)", code: .parameterMissing, text: "It is mandatory.")])
        }
        return text
    }
}
