extension Value {
    /// The same value with `***` on every level for members of these names, for texts that a mistyped name still gives
    /// away as passwords, for access keys, and for what ``Secret/masked(_:)`` tells by its form.
    package func redacting(members secrets: Set<String> = []) -> Value {
        guard mayHoldSecret(secrets) else { return self }
        switch self {
        case .string(let text): return .string(Secret.masked(text))
        case .list(let elements):
            let redacted = elements.map { $0.redacting(members: secrets) }
            return .list(redacted.indices.map { goesOn(elements, at: $0) ? .string(Secret.mask) : redacted[$0] })
        case .map(let members):
            let type = Self.storeType(members)
            let redacted = members.map { name, value in
                let isSecret = value.isSecret(by: name, secrets, ofStore: type)
                return (Secret.masked(name), isSecret ? Value.string(Secret.mask) : value.redacting(members: secrets))
            }
            return .map(Dictionary(redacted) { first, _ in first })
        default: return self
        }
    }

    /// Whether an element is the rest of a secret that the one before it begins: a text that was taken apart at its spaces, such
    /// as start parameters, has the id of an access key in one and its secret in the next.
    private func goesOn(_ elements: [Value], at index: Int) -> Bool {
        guard index > 0, case .string(let begin) = elements[index - 1], case .string(let rest) = elements[index],
            !rest.isEmpty, SecretScanner.mayFind(in: begin)
        else { return false }
        return !Secret.masked("\(begin) \(rest)").hasSuffix(rest)
    }

    /// Whether there is something to look at: most values are copied for nothing otherwise.
    private func mayHoldSecret(_ secrets: Set<String>) -> Bool {
        switch self {
        case .string(let text): return SecretScanner.mayFind(in: text)
        case .list(let elements): return elements.contains { $0.mayHoldSecret(secrets) }
        case .map(let members):
            let type = Self.storeType(members)
            return members.contains { name, value in
                value.isSecret(by: name, secrets, ofStore: type) || SecretScanner.mayFind(in: name)
                    || value.mayHoldSecret(secrets)
            }
        default: return false
        }
    }

    private func isSecret(by name: String, _ secrets: Set<String>, ofStore type: String?) -> Bool {
        if secrets.contains(name) { return self != .null }
        guard case .string = self else { return false }
        if Secret.isAccessKey(name, ofStore: type) { return true }
        return name.utf8.contains { $0 | 0x20 == UInt8(ascii: "w") } && name.lowercased().contains("passw")
    }

    /// The kind of store the members are settings of, as jobs, commands and EXAConf name it.
    private static func storeType(_ members: [String: Value]) -> String? {
        (members["vol_type"] ?? members["type"] ?? members["Type"])?.string
    }
}
