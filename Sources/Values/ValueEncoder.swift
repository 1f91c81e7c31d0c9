extension Value {
    /// The value of something that can be encoded: a map for what has members, of which those that are `nil` are left out.
    ///
    /// - Throws: `EncodingError` for a whole number that does not fit, and whatever the content itself refuses with.
    package init(encoding content: some Encodable) throws {
        let encoder = ValueEncoder(codingPath: [])
        try encoder.encode(content)
        self = encoder.value
    }
}

/// Collects the value of one thing, and of what is nested in it.
private final class ValueEncoder: Encoder {
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var plain = Value.null
    // Apart from each other, so that what is added is not copied with all that is there.
    private var members: [String: ValueEncoder]?
    private var elements: [ValueEncoder]?

    init(codingPath: [any CodingKey]) {
        self.codingPath = codingPath
    }

    var value: Value {
        if let members { return .map(members.mapValues(\.value)) }
        return elements.map { .list($0.map(\.value)) } ?? plain
    }

    /// Numbers, texts and truths are values by themselves; everything else says what it consists of.
    func encode<Content: Encodable>(_ content: Content) throws {
        switch content {
        case let value as Value: plain = value
        case let text as String: plain = .string(text)
        case let truth as Bool: plain = .bool(truth)
        case let number as any BinaryInteger:
            guard let whole = Int(exactly: number) else {
                throw EncodingError.invalidValue(content, .init(codingPath: codingPath, debugDescription: "too large"))
            }
            plain = .int(whole)
        case let number as any BinaryFloatingPoint: plain = .double(Double(number))
        default: try content.encode(to: self)
        }
    }

    func member(_ key: any CodingKey) -> ValueEncoder {
        let inner = ValueEncoder(codingPath: codingPath + [key])
        members?[key.stringValue] = inner
        return inner
    }

    func element() -> ValueEncoder {
        let inner = ValueEncoder(codingPath: codingPath + [ElementKey(count)])
        elements?.append(inner)
        return inner
    }

    var count: Int { elements?.count ?? 0 }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if members == nil { members = [:] }
        return KeyedEncodingContainer(Members<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if elements == nil { elements = [] }
        return Elements(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }
}

extension ValueEncoder {
    struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: ValueEncoder
        var codingPath: [any CodingKey] { encoder.codingPath }

        func encodeNil(forKey key: Key) { _ = encoder.member(key) }

        func encode<Content: Encodable>(_ content: Content, forKey key: Key) throws {
            try encoder.member(key).encode(content)
        }

        func nestedContainer<Inner: CodingKey>(
            keyedBy type: Inner.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Inner> {
            encoder.member(key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            encoder.member(key).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { encoder }
        func superEncoder(forKey key: Key) -> any Encoder { encoder.member(key) }
    }

    struct Elements: UnkeyedEncodingContainer {
        let encoder: ValueEncoder
        var codingPath: [any CodingKey] { encoder.codingPath }
        var count: Int { encoder.count }

        func encodeNil() { _ = encoder.element() }
        func encode<Content: Encodable>(_ content: Content) throws { try encoder.element().encode(content) }

        func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
            encoder.element().container(keyedBy: type)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.element().unkeyedContainer() }
        func superEncoder() -> any Encoder { encoder.element() }
    }

    struct Single: SingleValueEncodingContainer {
        let encoder: ValueEncoder
        var codingPath: [any CodingKey] { encoder.codingPath }

        // That is what there is before anything was encoded.
        func encodeNil() {}
        func encode<Content: Encodable>(_ content: Content) throws { try encoder.encode(content) }
    }
}

/// The place of an element of a list.
struct ElementKey: CodingKey {
    let intValue: Int?
    let stringValue: String

    init(_ place: Int) { (intValue, stringValue) = (place, String(place)) }
    init?(intValue place: Int) { self.init(place) }
    init?(stringValue text: String) { (intValue, stringValue) = (Int(text), text) }
}
