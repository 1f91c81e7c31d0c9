/// A query parameter a route knows.
package struct QueryParameter: Sendable, Hashable {
    /// What its value may be.
    package enum Kind: Sendable, Hashable {
        case text
        case int(ClosedRange<Int>)
        case flag
        /// RFC 3339.
        case time
        /// Seconds, with or without `s` behind.
        case seconds
        case choice([String])
        /// What a page said of the next one; nobody can make one up.
        case cursor
        case form(Form)
    }

    /// As it stands in the query, after percent-decoding; upper and lower case differ.
    package let name: String
    /// Checked before the handler is called: a value that does not fit is answered with 400.
    package let kind: Kind
    /// What it does.
    package let text: String
    /// Whether it may stand more than once; several mean "one of them".
    package var isRepeatable = false
    /// Whether it stands in the OpenAPI document.
    package var isDocumented = true

    /// `text` is a sentence for people; `repeats` lets the parameter stand more than once.
    package init(_ name: String, _ kind: Kind, text: String, repeats: Bool = false, isDocumented: Bool = true) {
        self.name = name
        self.kind = kind
        self.text = text
        isRepeatable = repeats
        self.isDocumented = isDocumented
    }

    /// What is wrong with a value, `nil` when nothing is.
    package func fault(of value: String) -> String? {
        switch kind {
        case .text, .cursor: nil
        case .int(let range):
            Int(value).map(range.contains) == true
                ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: Query.truth(value) == nil ? "true or false" : nil
        case .time: Query.time(value) == nil ? "a time as in 2026-01-02T03:04:05Z" : nil
        case .seconds: Query.seconds(value) == nil ? "seconds, as in 30s" : nil
        case .form(let form): form.fault(of: value)
        case .choice(let words): words.contains(value) ? nil : "one of \(words.joined(separator: ", "))"
        }
    }
}

extension QueryParameter {
    /// How long to wait for the job's end.
    package static let wait = QueryParameter(
        "wait", .seconds, text: "Waits up to so many seconds, at most 300, for the job's end.")
    /// How long to wait for another content than the caller has.
    package static let waitForChange = QueryParameter(
        "wait", .seconds, text: "With If-None-Match: waits up to so many seconds, at most 300, for a change.")
    package static let limit = QueryParameter("limit", .int(1...1000), text: "Items of a page; 50 if left out.")
    package static let cursor = QueryParameter("cursor", .cursor, text: "Where the page before ended: its next_cursor.")
    /// What a change is for; kept with its job.
    package static let reason = QueryParameter(
        "reason", .form(.reason), text: "What the change is for; kept with the job.")
    /// Not in the OpenAPI document: the answer is of another schema then.
    package static let dryRun = QueryParameter(
        "dry_run", .flag, text: "Tells what the job would do, and makes none.", isDocumented: false)
    /// Known beside `consistency`.
    package static let minRevision = QueryParameter(
        "min_revision", .int(1...Int.max), text: "The node that answers has to have this revision; 503 if it does not.")
    /// Known to every route that can be answered by a node that is not the master.
    package static let consistency = QueryParameter(
        "consistency", .choice(["fresh", "local"]), text: "'local' lets any node answer from what it knows.")
    /// Known to every route of the REST API.
    package static let pretty = QueryParameter("pretty", .flag, text: "JSON with each member on a line of its own.")
    /// Added by the redirect to the master.
    package static let redirectedFrom = QueryParameter(
        "redirected_from", .text, text: "The method of the request a redirect to the master was answered to.")
}
