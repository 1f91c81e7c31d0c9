import HTTPServer
import JobEngine
package import Values

extension QueryParameter {
    /// A text of a form of its own.
    package enum Form: Sendable, Hashable {
        case job
        /// A place among events.
        case event
        /// Types of events, apart by commas.
        case eventTypes
        /// Names of members of a job, apart by commas.
        case jobMembers
        /// Names of members of an item, apart by commas.
        case members([String])
        /// What a change is for.
        case reason
    }
}

extension QueryParameter.Form {
    /// What is wrong with a value, `nil` when nothing is.
    func fault(of value: String) -> String? {
        switch self {
        case .job: JobID(value) == nil ? "the id of a job, as in 11.89" : nil
        case .reason:
            value.utf8.count > JobRequest.longestIntent ? "at most \(JobRequest.longestIntent) bytes" : nil
        case .event: EventStart(value) == nil ? "the id of an event, as in 7.48213, or 'now' or 'oldest'" : nil
        case .eventTypes, .jobMembers, .members:
            Self.words(value).first { !isKnown($0) }.map {
                "some of \(known.joined(separator: ", ")); there is no '\($0.echoed)'"
            }
        }
    }

    /// The schema of one value.
    package var schema: Value {
        switch self {
        case .job: ["type": "string", "pattern": .string(JobID.pattern)]
        case .event:
            ["type": "string", "pattern": "^([0-9]{1,18}[.][0-9]{1,18}|now|oldest)$", "example": "7.48213"]
        case .reason: ["type": "string", "maxLength": .int(JobRequest.longestIntent)]
        case .eventTypes, .jobMembers, .members: ["type": "string", "x-extensible-enum": .strings(known)]
        }
    }

    /// The parts of a value.
    package static func words(_ value: String) -> [String] {
        value.split(separator: ",").map { String($0.trimmingBlanks) }
    }

    private var known: [String] {
        switch self {
        case .job, .event, .reason: []
        case .eventTypes: Event.types + Set(Event.types.map { "\($0.prefix { $0 != "." }).*" }).sorted()
        case .members(let names): names.sorted()
        case .jobMembers: (JobField.all.compactMap(\.name) + ["links"]).sorted()
        }
    }

    private func isKnown(_ word: String) -> Bool {
        self == .eventTypes ? EventFilter.isKnown(word) : known.contains(word)
    }
}

extension JobID {
    /// The form of its text, as a regular expression.
    package static let pattern = "^[0-9]{1,9}[.][0-9]{1,18}$"
}
