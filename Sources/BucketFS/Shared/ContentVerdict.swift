import Glibc
import JobEngine
import Values

/// What is to be done on this node about a file, by what the catalogue and the disk have. Pure.
enum ContentVerdict: Hashable, Sendable {
    /// Nothing: it is as the catalogue has it, or nobody has it.
    case settled
    /// It may be the right one: its digest tells.
    case compare
    /// The content has to be brought here.
    case missing
    /// It was brought here and is in the catalogue no more.
    case remove
    /// Somebody put it there by hand, and it is none of the cluster's.
    case foreign

    /// - Parameters:
    ///   - entry: What the catalogue has under the name.
    ///   - file: What lies in its place.
    init(_ entry: BucketEntry?, _ file: FoundFile?) {
        switch (entry, file) {
        case (nil, nil): self = .settled
        case (nil, let file?): self = file.time.isMarked && file.isOwners ? .remove : .foreign
        case (_?, nil): self = .missing
        case (let entry?, let file?):
            if file.size != entry.size {
                self = .missing
            } else {
                self = file.time == ContentTime(of: entry) ? .settled : .compare
            }
        }
    }
}

/// A file in the folder of a bucket, as the system tells of it.
struct FoundFile: Hashable, Sendable {
    let size: Int
    let time: ContentTime
    /// Whether it belongs to the owner of its service.
    let isOwners: Bool
}

/// The time of the last change that a file bears: for those of the catalogue it is made of the entry's, so that a look tells
/// which content it is, and whether it was brought here at all.
struct ContentTime: Hashable, Sendable {
    /// Nanoseconds behind the millisecond in which files of the catalogue were stored. No clock and no program gives files such
    /// times but by a chance of one in a million.
    private static let mark = 271_828

    let seconds: Int
    let nanoseconds: Int

    init(seconds: Int, nanoseconds: Int) { (self.seconds, self.nanoseconds) = (seconds, nanoseconds) }

    /// That which the content of an entry bears.
    init(of entry: BucketEntry) { self.init(at: entry.at) }

    init(at time: Timestamp) {
        let (seconds, rest) = (time.milliseconds / 1000, time.milliseconds % 1000)
        self.init(seconds: seconds, nanoseconds: max(0, rest) * 1_000_000 + Self.mark)
    }

    /// Whether it is that of a file of the catalogue.
    var isMarked: Bool { nanoseconds % 1_000_000 == Self.mark }

    /// As an entry has it.
    var timestamp: Timestamp { Timestamp(milliseconds: seconds * 1000 + nanoseconds / 1_000_000) }
}

extension FileVersion {
    /// The same on every node.
    init(_ entry: BucketEntry) {
        self.init(entityTag: "\"\(entry.tag)\"", modified: entry.at.milliseconds / 1000)
    }
}
