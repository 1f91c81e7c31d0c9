import NIOHTTP1
import Values

extension Session {
    /// Prints whether all is well and what is not, with its cure; in any other form all that the node that is asked tells.
    ///
    /// - Throws: ``Failure`` when not all is well, after that was printed: for scripts that look at the status alone.
    func status() async throws(Failure) {
        guard line.words.isEmpty else { throw .usage("'status' takes no words.") }
        let told = try await daemon.value(.GET, "/health/summary")
        if line.form == nil {
            Terminal.write(Self.text(ofStatus: told, on: display), on: display)
        } else {
            try show(told)
        }
        guard told["verdict"]?.string != "well" else { return }
        throw Failure("Not all is well.")
    }

    /// The verdict, then each finding.
    static func text(ofStatus told: Value, on display: Display) -> Styled {
        let findings = told["findings"]?.list ?? []
        var text = Styled()
        for line in [headline(told)] + findings.flatMap({ [""] + self.text(ofFinding: $0, on: display) }) {
            let word = line.prefix { $0.isLetter }
            text.append(String(word), Styled.Colour(of: String(word)))
            text.append(line.dropFirst(word.count) + "\n")
        }
        return text
    }

    /// `failing: 1 critical, 2 warnings (3 muted)`.
    private static func headline(_ told: Value) -> String {
        let words = [
            ("critical", "critical", "critical"), ("warning", "warning", "warnings"), ("notice", "notice", "notices"),
        ]
        let counts = words.compactMap { name, one, several -> String? in
            guard let count = told["counts"]?[name]?.int, count > 0 else { return nil }
            return "\(count) \(count == 1 ? one : several)"
        }
        let muted = told["muted"]?.int ?? 0
        return (told["verdict"]?.string ?? "unknown") + (counts.isEmpty ? "" : ": ") + counts.joined(separator: ", ")
            + (muted > 0 ? " (\(muted) muted)" : "")
    }

    private static func text(ofFinding finding: Value, on display: Display) -> [String] {
        let member = { (name: String) in finding[name]?.string ?? "" }
        let utc = String(member("since").prefix(16)).replacing("T", with: " ") + " UTC"
        let since = display.isTerminal ? Timestamp(member("since")).map(display.moment) ?? utc : utc
        var lines = ["\(member("severity"))  \(member("object"))  since \(since)  (\(member("finding_id")))"]
        lines += [member("cause"), member("cure")].filter { !$0.isEmpty }.map { "  " + $0 }
        if let type = finding["job"]?["type"]?.string {
            let parameters = finding["job"]?["parameters"]?.map ?? [:]
            let words = parameters.sorted { $0.key < $1.key }.map { "\($0.key): \(word(of: $0.value))" }
            lines.append("  confd_client " + ([type] + words).joined(separator: " "))
        }
        if let silence = finding["silence"], let user = silence["user"]?.string {
            lines.append("  \(silence["kind"]?.string ?? "") by \(user): \(silence["reason"]?.string ?? "")")
        }
        return lines
    }

    /// A value as the shell takes it: what is no plain word stands between quotes.
    private static func word(of value: Value) -> String {
        let text = value.string ?? SpacedJSON.text(value)
        let isPlain =
            !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./".contains($0)) }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
