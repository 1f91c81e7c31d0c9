/// Base64 (RFC 4648), read strictly: padding has to fit, and no bit or character is passed over.
package enum Base64 {
    private static let padding = UInt8(ascii: "=")

    /// The text of bytes, with padding and without line breaks.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = Alphabet.standard.letters(bytes)
        while text.count % 4 != 0 { text.append(padding) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The form for addresses, which has `-` and `_` and no padding.
    package static func encodeForURL(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Alphabet.url.letters(bytes), as: UTF8.self)
    }

    /// The bytes of a text; `nil` for one that ``encode(_:)`` does not make.
    ///
    /// - Parameter skipsBlanks: Whether blanks and line ends may stand anywhere, as programs write them for people.
    package static func decode(_ text: some Sequence<UInt8>, skipsBlanks: Bool = false) -> [UInt8]? {
        var (letters, paddings) = ([UInt8](), 0)
        letters.reserveCapacity(text.underestimatedCount)
        for byte in text {
            if byte == padding {
                paddings += 1
            } else if !skipsBlanks || !(byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) {
                guard paddings == 0 else { return nil }
                letters.append(byte)
            }
        }
        guard paddings < 3, (letters.count + paddings) % 4 == 0 else { return nil }
        return Alphabet.standard.bytes(letters)
    }

    /// The bytes of a text in the form for addresses.
    package static func decodeForURL(_ text: some Sequence<UInt8>) -> [UInt8]? {
        Alphabet.url.bytes(text)
    }
}

/// The letters for numbers of six bits.
private enum Alphabet {
    case standard, url

    func letters(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var letters: [UInt8] = []
        letters.reserveCapacity((bytes.underestimatedCount + 2) / 3 * 4)
        var (group, bits) = (UInt32(0), UInt32(0))
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                letters.append(letter(group >> bits & 0x3F))
            }
        }
        if bits > 0 { letters.append(letter(group << (6 - bits) & 0x3F)) }
        return letters
    }

    /// `nil` for another letter, and for bits that belong to no byte.
    func bytes(_ letters: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.underestimatedCount / 4 * 3)
        var (group, bits) = (UInt32(0), UInt32(0))
        for letter in letters {
            guard let number = number(letter) else { return nil }
            group = group << 6 | number
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: group >> bits))
        }
        return bits < 6 && group & ((1 << bits) - 1) == 0 ? bytes : nil
    }

    private func letter(_ number: UInt32) -> UInt8 {
        let number = UInt8(truncatingIfNeeded: number)
        return switch number {
        case 0..<26: UInt8(ascii: "A") + number
        case 26..<52: UInt8(ascii: "a") + (number - 26)
        case 52..<62: UInt8(ascii: "0") + (number - 52)
        case 62: self == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
        default: self == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
        }
    }

    private func number(_ letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case self.letter(62): 62
        case self.letter(63): 63
        default: nil
        }
    }
}
