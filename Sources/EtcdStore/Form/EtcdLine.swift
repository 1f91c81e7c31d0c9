import Values

/// Answers as text of JSON, in limits.
enum EtcdLine {
    /// A range has 256 keys at most, a piece of a watch as much as fits into 16 MiB.
    private static let limits = JSON.Limits(depth: 12, count: 500_000)

    /// The one value of an answer.
    static func value(_ bytes: some Collection<UInt8>) throws(EtcdFault) -> Value {
        guard let value = try? JSON.parse(bytes, limits: limits) else { throw .unreadable("JSON") }
        return value
    }

    /// What a line of a stream tells.
    ///
    /// - Throws: The refusal, when the line is one: it is the last.
    static func result(_ bytes: some Collection<UInt8>) throws(EtcdFault) -> Value {
        let value = try value(bytes)
        if let result = value["result"], result.map != nil { return result }
        if let refusal = RefusedAnswer(value) { throw .refused(refusal) }
        throw .unreadable("line")
    }
}
