/// One element of a field such as `Accept`, with the weight its sender gave it (RFC 9110, 12.4.2).
package struct AcceptElement: Sendable {
    /// What comes before the first semicolon, without blanks around it, in small letters.
    package let name: String
    /// 0 for what the sender does not want, or says of what cannot be read; 1 where none is given.
    package let weight: Double

    /// The elements in their order; one without a name is left out.
    package static func elements(of field: String) -> [AcceptElement] {
        field.split(separator: ",").compactMap { element in
            let parts = element.split(separator: ";", omittingEmptySubsequences: false).map(\.trimmingBlanks)
            guard let name = parts.first?.lowercased(), !name.isEmpty else { return nil }
            let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            return AcceptElement(name: name, weight: weight.map { Double($0.dropFirst(2)) ?? 0 } ?? 1)
        }
    }
}

extension Substring {
    /// The text without blanks and tabs at its ends.
    package var trimmingBlanks: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
