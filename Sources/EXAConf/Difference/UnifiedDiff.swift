/// The line difference of two texts in the unified format.
package struct UnifiedDiff: Sendable, Hashable, CustomStringConvertible {
    /// The text with `---`, `+++` and `@@` lines; empty when nothing differs.
    package let description: String

    /// Compares two texts line by line.
    ///
    /// - Parameters:
    ///   - oldName: what stands behind `---`.
    ///   - newName: what stands behind `+++`.
    ///   - context: equal lines shown around each change.
    package init(
        from old: String, to new: String, oldName: String = "old", newName: String = "new", context: Int = 3
    ) {
        let (before, after) = (DiffText(old), DiffText(new))
        let edits = LineEdits(before.lines, after.lines).edits
        var out = ""
        for hunk in DiffHunk.hunks(of: edits, context: max(0, context)) {
            if out.isEmpty { out = "--- \(oldName)\n+++ \(newName)\n" }
            out += hunk.header
            for edit in hunk.edits { out += edit.text(before, after) }
        }
        description = out
    }

    /// Whether the texts are equal.
    package var isEmpty: Bool { description.isEmpty }
}

/// The lines of a text with their line ends; only the last one may lack it.
struct DiffText {
    let lines: [Substring]

    init(_ text: String) {
        var lines: [Substring] = []
        var start = text.utf8.startIndex
        while start < text.utf8.endIndex {
            let end = text.utf8[start...].firstIndex(of: 0x0A).map { text.utf8.index(after: $0) }
            lines.append(text[start..<(end ?? text.utf8.endIndex)])
            start = end ?? text.utf8.endIndex
        }
        self.lines = lines
    }

    func line(_ index: Int) -> String {
        let line = String(lines[index])
        return line.utf8.last == 0x0A ? line : line + "\n\\ No newline at end of file\n"
    }
}
