/// A page of HTML with places such as `{{master}}` that are filled when it is asked for.
struct PageTemplate: Sendable {
    private enum Piece: Sendable {
        case markup(String)
        case place(String)
    }

    private let pieces: [Piece]

    init(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            pieces.append(.markup(String(rest[..<open.lowerBound])))
            pieces.append(.place(String(rest[open.upperBound..<close.lowerBound])))
            rest = rest[close.upperBound...]
        }
        pieces.append(.markup(String(rest)))
        self.pieces = pieces
    }

    /// The page with facts in their places, as text of an element or of an attribute in quotes; a place without a fact
    /// stays empty.
    func filled(_ facts: [String: String]) -> String {
        pieces.reduce(into: "") { page, piece in
            switch piece {
            case .markup(let text): page += text
            case .place(let name): page += Self.escaped(facts[name] ?? "")
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
