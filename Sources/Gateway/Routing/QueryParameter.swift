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
    }

    /// As it stands in the query, after percent-decoding; upper and lower case differ.
    package let name: String
    /// Checked before the handler is called: a value that does not fit is answered with 400.
    package let kind: Kind
    /// What it does.
    package let text: String
    /// Whether it may stand more than once; several mean "one of them".
    package var isRepeatable = false

    /// `text` is a sentence for people; `repeats` lets the parameter stand more than once.
    package init(_ name: String, _ kind: Kind, _ text: String, repeats: Bool = false) {
        self.name = name
        self.kind = kind
        self.text = text
        isRepeatable = repeats
    }

    /// What is wrong with a value, `nil` when nothing is.
    func fault(of value: String) -> String? {
        switch kind {
        case .text: nil
        case .int(let range):
            Int(value).map(range.contains) == true
                ? nil : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: Query.truth(value) == nil ? "true or false" : nil
        case .time: Query.time(value) == nil ? "a time as in 2026-01-02T03:04:05Z" : nil
        case .seconds: Query.seconds(value) == nil ? "seconds, as in 30s" : nil
        case .choice(let words): words.contains(value) ? nil : "one of \(words.joined(separator: ", "))"
        }
    }
}

extension QueryParameter {
    /// How long to wait for the job's end.
    static let wait = QueryParameter("wait", .seconds, "Waits up to so many seconds, at most 300, for the job's end.")
    static let limit = QueryParameter("limit", .int(1...1000), "Items of a page; 50 if left out.")
    static let cursor = QueryParameter("cursor", .text, "Where the page before ended: its next_cursor.")
    /// Known to every route that can be answered by a node that is not the master.
    static let consistency = QueryParameter(
        "consistency", .choice(["fresh", "local"]), "'local' lets any node answer from what it knows.")
    /// Added by the redirect to the master.
    static let redirectedFrom = QueryParameter(
        "redirected_from", .text, "The method of the request a redirect to the master was answered to.")
}
