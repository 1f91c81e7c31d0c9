import JobEngine
import Values

/// What a job's commands said, as numbered lines that never change their number: of each command its lines while it ran,
/// then its answer, and why it failed.
struct JobLog {
    /// Line, in the order the commands ran.
    struct Line: Hashable {
        let command: Int
        let time: Timestamp?
        let stream: String
        let text: String
    }

    let lines: [Line]

    init(of job: JobRecord) {
        var lines: [Line] = []
        for (index, command) in job.commands.enumerated() {
            lines += Self.lines(command.log, of: index)
            let place = command.storedAnswer.map { job.place(ofAnswer: $0, of: index, on: command.node) }
            for (stream, text) in (place.map { [("stdout", $0)] } ?? []) + Self.texts(of: command) {
                for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                    lines.append(Line(command: index, time: command.endedAt, stream: stream, text: String(line)))
                }
            }
        }
        // They are taken back from the last one on.
        for (index, command) in job.commands.enumerated().reversed() { lines += Self.lines(command.undoLog, of: index) }
        self.lines = lines
    }

    /// The lines behind a number, as members of an answer.
    func page(after: Int, limit: Int, isComplete: Bool) -> Value {
        let first = min(max(0, after), lines.count)
        let end = min(lines.count, first + max(0, limit))
        let items = lines[first..<end].enumerated().map { offset, line in
            Value.members([
                "n": .int(first + offset + 1), "time": line.time.map(Value.time),
                "command": .int(line.command), "stream": .string(line.stream), "text": .string(line.text),
            ])
        }
        return [
            "lines": .list(items), "next_after": .int(end), "complete": .bool(isComplete && end == lines.count),
        ]
    }

    private static func lines(_ log: CommandLog, of index: Int) -> [Line] {
        log.lines.map { Line(command: index, time: $0.at, stream: "stderr", text: $0.text) }
    }

    private static func texts(of command: CommandRecord) -> [(stream: String, text: String)] {
        var texts: [(stream: String, text: String)] = []
        switch command.output {
        case nil: break
        case .string(let text): texts.append(("stdout", trimmed(text)))
        case .map(let members) where members["stdout"]?.string != nil || members["stderr"]?.string != nil:
            for stream in ["stdout", "stderr"] {
                if let text = members[stream]?.string, !text.isEmpty { texts.append((stream, trimmed(text))) }
            }
        case .some(let value): texts.append(("stdout", JSON.text(value)))
        }
        if let message = command.message { texts.append(("stderr", trimmed(message))) }
        return texts
    }

    /// Without the line end that closes the last line.
    private static func trimmed(_ text: String) -> String { text.hasSuffix("\n") ? String(text.dropLast()) : text }
}
