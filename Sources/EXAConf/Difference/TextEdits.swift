/// What turns one text into another, by whole lines: as short as the difference is.
package struct TextEdits: Sendable, Hashable {
    /// One place at which they differ.
    package struct Edit: Sendable, Hashable {
        /// Lines that are kept, from the place before on.
        package var kept: Int
        /// Lines behind those that are left out.
        package var dropped: Int
        /// What stands there instead, with its line ends.
        package var text: String

        /// An edit as it is.
        package init(kept: Int, dropped: Int, text: String) {
            self.kept = kept
            self.dropped = dropped
            self.text = text
        }

        fileprivate var isEmpty: Bool { dropped == 0 && text.isEmpty }
    }

    /// In the order of their places; what is behind the last one is kept.
    package let edits: [Edit]

    /// Edits as they are.
    package init(_ edits: [Edit]) {
        self.edits = edits
    }

    /// Compares two texts.
    ///
    /// - Returns: `nil` where lines are equal to a reader and differ in their bytes.
    package init?(from old: String, to new: String) {
        let after = DiffText(new).lines
        var edits: [Edit] = []
        var edit = Edit(kept: 0, dropped: 0, text: "")
        for step in LineEdits(DiffText(old).lines, after).edits {
            switch step {
            case .keep:
                if !edit.isEmpty {
                    edits.append(edit)
                    edit = Edit(kept: 0, dropped: 0, text: "")
                }
                edit.kept += 1
            case .delete: edit.dropped += 1
            case .insert(let line): edit.text += after[line]
            }
        }
        if !edit.isEmpty { edits.append(edit) }
        self.edits = edits
        guard let text = applied(to: old), text.utf8.elementsEqual(new.utf8) else { return nil }
    }

    /// The text a text is turned into; `nil` when it does not have the lines these edits speak of.
    package func applied(to old: String) -> String? {
        var rest = DiffText(old).lines[...]
        var text = ""
        for edit in edits {
            guard (0...rest.count).contains(edit.kept) else { return nil }
            for line in rest.prefix(edit.kept) { text += line }
            rest = rest.dropFirst(edit.kept)
            guard (0...rest.count).contains(edit.dropped) else { return nil }
            rest = rest.dropFirst(edit.dropped)
            text += edit.text
        }
        for line in rest { text += line }
        return text
    }
}
