import JobEngine
import Values

/// Prints a value as Python's `pprint` does with an indent of 4 and a width of 80: the form `job_help` has ever had.
///
/// A value that fits its line stands on it as `repr` would write it. A dict or list that does not has each member on a
/// line of its own; a text that does not is cut behind blanks into several literals, which Python reads as one.
struct PythonPrint {
    private static let width = 80
    private static let step = 4

    private var output = ""

    /// The text of a value over as many lines as it takes; no line end behind the last.
    static func text(_ value: Value) -> String {
        var print = PythonPrint()
        print.write(value, at: 0, reserving: 0, isOutermost: true)
        return print.output
    }

    /// The text of a value on one line, whatever its length.
    static func line(_ value: Value) -> String {
        switch value {
        case .null: "None"
        case .bool(let truth): truth ? "True" : "False"
        case .int(let number): String(number)
        case .double(let number): number.description
        case .string(let text): PythonText.literal(text)
        case .list(let elements): "[" + elements.map(line).joined(separator: ", ") + "]"
        case .map(let members):
            "{" + sorted(members).map { "\(PythonText.literal($0)): \(line($1))" }.joined(separator: ", ") + "}"
        }
    }

    /// By code points, as Python compares text.
    private static func sorted(_ members: [String: Value]) -> [(String, Value)] {
        members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
            .map { ($0.key, $0.value) }
    }

    /// - Parameters:
    ///   - column: Where the value begins.
    ///   - reserved: How many characters have to follow it on its last line.
    private mutating func write(_ value: Value, at column: Int, reserving reserved: Int, isOutermost: Bool = false) {
        let line = Self.line(value)
        if Self.length(line) <= Self.width - column - reserved {
            output += line
            return
        }
        switch value {
        case .map(let members): write(members, at: column, reserving: reserved)
        case .list(let elements): write(elements, at: column, reserving: reserved)
        case .string(let text): write(text, at: column, reserving: reserved, inParentheses: isOutermost)
        default: output += line
        }
    }

    private mutating func write(_ members: [String: Value], at column: Int, reserving reserved: Int) {
        output += "{" + String(repeating: " ", count: Self.step - 1)
        for (index, (name, value)) in Self.sorted(members).enumerated() {
            if index > 0 { breakLine(to: column + Self.step, after: ",") }
            let key = PythonText.literal(name) + ": "
            output += key
            let isLast = index == members.count - 1
            write(value, at: column + Self.step + Self.length(key), reserving: isLast ? reserved + 1 : 1)
        }
        output += "}"
    }

    private mutating func write(_ elements: [Value], at column: Int, reserving reserved: Int) {
        output += "[" + String(repeating: " ", count: Self.step - 1)
        for (index, element) in elements.enumerated() {
            if index > 0 { breakLine(to: column + Self.step, after: ",") }
            write(element, at: column + Self.step, reserving: index == elements.count - 1 ? reserved + 1 : 1)
        }
        output += "]"
    }

    private mutating func write(
        _ text: String, at column: Int, reserving reserved: Int, inParentheses: Bool
    ) {
        let column = inParentheses ? column + 1 : column
        let pieces = Self.pieces(
            of: text, room: Self.width - column, reserving: inParentheses ? reserved + 1 : reserved)
        if pieces.count <= 1 {
            output += Self.line(.string(text))
            return
        }
        if inParentheses { output += "(" }
        for (index, piece) in pieces.enumerated() {
            if index > 0 { breakLine(to: column, after: "") }
            output += PythonText.literal(piece)
        }
        if inParentheses { output += ")" }
    }

    /// The pieces of a text, one a line: its lines, and those that are too long cut behind blanks where the room ends.
    private static func pieces(of text: String, room: Int, reserving reserved: Int) -> [String] {
        let lines = PythonText.lines(text)
        var pieces: [String] = []
        for (index, line) in lines.enumerated() {
            let isLast = index == lines.count - 1
            if length(PythonText.literal(line)) <= (isLast ? room - reserved : room) {
                pieces.append(line)
            } else {
                pieces += wrapped(line, room: room, reserving: isLast ? reserved : 0)
            }
        }
        return pieces
    }

    private static func wrapped(_ line: String, room: Int, reserving reserved: Int) -> [String] {
        let words = PythonText.words(line)
        var pieces: [String] = []
        var piece = ""
        for (index, word) in words.enumerated() {
            let room = index == words.count - 1 ? room - reserved : room
            if length(PythonText.literal(piece + word)) <= room {
                piece += word
            } else {
                if !piece.isEmpty { pieces.append(piece) }
                piece = word
            }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }

    private mutating func breakLine(to column: Int, after mark: String) {
        output += mark + "\n" + String(repeating: " ", count: column)
    }

    /// In code points, as Python counts.
    private static func length(_ text: String) -> Int { text.unicodeScalars.count }
}
