import Values

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
