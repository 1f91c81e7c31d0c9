package import Values

/// Puts a pseudonym in the place of somebody's name, wherever it stands as a word in what is kept.
///
/// Done twice it is the same as once. Another name that only begins, ends or goes on with this one, such as `jane-2` or
/// `jane.doe` for `jane`, stays.
package struct NameReplacement: Sendable, Hashable {
    /// The name that goes.
    package let name: String
    /// What stands in its place.
    package let pseudonym: String
    private let bytes: [UInt8]

    /// - Parameter name: Nothing is replaced for an empty one.
    package init(_ name: String, by pseudonym: String) {
        self.name = name
        self.pseudonym = pseudonym
        bytes = Array(name.utf8)
    }

    // MARK: Texts

    /// Whether the bytes of the name are among these, as a word or not: what has them not needs no closer look.
    package func mayFind(in text: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        var rest = text
        while let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: bytes) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// The text with the pseudonym; `nil` when the name is no word of it.
    package func replaced(in text: String) -> String? {
        if text == name, !name.isEmpty { return pseudonym }
        let old = Array(text.utf8)
        guard let first = bytes.first, old.count > bytes.count else { return nil }
        var new: [UInt8] = []
        var (index, start) = (0, 0)
        while index + bytes.count <= old.count {
            guard old[index] == first, old[index...].starts(with: bytes), isWord(at: index, in: old) else {
                index += 1
                continue
            }
            new += old[start..<index]
            new += pseudonym.utf8
            index += bytes.count
            start = index
        }
        if start == 0 { return nil }
        return String(decoding: new + old[start...], as: UTF8.self)
    }

    private func isWord(at place: Int, in text: [UInt8]) -> Bool {
        !goesOn(text, at: place - 1, by: -1) && !goesOn(text, at: place + bytes.count, by: 1)
    }

    /// Whether a name goes on there. A dot or a dash is part of one between letters only: sentences end with a dot.
    private func goesOn(_ text: [UInt8], at place: Int, by step: Int) -> Bool {
        guard text.indices.contains(place) else { return false }
        if Self.isNameByte(text[place]) { return true }
        guard text[place] == UInt8(ascii: ".") || text[place] == UInt8(ascii: "-") else { return false }
        let next = place + step
        return text.indices.contains(next) && Self.isNameByte(text[next])
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    // MARK: Values

    /// The value with the pseudonym in all texts and names of members on every level; `nil` when the name is in none.
    package func replaced(in value: Value) -> Value? {
        switch value {
        case .string(let text): return replaced(in: text).map(Value.string)
        case .list(let elements):
            let new = elements.map { replaced(in: $0) ?? $0 }
            return new == elements ? nil : .list(new)
        case .map(let members):
            let new = Dictionary(
                members.map { member, value in (replaced(in: member) ?? member, replaced(in: value) ?? value) }
            ) { first, _ in first }
            return new == members ? nil : .map(new)
        default: return nil
        }
    }
}
