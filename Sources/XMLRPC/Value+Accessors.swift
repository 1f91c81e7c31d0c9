extension Value {
    /// True for `<nil/>`.
    package var isNil: Bool { self == .nil }

    /// The payload when the value is a boolean. Nothing is converted, by this accessor or by the others.
    package var boolValue: Bool? {
        guard case .bool(let payload) = self else { return nil }
        return payload
    }

    /// The payload when the value is an integer of any width.
    package var intValue: Int64? {
        guard case .int(let payload) = self else { return nil }
        return payload
    }

    /// The payload when the value is a double.
    package var doubleValue: Double? {
        guard case .double(let payload) = self else { return nil }
        return payload
    }

    /// The payload when the value is a string, typed or untyped on the wire.
    package var stringValue: String? {
        guard case .string(let payload) = self else { return nil }
        return payload
    }

    /// The payload when the value is a `<dateTime.iso8601>`.
    package var dateTimeValue: DateTime? {
        guard case .dateTime(let payload) = self else { return nil }
        return payload
    }

    /// The decoded bytes when the value is a `<base64>`.
    package var base64Value: [UInt8]? {
        guard case .base64(let payload) = self else { return nil }
        return payload
    }

    /// The elements when the value is an array.
    package var arrayValue: [Value]? {
        guard case .array(let payload) = self else { return nil }
        return payload
    }

    /// The members when the value is a struct.
    package var structValue: [String: Value]? {
        guard case .struct(let payload) = self else { return nil }
        return payload
    }
}
