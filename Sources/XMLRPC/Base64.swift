/// Base64 of RFC 4648 with the usual alphabet and padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    private static let none: UInt8 = 0xFF

    private static let sextets: [UInt8] = {
        var sextets = [UInt8](repeating: none, count: 256)
        for (sextet, character) in alphabet.enumerated() { sextets[Int(character)] = UInt8(sextet) }
        return sextets
    }()

    /// Appends the text of the bytes, without line breaks.
    static func encode(_ bytes: [UInt8], into text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let taken = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < taken ? UInt32(bytes[index + offset]) : 0)
            }
            for position in 0..<4 {
                let sextet = Int(group >> UInt32(18 - 6 * position) & 0x3F)
                text.append(position <= taken ? alphabet[sextet] : padding)
            }
            index += 3
        }
    }

    /// Returns nil for any other character than the alphabet and blanks, for wrong padding and for stray bits.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        let characters = text.contains(where: isBlank) ? text.filter { !isBlank($0) } : text
        guard characters.count.isMultiple(of: 4) else { return nil }
        let paddings = characters.suffix(2).count { $0 == padding }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        var group: UInt32 = 0
        for (index, character) in characters.dropLast(paddings).enumerated() {
            let sextet = sextets[Int(character)]
            guard sextet != none else { return nil }
            group = group << 6 | UInt32(sextet)
            if index % 4 == 3 {
                append(group, count: 3, to: &bytes)
                group = 0
            }
        }
        guard paddings > 0 else { return bytes }
        // The last group has two or three characters; the bits beyond its whole bytes must be zero.
        let isClean = group & (paddings == 1 ? 0x3 : 0xF) == 0
        append(group << UInt32(6 * paddings), count: 3 - paddings, to: &bytes)
        return isClean ? bytes : nil
    }

    private static func append(_ group: UInt32, count: Int, to bytes: inout [UInt8]) {
        for position in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * position)))
        }
    }

    private static func isBlank(_ character: UInt8) -> Bool {
        character == 0x0A || character == 0x0D || character == 0x20 || character == 0x09
    }
}
