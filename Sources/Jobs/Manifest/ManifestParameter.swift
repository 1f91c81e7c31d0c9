import JobEngine
import Values

/// A parameter as a manifest states it.
struct ManifestParameter: Sendable {
    let parameter: Parameter
    let isMandatory: Bool

    /// Reads one element of `parameters`; what is wrong goes to the faults of the manifest.
    init(_ value: Value, at place: String, _ manifest: inout ManifestReader) {
        var reader = ManifestReader(value, at: place)
        let name = reader.requiredText("name")
        if !name.isEmpty, !JobManifest.isName(name) { reader.note("name", "has to match [a-z][a-z0-9_]{0,63}") }
        let types = Self.types(&reader)
        var parameter = Parameter(name, types: types, text: reader.requiredText("text"))
        parameter.defaultValue = reader.value("default")
        parameter.allowed = reader.elements("allowed")
        parameter.example = reader.value("example")
        parameter.isSecret = reader.flag("secret")
        isMandatory = reader.flag("mandatory")
        parameter.range = Self.range(&reader)
        for value in parameter.allowed + [parameter.defaultValue, parameter.example].compactMap({ $0 })
        where !types.contains(where: { $0.admits(value) }) {
            reader.note(name, "takes no \(value.typeName), which one of its values is")
        }
        reader.end()
        manifest.add(reader.faults)
        self.parameter = parameter
    }

    private static func types(_ reader: inout ManifestReader) -> [ParameterType] {
        let words = reader.texts("type")
        let types = words.compactMap(ParameterType.init(rawValue:))
        if types.isEmpty || types.count != words.count {
            reader.note("type", "has to be of " + ParameterType.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return types
    }

    private static func range(_ reader: inout ManifestReader) -> ClosedRange<Int>? {
        let least = reader.number("minimum", in: .min ... .max)
        let most = reader.number("maximum", in: .min ... .max)
        if let least, let most, least <= most { return least...most }
        if least != nil || most != nil { reader.note("minimum", "and maximum have to stand together, in this order") }
        return nil
    }
}

/// A lock as a manifest states it: a key in which `{name}` stands for the text of a parameter.
struct ManifestLock: Sendable, Hashable {
    private let key: String
    private let isShared: Bool

    init(_ value: Value, at place: String, among names: Set<String>, _ manifest: inout ManifestReader) {
        var reader = ManifestReader(value, at: place)
        key = reader.requiredText("key")
        isShared = reader.flag("shared")
        for match in key.matches(of: /\{([^}]*)\}/) where !names.contains(String(match.1)) {
            reader.note("key", "names the unknown parameter '\(match.1)'")
        }
        reader.end()
        manifest.add(reader.faults)
    }

    /// The lock of a job with these arguments.
    func lock(_ arguments: Arguments) -> Lock {
        let key = key.replacing(/\{([^}]*)\}/) { match in
            arguments[String(match.1)].map { $0.string ?? JSON.text($0) } ?? ""
        }
        return isShared ? .shared(key) : .exclusive(key)
    }
}
