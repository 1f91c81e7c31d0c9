package import Values

/// How far a job is while its commands run.
package struct JobProgress: Sendable, Hashable {
    /// 0 to 100: commands that have ended, and what the one that runs says of itself; `nil` when nobody can tell.
    package let percent: Int?
    /// What is being done now.
    package let text: String

    /// Members `text` and, when it is known, `percent`.
    package var value: Value { .members(["percent": percent.map(Value.int), "text": .string(text)]) }
}

/// How far a command that runs says it is.
package struct CommandProgress: Sendable, Hashable {
    /// 0 to 100.
    package let percent: Int
    /// What it is doing; may be empty.
    package let text: String

    /// Programs say this: a percentage out of bounds is brought into them, and of a text the first 200 characters are
    /// taken, without secrets and control characters.
    package init(percent: Int, text: String) {
        self.percent = min(100, max(0, percent))
        self.text = String(Secret.masked(text).filter { !$0.isASCII || ("\u{20}"..."\u{7E}").contains($0) }.prefix(200))
    }
}

extension JobProgress {
    /// How far a job is whose commands of these indices run; `nil` when nothing is known but that its only command does.
    ///
    /// - Parameter told: What one of them says of itself.
    init?(running: Set<Int>, of commands: [CommandRecord], told: CommandProgress? = nil) {
        guard let first = running.min(), let last = running.max(), commands.indices.contains(last),
            commands.count > 1 || told != nil
        else { return nil }
        // What one of several says of itself would make the whole go back and forth.
        let part = running.count == 1 ? told?.percent ?? 0 : 0
        let done = commands.count { $0.endedAt != nil }
        let words = told?.text ?? ""
        let text = words.isEmpty ? commands[first].action : words
        let steps = first == last ? "step \(first + 1)" : "steps \(first + 1) to \(last + 1)"
        self.init(
            percent: (100 * done + part) / commands.count,
            text: commands.count > 1 ? "\(steps) of \(commands.count): \(text)" : text)
    }
}

/// What a running command says of itself.
package enum CommandReport: Sendable, Hashable {
    /// How far it is.
    case progress(CommandProgress)
    /// A line for the job's log.
    case line(String)

    /// What a program says in a line of its standard error: `{"progress": {"percent": 40, "text": "copying"}}`, or
    /// anything else for the log.
    package init(line: String) {
        if line.hasPrefix("{"), let value = try? JSON.parse(line.utf8), let told = value.map?["progress"]?.map,
            let percent = told["percent"]?.int
        {
            self = .progress(CommandProgress(percent: percent, text: told["text"]?.string ?? ""))
        } else {
            self = .line(line)
        }
    }
}
