import Posix

/// The bytes of a zip archive, wherever they lie in it.
struct ZipBytes {
    let file: Descriptor
    /// In bytes.
    let size: Int

    /// - Throws: `damaged` for bytes it does not have.
    func bytes(_ offset: Int, _ count: Int) throws(ArchiveFault) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw .damaged("it ends too early")
        }
        let bytes = try FileBytes(file, offset..<(offset + count)).readAll(count)
        guard bytes.count == count else { throw .damaged("it ends too early") }
        return bytes
    }

    /// A number at an offset, least byte first; 0 where the bytes end before it.
    static func number(_ bytes: ArraySlice<UInt8>, at offset: Int, count: Int) -> Int {
        let field = bytes.dropFirst(offset).prefix(count)
        guard field.count == count else { return 0 }
        return Int(truncatingIfNeeded: field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
