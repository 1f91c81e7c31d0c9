/// Why a value is not what somebody wants to read out of it.
package struct ValueFault: Error, Hashable, CustomStringConvertible {
    /// Names of members from the outermost on, with dots between them; empty for the value as a whole.
    package let place: String
    /// What is wrong there, to be read behind the place: `is missing`, `must be a text`.
    package let rule: String

    package var description: String { "'\(place)' \(rule)" }
}

extension Value {
    /// What is read out of the value; members it does not know are passed over, null stands for an absent one.
    ///
    /// - Throws: ``ValueFault`` for the first member that is missing or unfit. It holds nothing of the value itself.
    package func decoded<Content: Decodable>(as type: Content.Type = Content.self) throws(ValueFault) -> Content {
        do {
            return try ValueDecoder(value: self, codingPath: []).decode(type)
        } catch let error as DecodingError {
            throw ValueFault(error)
        } catch {
            throw ValueFault(place: "", rule: "cannot be read: \(error)")
        }
    }
}

extension ValueFault {
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context): self.init(context.codingPath + [key], "is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            self.init(context.codingPath, context.debugDescription)
        @unknown default: self.init(place: "", rule: "cannot be read")
        }
    }

    private init(_ path: [any CodingKey], _ rule: String) {
        self.init(place: path.map(\.stringValue).joined(separator: "."), rule: rule)
    }
}

/// Reads one value, and what is nested in it.
private struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    let value: Value
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<Content: Decodable>(_ type: Content.Type) throws -> Content {
        if let content = plain(type) { return content }
        if let rule = Self.rule(for: type) { throw mismatch(type, rule) }
        do {
            return try Content(from: self)
        } catch DecodingError.dataCorrupted where type is any RawRepresentable.Type {
            // The text of the library would repeat what was sent.
            throw mismatch(type, "is none of the words it can be")
        }
    }

    /// What the value is by itself.
    private func plain<Content: Decodable>(_ type: Content.Type) -> Content? {
        if type == Value.self { return value as? Content }
        switch value {
        case .string(let text): return text as? Content
        case .bool(let truth): return truth as? Content
        case .int(let number):
            guard let kind = type as? any BinaryInteger.Type else { return fraction(Double(number), type) }
            return kind.init(exactly: number) as? Content
        case .double(let number): return fraction(number, type)
        case .null, .list, .map: return nil
        }
    }

    private func fraction<Content>(_ number: Double, _ type: Content.Type) -> Content? {
        guard let kind = type as? any BinaryFloatingPoint.Type else { return nil }
        return kind.init(number) as? Content
    }

    private static func rule(for type: any Decodable.Type) -> String? {
        switch type {
        case is String.Type: "must be a text"
        case is Bool.Type: "must be true or false"
        case is any BinaryInteger.Type: "must be a whole number"
        case is any BinaryFloatingPoint.Type: "must be a number"
        default: nil
        }
    }

    func mismatch(_ type: Any.Type, _ rule: String) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: rule))
    }

    func decodeNil() -> Bool { value == .null }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        switch value {
        case .map(let members): return KeyedDecodingContainer(Members<Key>(members: members, codingPath: codingPath))
        // As one that is absent, it has no member.
        case .null: return KeyedDecodingContainer(Members<Key>(members: [:], codingPath: codingPath))
        default: throw mismatch(type, "must be a map")
        }
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .list(let elements) = value else { throw mismatch([Value].self, "must be a list") }
        return Elements(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

extension ValueDecoder {
    struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [String: Value]
        let codingPath: [any CodingKey]

        var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

        func decodeNil(forKey key: Key) -> Bool { members[key.stringValue]?.unlessNull == nil }

        func decode<Content: Decodable>(_ type: Content.Type, forKey key: Key) throws -> Content {
            try decoder(key).decode(type)
        }

        func nestedContainer<Inner: CodingKey>(
            keyedBy type: Inner.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Inner> {
            try decoder(key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try decoder(key).unkeyedContainer()
        }

        func superDecoder() -> any Decoder { ValueDecoder(value: .map(members), codingPath: codingPath) }
        func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

        private func decoder(_ key: Key) throws -> ValueDecoder {
            guard let value = members[key.stringValue] else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
            }
            return ValueDecoder(value: value, codingPath: codingPath + [key])
        }
    }

    struct Elements: UnkeyedDecodingContainer {
        let elements: [Value]
        let codingPath: [any CodingKey]
        var currentIndex = 0

        init(elements: [Value], codingPath: [any CodingKey]) {
            self.elements = elements
            self.codingPath = codingPath
        }

        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        mutating func decodeNil() throws -> Bool {
            guard try next().decodeNil() else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Content: Decodable>(_ type: Content.Type) throws -> Content {
            let content = try next().decode(type)
            currentIndex += 1
            return content
        }

        mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) throws -> KeyedDecodingContainer<
            Inner
        > {
            let container = try next().container(keyedBy: type)
            currentIndex += 1
            return container
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            let container = try next().unkeyedContainer()
            currentIndex += 1
            return container
        }

        mutating func superDecoder() throws -> any Decoder {
            let decoder = try next()
            currentIndex += 1
            return decoder
        }

        private func next() throws -> ValueDecoder {
            let path = codingPath + [ElementKey(currentIndex)]
            guard elements.indices.contains(currentIndex) else {
                throw DecodingError.valueNotFound(
                    Value.self, .init(codingPath: path, debugDescription: "is missing"))
            }
            return ValueDecoder(value: elements[currentIndex], codingPath: path)
        }
    }
}
