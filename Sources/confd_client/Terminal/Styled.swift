/// Text with colours, for a terminal; elsewhere the same text without them.
struct Styled: Equatable {
    /// What a terminal is told (ECMA-48, SGR).
    enum Colour: Int {
        case bold = 1
        case faint = 2
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }

    private struct Run: Equatable {
        var text: String
        let colour: Colour?
    }

    private var runs: [Run] = []

    init(_ text: String = "", _ colour: Colour? = nil) { append(text, colour) }

    mutating func append(_ text: String, _ colour: Colour? = nil) {
        guard !text.isEmpty else { return }
        if let last = runs.indices.last, runs[last].colour == colour {
            runs[last].text += text
        } else {
            runs.append(Run(text: text, colour: colour))
        }
    }

    mutating func append(_ other: Styled) {
        for run in other.runs { append(run.text, run.colour) }
    }

    /// The text; with colours each part is made harmless, as others wrote much of it and a terminal obeys what it shows.
    func text(hasColours: Bool) -> String {
        runs.map { run in
            guard hasColours else { return run.text }
            let text = Terminal.harmless(run.text)
            return run.colour.map { "\u{1B}[\($0.rawValue)m\(text)\u{1B}[0m" } ?? text
        }.joined()
    }
}

extension Styled.Colour {
    /// The colour of a word that says how something stands; `nil` for any other word.
    init?(of word: String) {
        switch word {
        case "ok", "well", "ready", "usable": self = .green
        case "failed", "lost", "timed_out", "declined", "critical", "failing", "away", "reject": self = .red
        case "waiting", "warning", "degraded", "behind", "not-ready", "suspended", "cancelled", "pause", "limit",
            "maintenance":
            self = .yellow
        case "running": self = .cyan
        case "-": self = .faint
        default: return nil
        }
    }
}

extension Styled {
    /// A unified diff, each line behind an indent, with what goes and what comes in colours.
    init(diff: String, indent: String = "") {
        self.init()
        if diff.isEmpty { return }
        for line in diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast(diff.hasSuffix("\n") ? 1 : 0)
        {
            let colour: Colour? =
                switch line.first {
                case "+" where line.hasPrefix("+++ "), "-" where line.hasPrefix("--- "): .bold
                case "+": .green
                case "-": .red
                case "@": .cyan
                default: nil
                }
            append(indent)
            append(String(line), colour)
            append("\n")
        }
    }
}
