package import Values

extension CommandOutcome {
    /// A map with the one member that says how it ended.
    package var value: Value {
        switch self {
        case .ok(let answer): ["ok": answer]
        case .stored(let answer): ["stored": answer.value]
        case .failed(let code, let message): ["failed": ["code": .int(code), "message": .string(message)]]
        case .refused(let error): ["refused": error.told]
        case .lost(let message): ["lost": .string(message)]
        case .timedOut: ["ended": "timed-out"]
        case .cancelled: ["ended": "cancelled"]
        }
    }

    /// `nil` for what is none.
    package init?(_ value: Value) {
        guard let members = value.map, members.count == 1, let (name, told) = members.first else { return nil }
        switch (name, told) {
        case ("ok", _): self = .ok(told)
        case ("stored", _):
            guard let answer = StoredAnswer(told) else { return nil }
            self = .stored(answer)
        case ("failed", _):
            guard let code = told["code"]?.int, let message = told["message"]?.string else { return nil }
            self = .failed(code: code, message: message)
        case ("refused", _):
            guard let error = JobError(told: told) else { return nil }
            self = .refused(error)
        case ("lost", .string(let message)): self = .lost(message)
        case ("ended", "timed-out"): self = .timedOut
        case ("ended", "cancelled"): self = .cancelled
        default: return nil
        }
    }
}
