import Values

/// How etcd writes in JSON: numbers of 64 bits as texts, bytes in base64, and nothing for what is zero, empty or false.
enum EtcdFields {
    /// A number that is never negative, 0 when it is absent; `nil` for what is none.
    static func number(_ value: Value?) -> Int? {
        switch value {
        case .none, .some(.null): 0
        case .some(.int(let number)) where number >= 0: number
        case .some(.string(let text)) where text.utf8.count <= 19 && text.utf8.allSatisfy(Self.isDigit): Int(text)
        default: nil
        }
    }

    /// The number of a member, which has all 64 bits; 0 when it is absent.
    static func identity(_ value: Value?) -> UInt64? {
        switch value {
        case .none, .some(.null): 0
        case .some(.int(let number)): UInt64(exactly: number)
        case .some(.string(let text)) where text.utf8.count <= 20 && text.utf8.allSatisfy(Self.isDigit): UInt64(text)
        default: nil
        }
    }

    /// Bytes, none when they are absent.
    static func bytes(_ value: Value?) -> [UInt8]? {
        switch value {
        case .none, .some(.null): []
        case .some(.string(let text)): Base64.decode(text.utf8)
        default: nil
        }
    }

    /// A key, which is a text here. One that is empty or no UTF-8 is none of ours.
    static func key(_ value: Value?) -> String? {
        guard let bytes = bytes(value), !bytes.isEmpty else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A truth, false when it is absent.
    static func truth(_ value: Value?) -> Bool? {
        switch value {
        case .none, .some(.null): false
        case .some(.bool(let truth)): truth
        default: nil
        }
    }

    /// Elements, none when the list is absent.
    static func list(_ value: Value?) -> [Value]? {
        switch value {
        case .none, .some(.null): []
        case .some(.list(let elements)): elements
        default: nil
        }
    }

    /// The revision etcd answered at; there is none below 1.
    static func revision(_ answer: Value) -> Int? {
        guard let revision = number(answer["header"]?["revision"]), revision > 0 else { return nil }
        return revision
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Value {
    /// A number as etcd reads it.
    static func number(_ number: Int) -> Value { .string(String(number)) }
    /// A key as etcd reads it.
    static func key(_ key: String) -> Value { .string(Base64.encode(key.utf8)) }
}
