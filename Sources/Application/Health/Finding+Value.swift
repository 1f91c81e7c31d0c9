import JobEngine
package import Values

extension Finding {
    /// The members people and programs are told.
    package var value: Value {
        .members([
            "finding_id": .string(id), "code": .string(code.rawValue), "object": .string(object),
            "node": node.map(Value.int), "severity": .string(severity.rawValue), "since": .time(since),
            "cause": .string(Secret.masked(cause)), "cure": .string(cure), "job": job?.value, "silence": silence?.value,
        ])
    }
}

extension FindingSilence {
    /// The members people and programs are told.
    var value: Value {
        [
            "kind": .string(kind.rawValue), "reason": .string(reason), "user": .string(user), "at": .time(at),
            "until": .time(until),
        ]
    }
}

extension HealthSummary {
    /// The members people and programs are told.
    package var value: Value {
        [
            "verdict": .string(verdict.rawValue),
            "counts": .map(Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, .int($0.value)) })),
            "muted": .int(muted), "findings": .list(findings.map(\.value)),
        ]
    }
}
