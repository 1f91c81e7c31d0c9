import Posix

import CZlib

/// Reads zip archives by their directory: stored and deflated files, also in the 64-bit form; nothing encrypted.
struct ZipReader {
    private static let maxDirectory = 256 << 20

    private let file: Descriptor
    private let size: Int

    init(_ file: Descriptor, size: Int) {
        (self.file, self.size) = (file, size)
    }

    /// A file of the archive as its directory describes it.
    private struct Member {
        let name: String
        let isDeflated: Bool
        let checksum: UInt32
        let packed: Int
        let unpacked: Int
        let offset: Int
        /// Of Unix, with the kind of file; 0 where another system made it.
        let mode: Int

        var isLink: Bool { mode & 0o170000 == 0o120000 }
    }

    /// Hands each entry to somebody, with a way to read its content.
    func forEach(
        _ take: (ArchiveEntry, (([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) -> Void)
            throws(ArchiveFault)
            -> Void
    ) throws(ArchiveFault) {
        var rest = try directory()[...]
        while rest.count >= 46, Self.number(rest, 0, 4) == 0x0201_4B50 {
            let member = try Self.member(&rest)
            try take(try entry(member)) { (give) throws(ArchiveFault) in try copy(member, to: give) }
        }
    }

    private func entry(_ member: Member) throws(ArchiveFault) -> ArchiveEntry {
        if member.name.hasSuffix("/") { return ArchiveEntry(name: member.name, kind: .folder) }
        switch member.mode & 0o170000 {
        case 0, 0o100000:
            return ArchiveEntry(
                name: member.name, kind: .file(size: member.unpacked, isExecutable: member.mode & 0o100 != 0))
        case 0o120000:
            guard member.unpacked <= 4096 else { throw .damaged("a link is too long") }
            var target: [UInt8] = []
            try copy(member) { target += $0 }
            guard let text = String(validating: target, as: UTF8.self) else { throw .damaged("a name is not UTF-8") }
            return ArchiveEntry(name: member.name, kind: .link(text))
        case 0o040000: return ArchiveEntry(name: member.name, kind: .folder)
        default: throw .unsafe("'\(ArchiveFault.shown(member.name))', which is neither file, folder nor link")
        }
    }

    /// Checks length and checksum: the directory may lie about both.
    private func copy(_ member: Member, to give: ([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) {
        let header = try bytes(member.offset, 30)
        guard Self.number(header[...], 0, 4) == 0x0403_4B50 else { throw .damaged("a file is not where it should be") }
        let start = member.offset + 30 + Self.number(header[...], 26, 2) + Self.number(header[...], 28, 2)
        guard start <= size, member.packed <= size - start else { throw .damaged("it ends too early") }
        let stored = FileBytes(file, start..<(start + member.packed))
        let source: any ByteSource = member.isDeflated ? try InflatedBytes(stored, isGzip: false) : stored
        var checksum = crc32(0, nil, 0)
        try source.copy(member.unpacked) { (bytes) throws(ArchiveFault) in
            checksum = crc32(checksum, bytes, UInt32(clamping: bytes.count))
            try give(bytes)
        }
        guard try source.read(1).isEmpty, UInt32(truncatingIfNeeded: checksum) == member.checksum else {
            throw .damaged("a file is not what the directory says")
        }
    }

    private static func member(_ rest: inout ArraySlice<UInt8>) throws(ArchiveFault) -> Member {
        let (nameLength, extraLength) = (number(rest, 28, 2), number(rest, 30, 2))
        let length = 46 + nameLength + extraLength + number(rest, 32, 2)
        guard length <= rest.count else { throw .damaged("its directory ends too early") }
        let record = rest.prefix(length)
        rest = rest.dropFirst(length)
        guard let name = String(validating: record.dropFirst(46).prefix(nameLength), as: UTF8.self) else {
            throw .damaged("a name is not UTF-8")
        }
        let method = number(record, 10, 2)
        guard method == 0 || method == 8, number(record, 8, 2) & 1 == 0 else {
            throw .damaged("'\(ArchiveFault.shown(name))' is encrypted or packed in an unknown way")
        }
        var numbers = [number(record, 24, 4), number(record, 20, 4), number(record, 42, 4)]
        try widen(&numbers, record.dropFirst(46 + nameLength).prefix(extraLength))
        let isUnix = number(record, 5, 1) == 3
        return Member(
            name: name, isDeflated: method == 8, checksum: UInt32(number(record, 16, 4)), packed: numbers[1],
            unpacked: numbers[0], offset: numbers[2], mode: isUnix ? number(record, 40, 2) : 0)
    }

    /// Takes the numbers that do not fit in 32 bits from the extra field made for them.
    private static func widen(_ numbers: inout [Int], _ extra: ArraySlice<UInt8>) throws(ArchiveFault) {
        var rest = extra
        while rest.count >= 4 {
            let (kind, length) = (number(rest, 0, 2), number(rest, 2, 2))
            var field = rest.dropFirst(4).prefix(length)
            rest = rest.dropFirst(4 + length)
            guard kind == 1 else { continue }
            for index in numbers.indices where numbers[index] == 0xFFFF_FFFF && field.count >= 8 {
                numbers[index] = number(field, 0, 8)
                field = field.dropFirst(8)
            }
        }
        guard numbers.allSatisfy({ (0...1 << 50).contains($0) }) else { throw .damaged("a number is not valid") }
    }

    private func directory() throws(ArchiveFault) -> [UInt8] {
        let tail = try bytes(max(0, size - 65_557), min(size, 65_557))
        guard
            let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
                Self.number(tail[$0...], 0, 4) == 0x0605_4B50
            })
        else { throw .damaged("it is no zip archive") }
        var (length, offset) = (Self.number(tail[end...], 12, 4), Self.number(tail[end...], 16, 4))
        if end >= 20, Self.number(tail[(end - 20)...], 0, 4) == 0x0706_4B50 {
            let wide = try bytes(Self.number(tail[(end - 20)...], 8, 8), 56)
            (length, offset) = (Self.number(wide[...], 40, 8), Self.number(wide[...], 48, 8))
        }
        guard length <= Self.maxDirectory else { throw .tooLarge("its directory has \(length) bytes") }
        return try bytes(offset, length)
    }

    private func bytes(_ offset: Int, _ count: Int) throws(ArchiveFault) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw .damaged("it ends too early")
        }
        let bytes = try FileBytes(file, offset..<(offset + count)).readAll(count)
        guard bytes.count == count else { throw .damaged("it ends too early") }
        return bytes
    }

    /// A number at an offset, least byte first; 0 where the bytes end before it.
    private static func number(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ count: Int) -> Int {
        let field = bytes.dropFirst(offset).prefix(count)
        guard field.count == count else { return 0 }
        return Int(truncatingIfNeeded: field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
