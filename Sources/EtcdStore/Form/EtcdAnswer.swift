import Values

/// What etcd says when it does not do what it was asked to: a code of gRPC and a text.
struct RefusedAnswer: Error, Sendable, Hashable {
    let code: Int
    let message: String

    /// Reads the body of an answer that is none; what cannot be read is told by its status.
    init(_ body: [UInt8], status: Int) {
        let value = (try? JSON.parse(body, limits: JSON.Limits(depth: 4, count: 100))) ?? .null
        self = RefusedAnswer(value) ?? RefusedAnswer(code: 2, message: "it answered with status \(status)")
    }

    /// Reads an object as etcd answers with, or that of the line a stream ends with; `nil` when it is neither.
    init?(_ value: Value) {
        let inner = value["error"]?.map == nil ? value : value["error"] ?? value
        guard let message = inner["message"]?.string ?? inner["error"]?.string else { return nil }
        self.init(code: inner["code"]?.int ?? inner["grpc_code"]?.int ?? 2, message: String(message.prefix(300)))
    }

    init(code: Int, message: String) {
        (self.code, self.message) = (code, message)
    }

    /// The database is as large as it may be. Another refusal has the same code.
    var isNoRoom: Bool { code == 8 && message.contains("database space exceeded") }
    /// There is no such lease, or no such member.
    var isNotFound: Bool { code == 5 }
    /// What is asked for is forgotten.
    var isCompacted: Bool { code == 11 && message.contains("has been compacted") }
}

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
