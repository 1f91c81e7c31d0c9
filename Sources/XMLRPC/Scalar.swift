import Values

/// Reads the text of a typed element. Nothing is trimmed: XML-RPC allows no blanks around a number.
enum Scalar {
    /// Returns nil when the text is no value of the type.
    static func value(of element: Element, _ text: [UInt8]) -> Value? {
        switch element {
        case .string: .string(String(decoding: text, as: UTF8.self))
        case .int, .i4: integer(text, in: Int(Int32.min)...Int(Int32.max))
        case .i8, .extendedI8: integer(text, in: Int.min...Int.max)
        case .i2, .extendedI2: integer(text, in: Int(Int16.min)...Int(Int16.max))
        case .i1, .extendedI1: integer(text, in: Int(Int8.min)...Int(Int8.max))
        case .boolean: boolean(text)
        case .double: double(text)
        case .dateTime: DateTime.isoText(text).map { .string($0) }
        case .nil, .extendedNil: text.isEmpty ? .null : nil
        default: nil
        }
    }

    /// Sign and digits, which is what `Int.init(_:)` reads too; a number too large for the range is none.
    private static func integer(_ text: [UInt8], in range: ClosedRange<Int>) -> Value? {
        guard let number = Int(String(decoding: text, as: UTF8.self)), range.contains(number) else { return nil }
        return .int(number)
    }

    private static func boolean(_ text: [UInt8]) -> Value? {
        switch text {
        case [UInt8(ascii: "0")]: false
        case [UInt8(ascii: "1")]: true
        default: nil
        }
    }

    /// Digits with at most one point, and an exponent, which the specification lacks and Python writes.
    private static func double(_ text: [UInt8]) -> Value? {
        let allowed = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard allowed, let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else { return nil }
        return .double(number)
    }
}
