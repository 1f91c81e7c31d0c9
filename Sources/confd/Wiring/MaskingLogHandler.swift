import Logging
import Values

/// Writes lines by another handler, without the secrets that are told by their form: a cause or a path may repeat what
/// somebody sent.
struct MaskingLogHandler<Handler: LogHandler>: LogHandler {
    private var handler: Handler

    init(_ handler: Handler) { self.handler = handler }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue.mapValues(Self.masked) }
    }

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue.map(Self.masked) }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(Secret.masked(event.message.description))"
        event.metadata = event.metadata?.mapValues(Self.masked)
        // It would be printed as it is.
        if let error = event.error {
            event.error = nil
            event.metadata = (event.metadata ?? [:]).merging(["error.message": Self.masked("\(error)")]) { given, _ in
                given
            }
        }
        handler.log(event: event)
    }

    private static func masked(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        "\(Secret.masked(value.description))"
    }
}
