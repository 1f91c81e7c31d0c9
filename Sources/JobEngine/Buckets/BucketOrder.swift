/// What is to be changed in the catalogue of buckets, by whoever decides.
package enum BucketOrder: Sendable, Hashable {
    /// A file is stored, in place of one of its name; the time is given when it is decided.
    case keep(BucketEntry, over: BucketExpectation)
    /// A file is removed.
    case remove(BucketFileName, over: BucketExpectation)
    /// Files that were there before there was a catalogue; those it has already stay as they are.
    case list([BucketEntry])
    /// All that was there before is in the catalogue.
    case endListing
    /// The configuration has the bucket no more, as of a revision, which has to be the newest one.
    case forget(BucketName, revision: Int)

    /// So many files are listed at once.
    package static let mostListed = 200
}

/// What has to be so of a file for a change of it.
package enum BucketExpectation: Sendable, Hashable {
    /// Whatever there is.
    case anything
    /// This content, by its ``BucketEntry/tag``; `nil` for none.
    case tag(String?)

    /// Whether it is so.
    package func holds(of entry: BucketEntry?) -> Bool {
        switch self {
        case .anything: true
        case .tag(let tag): entry?.tag == tag
        }
    }
}

/// Why a change of the catalogue, or what has to be done before, was not done.
package enum BucketRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file is not as it was expected.
    case changed
    /// There is no such file.
    case missing
    /// This file is where a folder would have to be, or the other way around.
    case obstructed(by: String)
    /// There is no room.
    case full(String)
    /// Not now: nobody decides, or a node cannot be reached. Whether it was done may be unknown.
    case later(String)

    package var description: String {
        switch self {
        case .changed: "the file is not as it was expected"
        case .missing: "there is no such file"
        case .obstructed(let path): "'\(path)' is in the way"
        case .full(let text), .later(let text): text
        }
    }
}
