import Posix
import Zlib

/// Reads zip archives by their directory: stored and deflated files, also in the 64-bit form and behind other bytes, such
/// as the program of one that unpacks itself; nothing encrypted.
struct ZipReader {
    private let file: ZipBytes

    init(_ file: Descriptor, size: Int) {
        self.file = ZipBytes(file: file, size: size)
    }

    /// Hands each entry to somebody, with a way to read its content.
    func forEach(
        _ take: (ArchiveEntry, (([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) -> Void)
            throws(ArchiveFault)
            -> Void
    ) throws(ArchiveFault) {
        let directory = try ZipDirectory(file)
        var (rest, count) = (directory.records[...], 0)
        // A signature may follow the members.
        while !rest.isEmpty, ZipBytes.number(rest, at: 0, count: 4) != 0x0505_4B50 {
            let member = try ZipMember(&rest)
            count += 1
            try take(try entry(member, directory)) { (give) throws(ArchiveFault) in
                try copy(member, directory, to: give)
            }
        }
        guard (count ^ directory.count) & 0xFFFF == 0 else { throw .damaged("its directory is not complete") }
    }

    private func entry(_ member: ZipMember, _ directory: ZipDirectory) throws(ArchiveFault) -> ArchiveEntry {
        if member.name.hasSuffix("/") { return ArchiveEntry(name: member.name, kind: .folder) }
        switch member.mode & 0o170000 {
        case 0, 0o100000:
            return ArchiveEntry(
                name: member.name, kind: .file(size: member.unpacked, isExecutable: member.mode & 0o100 != 0))
        case 0o120000:
            guard member.unpacked <= 4096 else { throw .damaged("a link is too long") }
            var target: [UInt8] = []
            try copy(member, directory) { target += $0 }
            guard let text = String(validating: target, as: UTF8.self) else { throw .damaged("a name is not UTF-8") }
            return ArchiveEntry(name: member.name, kind: .link(text))
        case 0o040000: return ArchiveEntry(name: member.name, kind: .folder)
        default: throw .unsafe("'\(ArchiveFault.shown(member.name))', which is neither file, folder nor link")
        }
    }

    /// Checks length and checksum: the directory may lie about both.
    private func copy(
        _ member: ZipMember, _ directory: ZipDirectory, to give: ([UInt8]) throws(ArchiveFault) -> Void
    ) throws(ArchiveFault) {
        let place = member.offset + directory.shift
        let header = try file.bytes(place, 30)[...]
        guard ZipBytes.number(header, at: 0, count: 4) == 0x0403_4B50 else {
            throw .damaged("a file is not where it should be")
        }
        let start = place + 30 + ZipBytes.number(header, at: 26, count: 2) + ZipBytes.number(header, at: 28, count: 2)
        guard start <= file.size, member.packed <= file.size - start else { throw .damaged("it ends too early") }
        let stored = FileBytes(file.file, start..<(start + member.packed))
        let source: any ByteSource = member.isDeflated ? try InflatedBytes(stored, isGzip: false) : stored
        var checksum = CRC32()
        try source.copy(member.unpacked) { (bytes) throws(ArchiveFault) in
            checksum.add(bytes)
            try give(bytes)
        }
        guard try source.read(1).isEmpty, checksum.value == member.checksum else {
            throw .damaged("a file is not what the directory says")
        }
    }
}
