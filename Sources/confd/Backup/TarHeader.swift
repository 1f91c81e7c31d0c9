/// The header of a file in a tar archive (POSIX ustar), as any `tar` reads and writes it.
struct TarHeader: Hashable {
    static let block = 512
    private static let octalLimit = 1 << 33

    /// Relative, with plain names between slashes.
    let name: String
    /// In bytes.
    let size: Int
    /// Permission bits.
    let mode: Int

    /// `nil` for a name that has no room.
    init?(name: String, size: Int, mode: Int) {
        guard size >= 0, Self.parts(of: name) != nil else { return nil }
        (self.name, self.size, self.mode) = (name, size, mode)
    }

    /// How many bytes fill the last block of the content.
    var padding: Int { (Self.block - size % Self.block) % Self.block }

    /// One block.
    ///
    /// - Parameter time: Of the file, in seconds since 1970.
    func bytes(time: Int) -> [UInt8] {
        let (prefix, rest) = Self.parts(of: name) ?? ("", name)
        var block = [UInt8](repeating: 0, count: Self.block)
        func put(_ bytes: some Collection<UInt8>, _ offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        func octal(_ number: Int, digits: Int) -> [UInt8] {
            let text = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
        }
        put(Array(rest.utf8), 0)
        put(octal(mode & 0o777, digits: 7), 100)
        for offset in [108, 116] { put(octal(0, digits: 7), offset) }
        if size < Self.octalLimit {
            put(octal(size, digits: 11), 124)
        } else {
            // As GNU's tar has it: the number in base 256, with the highest bit of the field set.
            put((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * (7 - $0))) }, 128)
            block[124] = 0x80
        }
        put(octal(max(0, time), digits: 11), 136)
        put([UInt8](repeating: 0x20, count: 8), 148)
        block[156] = UInt8(ascii: "0")
        put(Array("ustar\u{0}00".utf8), 257)
        put(Array(prefix.utf8), 345)
        put(octal(Self.sum(of: block), digits: 6) + [0, 0x20], 148)
        return block
    }

    /// Reads a block; `nil` for what is no header of a plain file.
    init?(_ block: [UInt8]) {
        guard block.count == Self.block, block[156] == UInt8(ascii: "0") || block[156] == 0,
            let sum = Self.number(block[148..<156]), let mode = Self.number(block[100..<108]),
            let size = Self.number(block[124..<136])
        else { return nil }
        var summed = block
        for index in 148..<156 { summed[index] = 0x20 }
        guard Self.sum(of: summed) == sum, let name = Self.text(block[0..<100]),
            let prefix = Self.text(block[345..<500])
        else { return nil }
        self.init(name: prefix.isEmpty ? name : "\(prefix)/\(name)", size: size, mode: mode)
    }

    private static func sum(of block: [UInt8]) -> Int { block.reduce(0) { $0 + Int($1) } }

    private static func text(_ field: ArraySlice<UInt8>) -> String? {
        String(validating: Array(field.prefix { $0 != 0 }), as: UTF8.self)
    }

    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        if field.first == 0x80 {
            let bytes = field.dropFirst()
            guard bytes.dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
            return Int(exactly: bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        let digits = field.filter { $0 != 0 && $0 != 0x20 }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// What stands in the fields for the folder and for the name.
    private static func parts(of name: String) -> (prefix: String, name: String)? {
        let names = name.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = names.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }
        guard isPlain, let last = names.last else { return nil }
        if name.utf8.count <= 100 { return ("", name) }
        let folder = names.dropLast().joined(separator: "/")
        return folder.utf8.count <= 155 && last.utf8.count <= 100 && !folder.isEmpty ? (folder, String(last)) : nil
    }
}
