import Certificates

/// A record of the audit log as it is kept: the bytes the chain of hashes covers, read or not.
package struct AuditRecord: Sendable, Hashable {
    /// Its place, from 1 on without a gap.
    package let sequence: Int
    /// The JSON text of the event, byte for byte.
    package let text: [UInt8]
    /// The hash of the record before it, 32 bytes; zeros for the first.
    package let previousHash: [UInt8]
    /// SHA-256 over the previous hash and the text, 32 bytes.
    package let hash: [UInt8]

    /// A record as it was found; nothing is computed or compared.
    package init(sequence: Int, text: [UInt8], previousHash: [UInt8], hash: [UInt8]) {
        self.sequence = sequence
        self.text = text
        self.previousHash = previousHash
        self.hash = hash
    }

    /// Whether its text is the one its hash was made of.
    package var isOriginal: Bool { hash == Digest.sha256(previousHash + text) }

    /// What a list of replaced records has of this one: SHA-256 over its hash and the text it has now.
    package var replacementDigest: [UInt8] { Digest.sha256(hash + text) }
}

/// A place in the chain: the number and the hash of the record that stands there.
package struct AuditLink: Sendable, Hashable {
    /// The record's number; 0 in front of the first.
    package let sequence: Int
    /// Its hash, 32 bytes.
    package let hash: [UInt8]

    /// In front of the first record.
    package static let beginning = AuditLink(sequence: 0, hash: [UInt8](repeating: 0, count: 32))

    /// The place of a record that is known to be whole.
    package init(sequence: Int, hash: [UInt8]) {
        self.sequence = sequence
        self.hash = hash
    }

    /// The record a text becomes right behind this place.
    package func record(of text: [UInt8]) -> AuditRecord {
        AuditRecord(
            sequence: sequence &+ 1, text: text, previousHash: hash, hash: Digest.sha256(hash + text))
    }

    /// The place of the record that was found behind this one.
    ///
    /// - Parameter isReplaced: Whether its text may be another one than its hash was made of. The hash is then taken as it is:
    ///   the record behind this one covers it.
    /// - Throws: ``AuditFault`` when it is not the record that was written there.
    package func followed(by found: AuditRecord, isReplaced: Bool = false) throws(AuditFault) -> AuditLink {
        let place = sequence &+ 1
        // A number of a store that was altered may be any.
        if found.sequence > place { throw AuditFault(place, upTo: found.sequence - 1) }
        if found.sequence < place {
            throw AuditFault(place, "record \(found.sequence) stands in the place of record \(place)")
        }
        guard found.previousHash == hash else {
            throw AuditFault(place, "record \(place) does not follow what stands before it")
        }
        guard isReplaced || found.hash == record(of: found.text).hash else {
            throw AuditFault(place, "record \(place) was altered")
        }
        return AuditLink(sequence: place, hash: found.hash)
    }
}

/// Where a chain is broken, and how.
package struct AuditFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first record that is missing, altered or out of its place.
    package let sequence: Int
    /// What was found, without a full stop.
    package let description: String

    /// A record is not what it was.
    package init(_ sequence: Int, _ finding: String) {
        self.sequence = sequence
        description = finding
    }

    /// Records are missing, the last one included.
    package init(_ sequence: Int, upTo last: Int) {
        self.init(
            sequence,
            sequence == last ? "record \(sequence) is missing" : "records \(sequence) to \(last) are missing")
    }
}
