import HTTPTypes
import Values

/// What a request wants of the file as it is, so that it is done (RFC 9110, 13).
struct Preconditions: Hashable, Sendable {
    /// What follows for the request.
    enum Verdict: Hashable, Sendable {
        case go
        /// A reader has the file already: 304.
        case notModified
        /// Nothing may be done: 412.
        case failed
    }

    private let match: String?
    private let noneMatch: String?
    private let modifiedSince: Int?
    private let unmodifiedSince: Int?
    private let isReading: Bool

    /// - Parameter isReading: Whether it is GET or HEAD. Dates that are none are passed over.
    init(_ fields: HTTPFields, isReading: Bool) {
        match = fields[.ifMatch]
        noneMatch = fields[.ifNoneMatch]
        modifiedSince = fields[.ifModifiedSince].flatMap { HTTPDate.second($0) }
        unmodifiedSince = fields[.ifUnmodifiedSince].flatMap { HTTPDate.second($0) }
        self.isReading = isReading
    }

    /// Whatever there is.
    static let none = Preconditions([:], isReading: false)

    /// Whether it does not matter what there is.
    var isEmpty: Bool { match == nil && noneMatch == nil && modifiedSince == nil && unmodifiedSince == nil }

    /// In the order of RFC 9110, 13.2.2: tags count before dates.
    ///
    /// - Parameter current: The file as it is; `nil` for none.
    func verdict(on current: FileVersion?) -> Verdict {
        if let match {
            guard Self.names(match, current, isWeak: false) else { return .failed }
        } else if let unmodifiedSince, let current, current.modified > unmodifiedSince {
            return .failed
        }
        if let noneMatch {
            if Self.names(noneMatch, current, isWeak: true) { return isReading ? .notModified : .failed }
        } else if isReading, let modifiedSince, let current, current.modified <= modifiedSince {
            return .notModified
        }
        return .go
    }

    /// - Throws: `conditionFailed` when a change may not be made.
    func require(_ current: FileVersion?) throws(BucketFault) {
        guard verdict(on: current) == .go else { throw .conditionFailed }
    }

    /// Whether a list of tags, or `*` for any file, names the content; none of the tags given out is weak.
    private static func names(_ list: String, _ current: FileVersion?, isWeak: Bool) -> Bool {
        current.map { EntityTags(list).name($0.entityTag, weakly: isWeak) } ?? false
    }
}
