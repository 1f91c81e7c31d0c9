package import Values

/// One parameter of a job, as its definition states it and its help prints it.
package struct Parameter: Sendable, Hashable {
    /// The name on the wire, in snake_case.
    package let name: String
    /// The types it takes; one suffices.
    package let types: [ParameterType]
    /// What it means, for people.
    package let text: String
    /// What holds when it is left out, for people and forms; `nil` when nothing does.
    package var defaultValue: Value?
    /// The only values it may have; empty when any will do.
    package var allowed: [Value] = []
    /// The inclusive bounds of a number.
    package var range: ClosedRange<Int>?
    /// The shape of a list or dict; `nil` when its content is not known.
    package var shape: Shape?
    /// A password, a key: never stored, logged or shown.
    package var isSecret = false
    /// A worked value for documentation.
    package var example: Value?

    /// A parameter that takes a value of any of these types; without `shape`, `allowed` and `range` every such value will
    /// do.
    package init(
        _ name: String, _ types: ParameterType..., text: String, shape: Shape? = nil,
        default defaultValue: Value? = nil,
        allowed: [Value] = [], range: ClosedRange<Int>? = nil, secret: Bool = false, example: Value? = nil
    ) {
        self.init(name, types: types, text: text)
        self.shape = shape
        self.defaultValue = defaultValue
        self.allowed = allowed
        self.range = range
        self.isSecret = secret
        self.example = example
    }

    /// The same with its types in a list and nothing else said of it.
    package init(_ name: String, types: [ParameterType], text: String) {
        self.name = name
        self.types = types
        self.text = text
    }
}

/// The type of a parameter, named as ConfD's clients know it: the names of Python.
package enum ParameterType: String, Sendable, Hashable, CaseIterable {
    case str
    case int
    case bool
    case list
    /// The same as a list on every wire we serve; the help of some jobs names it beside `list`.
    case tuple
    case dict

    /// Whether a value is of this type.
    package func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.str, .string), (.int, .int), (.bool, .bool), (.list, .list), (.tuple, .list), (.dict, .map): true
        default: false
        }
    }
}

extension Value {
    /// The type of a value in the words of ``ParameterType``, for error texts.
    package var typeName: String {
        switch self {
        case .null: "nil"
        case .bool: "bool"
        case .int: "int"
        case .double: "float"
        case .string: "str"
        case .list: "list"
        case .map: "dict"
        }
    }
}
