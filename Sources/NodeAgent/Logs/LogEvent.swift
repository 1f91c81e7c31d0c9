import JobEngine
import Values

/// One event of a log: a line that begins with a date and a time, and the lines below it that do not.
struct LogEvent: Sendable, Hashable {
    /// By the clock of whoever wrote it; a line without an offset is UTC.
    let time: Timestamp
    /// `ERR`, `WARN`, `NOTICE` or `INFO`.
    let priority: String
    /// The lines, secrets as `***`.
    var text: String

    /// The events of a log within a time, in the order of the file; the end is not within.
    static func all(in bytes: [UInt8], within window: Range<Timestamp>) -> [LogEvent] {
        var events: [LogEvent] = []
        var isWanted = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let time = LogTime.beginning(line) {
                isWanted = window.contains(time)
                if isWanted { events.append(LogEvent(time: time, line: line)) }
            } else if isWanted, let last = events.indices.last, events[last].text.utf8.count < 64 * 1024 {
                events[last].text += "\n" + LogSecret.masked(String(decoding: line, as: UTF8.self))
            }
        }
        return events
    }

    private init(time: Timestamp, line: ArraySlice<UInt8>) {
        self.time = time
        let text = String(decoding: line, as: UTF8.self)
        priority = Self.priority(of: text)
        self.text = LogSecret.masked(text)
    }

    /// By the first word among those in front that names one; what names none is for information.
    private static func priority(of text: String) -> String {
        let words = text.prefix(200).split(maxSplits: 8) { !$0.isLetter }
        for word in words {
            switch word.lowercased() {
            case "err", "error", "critical", "fatal", "panic": return "ERR"
            case "warn", "warning": return "WARN"
            case "notice": return "NOTICE"
            case "info", "log", "debug", "trace": return "INFO"
            default: continue
            }
        }
        return "INFO"
    }
}
