package import Values

/// An answer that is too long for the record of its job: the node that ran the command has it in a file, as JSON with secrets as
/// `***`.
package struct StoredAnswer: Sendable, Hashable {
    /// Bytes of the file; above 0.
    package let bytes: Int
    /// SHA-256 of the file, in 64 lower-case hexadecimal digits.
    package let sha256: String

    /// `nil` for what no file can have.
    package init?(bytes: Int, sha256: String) {
        guard (1...Self.mostBytes).contains(bytes), sha256.utf8.count == 64,
            sha256.utf8.allSatisfy({ Self.isDigit($0) })
        else { return nil }
        (self.bytes, self.sha256) = (bytes, sha256)
    }

    /// So many bytes the file of one answer may have.
    package static let mostBytes = 64 << 20

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}

extension StoredAnswer {
    /// Members `bytes` and `sha256`.
    package var value: Value { ["bytes": .int(bytes), "sha256": .string(sha256)] }

    /// `nil` for what is none.
    package init?(_ value: Value) {
        guard let bytes = value["bytes"]?.int, let sha256 = value["sha256"]?.string else { return nil }
        self.init(bytes: bytes, sha256: sha256)
    }
}

extension JobID {
    /// Where the answer of a command of the job is asked for.
    package func answerPath(_ step: Int) -> String { "/jobs/\(self)/answers/\(step)" }
}

extension JobRecord {
    /// The answers that are in files, by the place of their command.
    package var storedAnswers: [(step: Int, node: Int, answer: StoredAnswer)] {
        commands.enumerated().compactMap { step, command in
            command.storedAnswer.map { (step: step, node: command.node, answer: $0) }
        }
    }

    /// Says where the answer of a command is, for people.
    package func place(ofAnswer answer: StoredAnswer, of step: Int, on node: Int) -> String {
        "The answer of command \(step) has \(answer.bytes) bytes and is in a file of node \(node) for some days: "
            + "GET \(id.answerPath(step)). SHA-256 \(answer.sha256)."
    }

    /// Stands for what the job returns where answers are in files; `nil` where none is.
    var outputElsewhere: Value? {
        let places = storedAnswers.map { place(ofAnswer: $0.answer, of: $0.step, on: $0.node) }
        return places.isEmpty ? nil : .string(places.joined(separator: "\n"))
    }
}
