/// Tar archives byte by byte: as programs write them, and as only somebody hostile would.
package enum TarSample {
    private static let block = 512

    /// The header of an entry, with its sum.
    ///
    /// - Parameters:
    ///   - type: What the entry is: `0` a file, `1` and `2` links, `5` a folder, `x` a pax header, `L` a long name.
    ///   - size: The field as it stands there, in octal digits.
    package static func header(
        _ name: String, type: Unicode.Scalar = "0", size: String = "0", target: String = "", mode: String = "644",
        prefix: String = ""
    ) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        put(name.utf8, in: 0..<100, of: &header)
        put(mode.utf8, in: 100..<108, of: &header)
        put(size.utf8, in: 124..<136, of: &header)
        put([UInt8(ascii: type)], in: 156..<157, of: &header)
        put(target.utf8, in: 157..<257, of: &header)
        put("ustar\0".utf8, in: 257..<263, of: &header)
        put("00".utf8, in: 263..<265, of: &header)
        put(prefix.utf8, in: 345..<500, of: &header)
        return sealed(header)
    }

    /// A header with its content, filled up to whole blocks.
    package static func entry(
        _ name: String, _ content: String = "", type: Unicode.Scalar = "0", mode: String = "644", prefix: String = ""
    ) -> [UInt8] {
        let size = String(content.utf8.count, radix: 8)
        let filling = [UInt8](repeating: 0, count: (block - content.utf8.count % block) % block)
        return header(name, type: type, size: size, mode: mode, prefix: prefix) + content.utf8 + filling
    }

    /// A pax header for the next entry, with the length in front of each record.
    package static func pax(_ records: [(key: String, value: String)], type: Unicode.Scalar = "x") -> [UInt8] {
        let text = records.map { record in
            let rest = " \(record.key)=\(record.value)\n"
            // The length counts its own digits.
            var length = rest.utf8.count + 1
            while "\(length)\(rest)".utf8.count != length { length += 1 }
            return "\(length)\(rest)"
        }
        return entry("pax", text.joined(), type: type)
    }

    /// Entries with the two empty blocks that end an archive.
    package static func archive(_ entries: [[UInt8]]) -> [UInt8] {
        entries.flatMap { $0 } + [UInt8](repeating: 0, count: 2 * block)
    }

    /// The same with the sum of each header made right, as far as headers can be found.
    package static func sealed(_ archive: [UInt8]) -> [UInt8] {
        var bytes = archive
        var start = 0
        while start + block <= bytes.count {
            let header = bytes[start..<start + block]
            if header.contains(where: { $0 != 0 }) {
                put([UInt8](repeating: 0x20, count: 8), in: start + 148..<start + 156, of: &bytes)
                let sum = bytes[start..<start + block].reduce(0) { $0 + Int($1) }
                let digits = String(sum, radix: 8)
                let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0"
                put(field.utf8, in: start + 148..<start + 155, of: &bytes)
            }
            let digits = header.dropFirst(124).prefix(12).prefix { (0x30...0x37).contains($0) }
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 8) ?? 0
            start += block + min(size, bytes.count) / block * block + (size % block == 0 ? 0 : block)
        }
        return bytes
    }

    /// Writes bytes from the beginning of a range on, as far as they fit.
    package static func put(_ bytes: some Sequence<UInt8>, in range: Range<Int>, of header: inout [UInt8]) {
        for (index, byte) in zip(range, bytes) { header[index] = byte }
    }
}
