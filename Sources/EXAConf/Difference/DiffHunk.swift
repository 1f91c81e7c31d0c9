/// Changes close to each other, with the equal lines around them.
struct DiffHunk {
    let edits: ArraySlice<LineEdits.Edit>
    private let oldStart: Int
    private let newStart: Int

    /// The line with `@@`; a side without lines names the line in front of it.
    var header: String {
        var (oldCount, newCount) = (0, 0)
        for edit in edits {
            switch edit {
            case .keep: (oldCount, newCount) = (oldCount + 1, newCount + 1)
            case .delete: oldCount += 1
            case .insert: newCount += 1
            }
        }
        return "@@ -\(Self.range(oldStart, oldCount)) +\(Self.range(newStart, newCount)) @@\n"
    }

    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }

    static func hunks(of edits: [LineEdits.Edit], context: Int) -> [DiffHunk] {
        var spans: [Range<Int>] = []
        for index in edits.indices where !edits[index].isKept {
            let span = max(0, index - context)..<min(edits.count, index + context + 1)
            if let last = spans.last, last.upperBound >= span.lowerBound {
                spans[spans.count - 1] = last.lowerBound..<span.upperBound
            } else {
                spans.append(span)
            }
        }
        var (at, old, new) = (0, 0, 0)
        return spans.map { span in
            while at < span.lowerBound {
                switch edits[at] {
                case .keep: (old, new) = (old + 1, new + 1)
                case .delete: old += 1
                case .insert: new += 1
                }
                at += 1
            }
            return DiffHunk(edits: edits[span], oldStart: old, newStart: new)
        }
    }
}
