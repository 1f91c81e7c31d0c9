package import Access
import Values

/// What a collector is told: a record of the audit log, or that some were not sent for a while.
package struct AuditMessage: Sendable, Hashable {
    /// How urgent it is, as syslog counts: 4 is a warning, 5 a notice.
    let severity: Int
    /// What happened, in one word.
    let kind: String
    /// In milliseconds since 1970; `nil` when it is not known.
    let time: Int?
    /// Values by name, in the order in which they are shown.
    let parameters: [Parameter]
    /// The JSON text of a record, byte for byte, or a sentence.
    let text: [UInt8]

    /// A value with its name.
    struct Parameter: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// Kinds that say that something was not granted, or did not go well.
    private static let failures: Set<AuditEvent.Kind> = [
        .refusal, .unavailable, .lockout, .denied, .declined, .databaseCrashed, .databaseGivenUp, .unrecorded,
        .findingRaised,
    ]

    /// Tells of a record. With the previous hash, the text and the hash whoever collects them can compute the chain.
    package init(_ record: AuditRecord) {
        let event = (try? JSON.parse(record.text)) ?? .null
        let fields = event["fields"]
        let kind = event["event"]?.string
        // What a later version wrote counts as a failure: it is looked at.
        let isFailure = kind.flatMap(AuditEvent.Kind.init).map { Self.failures.contains($0) } ?? true
        severity = isFailure ? 4 : 5
        self.kind = kind ?? "unreadable"
        time = event["time"]?.int
        let values: [(String, String?)] = [
            ("seq", String(record.sequence)), ("event", kind), ("outcome", isFailure ? "failure" : "success"),
            ("user", event["user"]?.string), ("address", event["client_addr"]?.string),
            ("auth", event["auth"]?.string), ("interface", fields?["interface"]?.string),
            ("request_id", fields?["request_id"]?.string), ("job_id", fields?["job_id"]?.string),
            ("prev_hash", Hex.text(record.previousHash)), ("hash", Hex.text(record.hash)),
        ]
        parameters = values.compactMap { name, value in value.map { Parameter(name: name, value: $0) } }
        text = record.text
    }

    /// Tells that records could not be sent.
    ///
    /// - Parameters:
    ///   - records: Their numbers.
    ///   - missing: How many of them, from the first on, are in archives by now and are not sent.
    ///   - duration: For how long nothing could be sent.
    ///   - now: In milliseconds since 1970.
    package init(unsent records: ClosedRange<Int>, missing: Int, for duration: Duration, at now: Int64) {
        severity = 4
        kind = "unsent"
        time = Int(now)
        let seconds = duration.components.seconds
        let values = [
            ("event", "unsent"), ("count", String(records.count)), ("missing", String(missing)),
            ("first", String(records.lowerBound)), ("last", String(records.upperBound)), ("seconds", String(seconds)),
        ]
        parameters = values.map { Parameter(name: $0, value: $1) }
        let rest = missing == 0 ? "they follow" : "\(missing) of them are in archives only, the others follow"
        text = Array("\(records.count) audit records could not be sent for \(seconds) s; \(rest)".utf8)
    }

    private init(_ other: AuditMessage, text: [UInt8]) {
        (severity, kind, time, parameters) = (other.severity, other.kind, other.time, other.parameters)
        self.text = text
    }

    /// The same for a way on which so long a message cannot go: its text stands in the audit log only.
    var shortened: AuditMessage { AuditMessage(self, text: Array("too long to be sent".utf8)) }
}

extension AuditMessage.Parameter {
    private static let mostCharacters = 256

    /// The value without characters that control something, and not longer than collectors take it.
    var plainValue: String {
        var plain = String.UnicodeScalarView()
        for scalar in value.unicodeScalars.prefix(Self.mostCharacters) {
            plain.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(plain)
    }
}
