import Zlib

/// A file of a zip archive as the directory describes it (APPNOTE, 4.3.12).
struct ZipMember {
    /// What its record begins with.
    static let mark = 0x0201_4B50

    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    let packed: Int
    let unpacked: Int
    /// Of its header, from where the archive begins.
    let offset: Int
    /// Of Unix, with the kind of file; 0 where another system made it.
    let mode: Int

    /// Takes the first record of those that are left.
    ///
    /// - Throws: `damaged` for what is no record, and for a file that cannot be read.
    init(_ rest: inout ArraySlice<UInt8>) throws(ArchiveFault) {
        guard rest.count >= 46, ZipBytes.number(rest, at: 0, count: 4) == Self.mark else {
            throw .damaged("its directory is not valid")
        }
        let (nameLength, extraLength) = (
            ZipBytes.number(rest, at: 28, count: 2), ZipBytes.number(rest, at: 30, count: 2)
        )
        let length = 46 + nameLength + extraLength + ZipBytes.number(rest, at: 32, count: 2)
        guard length <= rest.count else { throw .damaged("its directory ends too early") }
        let record = rest.prefix(length)
        rest = rest.dropFirst(length)
        let extra = Self.fields(record.dropFirst(46 + nameLength).prefix(extraLength))
        name = try Self.name(of: record, bytes: record.dropFirst(46).prefix(nameLength), extra: extra)
        let method = ZipBytes.number(record, at: 10, count: 2)
        guard method == 0 || method == 8, ZipBytes.number(record, at: 8, count: 2) & 1 == 0 else {
            throw .damaged("'\(ArchiveFault.shown(name))' is encrypted or packed in an unknown way")
        }
        var numbers = [
            ZipBytes.number(record, at: 24, count: 4), ZipBytes.number(record, at: 20, count: 4),
            ZipBytes.number(record, at: 42, count: 4),
        ]
        // What does not fit in 32 bits stands in a field of its own.
        var wide = extra[1] ?? []
        for index in numbers.indices where numbers[index] == 0xFFFF_FFFF && wide.count >= 8 {
            numbers[index] = ZipBytes.number(wide, at: 0, count: 8)
            wide = wide.dropFirst(8)
        }
        guard numbers.allSatisfy({ (0...1 << 50).contains($0) }) else { throw .damaged("a number is not valid") }
        isDeflated = method == 8
        checksum = UInt32(truncatingIfNeeded: ZipBytes.number(record, at: 16, count: 4))
        (unpacked, packed, offset) = (numbers[0], numbers[1], numbers[2])
        mode = Self.system(record) == 3 ? ZipBytes.number(record, at: 40, count: 2) : 0
    }

    /// The system that made it: 0 for DOS, 3 for Unix.
    private static func system(_ record: ArraySlice<UInt8>) -> Int { ZipBytes.number(record, at: 5, count: 1) }

    /// The extra fields by their kind.
    private static func fields(_ extra: ArraySlice<UInt8>) -> [Int: ArraySlice<UInt8>] {
        var fields: [Int: ArraySlice<UInt8>] = [:]
        var rest = extra
        while rest.count >= 4 {
            let length = ZipBytes.number(rest, at: 2, count: 2)
            fields[ZipBytes.number(rest, at: 0, count: 2)] = rest.dropFirst(4).prefix(length)
            rest = rest.dropFirst(4 + length)
        }
        return fields
    }

    /// A name is UTF-8 when the flag or a field of its own says so, or when a Unix system wrote what is; else code page
    /// 437. Programs of DOS may have written backslashes between its parts.
    private static func name(
        of record: ArraySlice<UInt8>, bytes: ArraySlice<UInt8>, extra: [Int: ArraySlice<UInt8>]
    ) throws(ArchiveFault) -> String {
        if ZipBytes.number(record, at: 8, count: 2) & 0x800 != 0 {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .damaged("a name is not UTF-8") }
            return text
        }
        if let field = extra[0x7075], field.first == 1, ZipBytes.number(field, at: 1, count: 4) == checksum(of: bytes),
            let text = String(validating: field.dropFirst(5), as: UTF8.self)
        {
            return text
        }
        if system(record) == 3, let text = String(validating: bytes, as: UTF8.self) { return text }
        let text = CodePage437.text(bytes)
        return system(record) == 0 && !text.contains("/") ? text.replacing("\\", with: "/") : text
    }

    private static func checksum(of bytes: ArraySlice<UInt8>) -> Int {
        var checksum = CRC32()
        checksum.add(bytes)
        return Int(checksum.value)
    }
}
