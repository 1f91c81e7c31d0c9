/// Truth values: `True` and `False` are written, more is read.
package enum BoolText {
    /// Reads `true yes on 1` and `false no off 0` in any case; nil for anything else.
    package static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// `True` or `False`.
    package static func text(_ value: Bool) -> String { value ? "True" : "False" }
}

/// Lists in the form `a, b`.
package enum ListText {
    /// Elements between commas, trimmed, empty ones dropped; quotes are not looked at.
    package static func split(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ","))
            .map { Blanks.trimmed(String(Substring($0))) }
            .filter { !$0.isEmpty }
    }

    /// `a, b`, or `a,b` when tight. Without `tight`, no element gives `,` and one gives `a,`.
    ///
    /// - Throws: `invalid` for an element that is empty or has a comma.
    package static func join(_ elements: [String], tight: Bool = false) throws(EXAConfError) -> String {
        for element in elements {
            guard !element.utf8.contains(UInt8(ascii: ",")), !Blanks.trimmed(element).isEmpty else {
                throw EXAConfError.invalid("An element of a list must not be empty or contain a comma.")
            }
        }
        if tight { return elements.joined(separator: ",") }
        return elements.count < 2 ? "\(elements.first ?? "")," : elements.joined(separator: ", ")
    }
}
