import JobEngine
import XMLRPC

extension JobEngine.Value {
    /// The value of an argument. A moment becomes ISO 8601 text, and base64 the UTF-8 text it holds.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` for base64 that is no text, which no job takes.
    init(_ value: XMLRPC.Value) throws(JobError) {
        switch value {
        case .nil: self = .null
        case .bool(let truth): self = .bool(truth)
        case .int(let number): self = .int(Int(number))
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .dateTime(let moment): self = .string(moment.isoText)
        case .base64(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw JobError(
                    .parameterInvalid,
                    "A base64 value holds bytes that are no UTF-8 text; send such data as base64 text.")
            }
            self = .string(text)
        case .array(let elements):
            var list: [JobEngine.Value] = []
            list.reserveCapacity(elements.count)
            for element in elements { list.append(try JobEngine.Value(element)) }
            self = .list(list)
        case .struct(let members):
            var map: [String: JobEngine.Value] = [:]
            map.reserveCapacity(members.count)
            for (name, member) in members { map[name] = try JobEngine.Value(member) }
            self = .map(map)
        }
    }
}

extension XMLRPC.Value {
    /// The value of an answer.
    init(_ value: JobEngine.Value) {
        switch value {
        case .null: self = .nil
        case .bool(let truth): self = .bool(truth)
        case .int(let number): self = .int(Int64(number))
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .list(let elements): self = .array(elements.map { XMLRPC.Value($0) })
        case .map(let members): self = .struct(members.mapValues { XMLRPC.Value($0) })
        }
    }
}

extension DateTime {
    /// With the separators ISO 8601 has for people, as in `2026-01-31T23:59:59`.
    fileprivate var isoText: String {
        let digits = description
        return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.dropFirst(6))"
    }
}
