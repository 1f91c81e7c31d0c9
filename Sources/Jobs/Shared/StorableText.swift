import EXAConf
import JobEngine
import Values

/// Which texts of a caller the configuration file can hold: printable ASCII without `#`, as anything else would be cut,
/// changed or refused when the file is read again.
enum StorableText {
    /// What is wrong with a text, in words that follow the parameter's name; `nil` for nothing.
    static func fault(of text: String) -> String? {
        if text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) { return "must not contain a line break." }
        if text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) {
            return "must not contain control or non-ASCII characters."
        }
        if text.utf8.contains(UInt8(ascii: "#")) { return "must not contain '#'." }
        if text.utf8.first == 0x20 || text.utf8.last == 0x20 { return "must not start or end with a blank." }
        if let first = text.utf8.first, first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            return "must not start with a quote."
        }
        return nil
    }

    /// Every fault of a value and of all it holds.
    static func faults(of value: Value, at pointer: String) -> [JobError.Fault] {
        switch value {
        case .string(let text):
            guard let fault = fault(of: text) else { return [] }
            return [
                JobError.Fault(pointer: "/params/\(pointer)", code: .parameterInvalid, text: "'\(pointer)' \(fault)")
            ]
        case .list(let elements):
            return elements.enumerated().flatMap { faults(of: $0.element, at: "\(pointer)/\($0.offset)") }
        case .map(let members):
            return members.sorted { $0.key < $1.key }.flatMap {
                faults(of: $0.value, at: pointer + JSONPointer.segment($0.key))
            }
        case .null, .bool, .int, .double: return []
        }
    }
}

extension JobError {
    /// All faults as one error, `nil` when there are none.
    init?(_ faults: [Fault]) {
        guard let first = faults.first else { return nil }
        self.init(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }
}

extension Work {
    /// Edits the configuration, once every text the caller gave is known to be fit for the file.
    ///
    /// - Parameter encoded: Parameters that are stored encoded or hashed, so that they may hold any text.
    static func edit(
        encoded: Set<String> = [],
        _ change: @escaping @Sendable (JobContext, inout Document) throws(JobError) -> Value?
    ) -> Work {
        .change { (context, document) throws(JobError) in
            try context.arguments.requireStorable(encoded: encoded)
            return try change(context, &document)
        }
    }
}

extension Arguments {
    /// Refuses texts that are not fit for the file.
    ///
    /// - Parameter encoded: Parameters that are stored in another form, so that they may hold any text.
    func requireStorable(encoded: Set<String>) throws(JobError) {
        let given = values.filter { !encoded.contains($0.key) }.sorted { $0.key < $1.key }
        if let error = JobError(given.flatMap { StorableText.faults(of: $0.value, at: $0.key) }) { throw error }
    }

    /// The texts of a list the file keeps with commas between: none is empty, none has a comma itself.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` for the first element that cannot be kept so.
    func elements(_ name: String) throws(JobError) -> [String]? {
        guard let texts = try strings(name) else { return nil }
        for (index, text) in texts.enumerated() {
            guard !text.isEmpty, !text.utf8.contains(UInt8(ascii: ",")) else {
                throw .invalid("\(name)/\(index)", "\(name)[\(index)] must neither be empty nor contain a comma.")
            }
        }
        return texts
    }
}
