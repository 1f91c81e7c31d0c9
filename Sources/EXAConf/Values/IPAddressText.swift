/// Text forms of IPv4 and IPv6 addresses.
enum IPAddressText {
    static func bytes(_ text: String) -> [UInt8]? {
        text.utf8.contains(UInt8(ascii: ":")) ? version6(text) : version4(text[...])
    }

    static func decimal(_ text: some StringProtocol, max: Int) -> Int? {
        let digits = text.utf8
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text).flatMap { $0 <= max ? $0 : nil }
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { decimal($0, max: 255) }
        let bytes = parts.compactMap { $0.map { UInt8($0) } }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        let halves = gapSplit(text)
        guard let front = halves.first.flatMap({ groups($0) }) else { return nil }
        guard halves.count > 1 else { return front.count == 16 ? front : nil }
        guard halves.count == 2, let back = groups(halves[1]), front.count + back.count <= 14 else { return nil }
        return front + [UInt8](repeating: 0, count: 16 - front.count - back.count) + back
    }

    /// The parts in front of and behind the double colon.
    private static func gapSplit(_ text: String) -> [Substring] {
        let bytes = Array(text.utf8)
        for index in bytes.indices.dropLast() where bytes[index] == 0x3A && bytes[index + 1] == 0x3A {
            let front = text.utf8.prefix(index)
            let back = text.utf8.dropFirst(index + 2)
            return [Substring(front), Substring(back)]
        }
        return [text[...]]
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
                guard let embedded = version4(part) else { return nil }
                bytes += embedded
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
        }
        return bytes
    }
}
