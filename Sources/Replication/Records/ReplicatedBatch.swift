package import Values

/// Records as they stand in the log: a list of JSON objects, each of which says its kind.
///
/// The same records give the same bytes. Whoever reads them takes all of it or stops: a record, or a member of one, that this
/// version does not know is never passed over, as the nodes would differ from there on.
package enum ReplicatedBatch {
    /// What a batch may have at most, in bytes.
    package static let largest = 128 << 20
    /// Records a batch may have at most.
    package static let mostRecords = 100_000
    /// What its revisions may have at most in all, in bytes of their texts.
    package static let mostText = 1 << 30
    /// No number of a job, revision, node or the like is higher.
    package static let largestNumber = 1 << 53

    /// Jobs are as deep as a store takes them, and two levels lie around them.
    private static let limits = JSON.Limits(depth: 202, count: 20_000_000)

    /// The bytes of records.
    ///
    /// Nothing is refused here: who appends sees to it that a batch keeps the bounds above.
    package static func bytes(of records: [ReplicatedRecord]) -> [UInt8] {
        var former: String?
        return JSON.bytes(.list(records.map { RecordForm.value(of: $0, former: &former) }))
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
        let value: Value
        do throws(JSON.Fault) { value = try JSON.parse(bytes, limits: limits) } catch { throw .unreadable(error) }
        guard let list = value.list else { throw .notAList }
        if list.count > mostRecords { throw .tooMany(limit: mostRecords) }
        var texts = RevisionTexts(room: mostText)
        var records: [ReplicatedRecord] = []
        records.reserveCapacity(list.count)
        for (place, value) in list.enumerated() {
            var members = try RecordMembers(value, at: place)
            records.append(try RecordForm.record(&members, &texts))
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
    /// It is no JSON document, or one that is nested too deeply.
    case unreadable(JSON.Fault)
    /// It is no list of records.
    case notAList
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
        case .unreadable(let fault): "the batch cannot be read: \(fault)"
        case .notAList: "the batch is no list of records"
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
