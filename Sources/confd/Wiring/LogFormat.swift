import Foundation
import JobEngine
import Logging
import Values

/// One log line as a JSON object on standard error.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members: [String: Value] = [
            "time": .string(Date().formatted(.iso8601)), "level": .string(event.level.rawValue),
            "message": .string("\(event.message)"), "logger": .string(label),
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { _, later in later }) {
            members[key] = .string("\(value)")
        }
        StandardError.write(JSON.text(.map(members)) + "\n")
    }
}

extension DaemonSettings {
    /// The daemon's logger in the format and from the level the settings say.
    func makeLogger() -> Logger {
        var logger =
            self[\.logFormat] == .json
            ? Logger(label: "confd") { MaskingLogHandler(JSONLogHandler(label: $0)) }
            : Logger(label: "confd") { MaskingLogHandler(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = self[\.logLevel]
        return logger
    }
}
