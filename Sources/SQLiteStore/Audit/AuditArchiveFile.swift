import Access
import JobEngine
import Values
import Zlib

/// The content of a sealed archive: a first line that says what it is, then a record a line, in gzip.
///
/// The event stands in its line byte for byte, so that the hash can be computed from the file alone.
enum AuditArchiveFile {
    /// Bytes of records that one file is given at most, but for the last of them.
    static let mostBytes = 16 << 20
    /// More than a file can have, packed or not.
    private static let bound = 4 * mostBytes

    private static let start = Array(#"{"seq":"#.utf8)
    private static let hashMark = Array(#","hash":""#.utf8)
    private static let eventMark = Array(#"","event":"#.utf8)
    private static let lineEnd = UInt8(ascii: "\n")
    private static let hashDigits = 64

    /// - Returns: `nil` when there is no memory for it.
    static func packed(_ records: [AuditRecord], _ seal: AuditSeal) -> [UInt8]? {
        var bytes = JSON.bytes(seal.header) + [lineEnd]
        for record in records {
            bytes += start
            bytes += String(record.sequence).utf8
            bytes += hashMark
            bytes += Hex.text(record.hash).utf8
            bytes += eventMark
            bytes += record.text
            bytes += [UInt8(ascii: "}"), lineEnd]
        }
        return Gzip.packed(bytes, level: 6)
    }

    /// What the first line of a file says; `nil` when that is none of ours.
    static func seal(of name: String, in folder: ArchiveFolder) throws(StoreError) -> AuditSeal? {
        let packed = try folder.read(name, from: 0, count: bound)
        let line = Gzip.unpacked(packed, limit: bound).bytes.prefix { $0 != lineEnd }
        return (try? JSON.parse(line)).flatMap { AuditSeal(header: $0, name: name) }
    }

    /// Reads a file and computes the chain of its records again, from one end that the seal says to the other.
    ///
    /// - Parameters:
    ///   - isReplaced: Asked of each record whether its text may be another one than its hash was made of.
    ///   - take: Gets each record, in order, as long as all is whole.
    /// - Throws: ``AuditFault`` for a file that is not there or cannot be read, and the first record that is not what was sealed.
    static func read(
        _ seal: AuditSeal, in folder: ArchiveFolder, isReplaced: (AuditRecord) throws(AuditFault) -> Bool,
        take: (AuditRecord) -> Void
    ) throws(AuditFault) {
        let found = Result { () throws(StoreError) -> [UInt8]? in
            guard try folder.length(of: seal.name) != nil else { return nil }
            return try folder.read(seal.name, from: 0, count: bound)
        }
        switch found {
        case .success(nil): throw AuditFault(seal.first, upTo: seal.last.sequence)
        case .success(let packed?):
            try read(Gzip.unpacked(packed, limit: bound), seal, isReplaced: isReplaced, take: take)
        case .failure(let error): throw AuditFault(seal.first, "the file cannot be read: \(error)")
        }
    }

    private static func read(
        _ content: Gzip.Unpacked, _ seal: AuditSeal, isReplaced: (AuditRecord) throws(AuditFault) -> Bool,
        take: (AuditRecord) -> Void
    ) throws(AuditFault) {
        var lines = content.bytes.split(separator: lineEnd)[...]
        // Of a file that is cut off the last line may be half a one.
        if content.fault != nil { lines = lines.dropLast() }
        let isSealed = lines.popFirst().map { $0.elementsEqual(JSON.bytes(seal.header)) } ?? false
        guard isSealed || lines.isEmpty && content.fault != nil else {
            throw AuditFault(seal.first, "the first line is not the one that was written")
        }
        var link = seal.before
        for line in lines {
            guard let record = record(line, behind: link) else {
                throw AuditFault(link.sequence + 1, "the line of record \(link.sequence + 1) was altered")
            }
            link = try link.followed(by: record, isReplaced: try isReplaced(record))
            take(record)
        }
        if content.fault != nil {
            throw AuditFault(link.sequence + 1, "the file is damaged or cut off behind record \(link.sequence)")
        }
        guard link.sequence >= seal.last.sequence else {
            throw AuditFault(link.sequence + 1, upTo: seal.last.sequence)
        }
        guard link == seal.last else {
            throw AuditFault(seal.last.sequence, "the records are not those that were sealed")
        }
    }

    private static func record(_ line: ArraySlice<UInt8>, behind link: AuditLink) -> AuditRecord? {
        guard line.starts(with: start), line.last == UInt8(ascii: "}") else { return nil }
        let number = line.dropFirst(start.count).prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let behindNumber = line[number.endIndex...]
        guard let sequence = Int(String(decoding: number, as: UTF8.self)), behindNumber.starts(with: hashMark) else {
            return nil
        }
        let digits = behindNumber.dropFirst(hashMark.count).prefix(hashDigits)
        let behindHash = line[digits.endIndex...]
        guard let hash = Hex.bytes(String(decoding: digits, as: UTF8.self)), behindHash.starts(with: eventMark) else {
            return nil
        }
        return AuditRecord(
            sequence: sequence, text: Array(behindHash.dropFirst(eventMark.count).dropLast()),
            previousHash: link.hash, hash: hash)
    }
}
