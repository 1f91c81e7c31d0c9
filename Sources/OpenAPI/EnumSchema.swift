import Access
import Application
import JobEngine
package import Values

/// A list of words that never grows, as a component schema: generated clients have one type for it, not one a place.
package struct EnumSchema {
    /// The name of the component.
    package let name: String
    /// In the order they are told.
    package let words: [String]
    /// What they are for.
    package let text: String

    /// Every list that has a name.
    package static let all = [
        EnumSchema(
            name: "JobMode", words: JobMode.allCases.map(\.rawValue), text: "Whether it may change the configuration."),
        EnumSchema(
            name: "JobStage", words: Stage.allCases.map(\.rawValue), text: "How far a job has come; it never goes back."
        ),
        EnumSchema(
            name: "JobPriority", words: JobPriority.allCases.map(\.rawValue),
            text: "The place of a job among those that wait for the same thing."),
        EnumSchema(
            name: "AuditEventKind", words: AuditEvent.Kind.allCases.map(\.rawValue),
            text: "The kinds of audit records that can be asked for; answers may have further ones in time."),
        EnumSchema(
            name: "HistoryKind", words: HistoryService.kinds,
            text: "The kinds of history that can be asked for; answers may have further ones in time."),
        EnumSchema(
            name: "JobCancelState", words: JobRecord.Cancellation.allCases.map(\.rawValue),
            text: "How far the wish to stop a job has come."),
        EnumSchema(
            name: "JobOrder", words: JobOrder.words, text: "The order of a list of jobs; a '-' turns it round."),
        EnumSchema(
            name: "JobOutcome", words: Outcome.allCases.map(\.rawValue),
            text: "The outcomes jobs can be asked for; answers may have further ones in time."),
        EnumSchema(
            name: "FindingSeverity", words: Finding.Severity.allCases.map(\.rawValue),
            text: "The severities findings can be asked for; answers may have further ones in time."),
        EnumSchema(
            name: "Consistency", words: ["fresh", "local"], text: "Which node may answer: the master, or any node."),
        EnumSchema(name: "MasterInfo", words: ["address", "name", "url"], text: "What to tell of the master."),
    ]

    /// By name.
    package static var schemas: [String: Value] {
        Dictionary(all.map { ($0.name, Schema.vocabulary($0.words, $0.text)) }) { first, _ in first }
    }

    /// The reference to the schema of a list of words, `nil` when it has none.
    package static func reference(to words: [String]) -> Value? {
        all.first { $0.words == words }.map { Schema.ref($0.name) }
    }
}

extension Schema {
    /// One word of a list that never grows, as a schema with a name of its own.
    package static func vocabulary(_ words: [String], _ text: String) -> Value {
        ["type": "string", "enum": .strings(words), "description": .string(text)]
    }
}
