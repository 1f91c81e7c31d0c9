import JobEngine
package import Values

/// Records as they stand in the log: a line of JSON each, an object that says its kind. Behind that of a job stand the bytes of
/// the job, on a line of their own, which are stored as they are.
///
/// The same records give the same bytes, and the bytes of two batches one behind the other are those of one that has the records
/// of both. Whoever reads them takes all of it or stops: a record, or a member of one, that this version does not know is never
/// passed over, as the nodes would differ from there on.
package enum ReplicatedBatch {
    /// What a batch may have at most, in bytes.
    package static let largest = 128 << 20
    /// Records a batch may have at most.
    package static let mostRecords = 100_000
    /// What its revisions may have at most in all, in bytes of their texts.
    package static let mostText = 1 << 30
    /// No number of a job, revision, node or the like is higher.
    package static let largestNumber = 1 << 53

    /// Rules are as deep as a store takes them, and one level lies around them.
    private static let limits = JSON.Limits(depth: 202, count: 20_000_000)

    /// The bytes of records.
    ///
    /// Nothing is refused here: who appends sees to it that a batch keeps the bounds above.
    package static func bytes(of records: [ReplicatedRecord]) -> [UInt8] {
        var former: String?
        var bytes: [UInt8] = []
        for record in records { RecordForm.append(record.told, former: &former, to: &bytes) }
        return bytes
    }

    /// What the texts of the revisions among records have together, in bytes.
    static func text(of records: [ReplicatedRecord]) -> Int {
        var size = 0
        for case .engine(.revision(let revision)) in records { size += revision.text.utf8.count }
        return size
    }

    /// The records of bytes.
    ///
    /// - Throws: What keeps them from being a batch, or this version from reading it.
    package static func records(in bytes: [UInt8]) throws(ReplicatedBatchError) -> [ReplicatedRecord] {
        try records(in: bytes, textsUpTo: mostText)
    }

    static func records(
        in bytes: [UInt8], textsUpTo mostText: Int
    ) throws(ReplicatedBatchError) -> [ReplicatedRecord] {
        if bytes.count > largest { throw .tooLarge(limit: largest) }
        var texts = RevisionTexts(room: mostText)
        var reader = BatchReader(bytes)
        var records: [ReplicatedRecord] = []
        while !reader.isAtEnd {
            let place = records.count
            if place == mostRecords { throw .tooMany(limit: mostRecords) }
            guard let line = reader.line() else { throw .cutOff(at: place) }
            let value: Value
            do throws(JSON.Fault) {
                value = try JSON.parse(line, limits: limits)
            } catch {
                throw .unreadable(error, at: place)
            }
            var members = try RecordMembers(value, at: place)
            records.append(try RecordForm.record(&members, &texts, from: &reader))
            try members.end()
        }
        return records
    }
}

/// Why bytes are no batch this version can apply.
package enum ReplicatedBatchError: Error, Hashable, CustomStringConvertible {
    /// It is larger than any batch may be.
    case tooLarge(limit: Int)
    /// It has more records than any batch may have.
    case tooMany(limit: Int)
    /// The texts of its revisions are larger than those of any batch may be.
    case tooMuchText(limit: Int)
    /// A line is no JSON document, or one that is nested too deeply.
    case unreadable(JSON.Fault, at: Int)
    /// It ends within a record, or what belongs to one does not end where it should.
    case cutOff(at: Int)
    /// A record is of a kind this version does not know.
    case unknownKind(String, at: Int)
    /// A record says something this version does not know.
    case unknownMember(String, kind: String, at: Int)
    /// A part of a record is missing or is not what it has to be.
    case malformed(String, kind: String, at: Int)

    package var description: String {
        switch self {
        case .tooLarge(let limit): "the batch has more than \(limit) bytes"
        case .tooMany(let limit): "the batch has more than \(limit) records"
        case .tooMuchText(let limit): "the revisions of the batch have more than \(limit) bytes"
        case .unreadable(let fault, let place): "record \(place) cannot be read: \(fault)"
        case .cutOff(let place): "record \(place) does not end where it should"
        case .unknownKind(let kind, let place):
            "record \(place) is of the kind '\(kind)', which this version does not know: install the version of the node "
                + "that wrote it"
        case .unknownMember(let name, let kind, let place):
            "record \(place) ('\(kind)') has '\(name)', which this version does not know: install the version of the node "
                + "that wrote it"
        case .malformed(let name, let kind, let place): "'\(name)' of record \(place) ('\(kind)') cannot be read"
        }
    }

    /// Whether a newer version may be able to read it.
    package var asksForAnotherVersion: Bool {
        switch self {
        case .unknownKind, .unknownMember: true
        default: false
        }
    }
}
