/// One piece of data of a parameter, a result or a stored record, in the terms every dialect has in common.
///
/// Maps have no order; whoever prints one sorts its keys, so that equal values have equal text.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([Value])
    case map([String: Value])
}

extension Value {
    /// The text of a string value, `nil` for every other kind.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number of an integer value, `nil` for every other kind.
    package var int: Int? {
        if case .int(let number) = self { number } else { nil }
    }

    /// The truth of a boolean value, `nil` for every other kind.
    package var bool: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    /// The elements of a list, `nil` for every other kind.
    package var list: [Value]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// The members of a map, `nil` for every other kind.
    package var map: [String: Value]? {
        if case .map(let members) = self { members } else { nil }
    }

    /// The value, `nil` when it is null.
    package var unlessNull: Value? {
        self == .null ? nil : self
    }

    /// The member of a map, `nil` when it is absent or the value is no map.
    package subscript(_ member: String) -> Value? {
        map?[member]
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .int(number) }
    package init(booleanLiteral truth: Bool) { self = .bool(truth) }
}

extension Value: ExpressibleByFloatLiteral {
    package init(floatLiteral number: Double) { self = .double(number) }
}

extension Value: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(arrayLiteral elements: Value...) { self = .list(elements) }
    /// A map; of two members with one name the later counts.
    package init(dictionaryLiteral members: (String, Value)...) {
        self = .map(Dictionary(members) { _, last in last })
    }
}

extension Value {
    /// A list of texts.
    package static func strings(_ texts: some Sequence<String>) -> Value {
        .list(texts.map(Value.string))
    }

    /// A list of numbers.
    package static func ints(_ numbers: some Sequence<Int>) -> Value {
        .list(numbers.map(Value.int))
    }

    /// A map of the members that have a value: an absent member is left out, it is not null.
    package static func members(_ members: [String: Value?]) -> Value {
        .map(members.compactMapValues { $0 })
    }
}

extension Value {
    /// What JSON calls a value of this kind.
    package var jsonType: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .int, .double: "a number"
        case .string: "a string"
        case .list: "a list"
        case .map: "an object"
        }
    }
}
