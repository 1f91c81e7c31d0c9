import Values

/// What is wrong with a file that is to take the place of the present one.
extension Document {
    /// Reads a file and finds every fault of it, not only the first.
    ///
    /// - Parameter present: The configuration it would replace.
    /// - Returns: The document, `nil` when the grammar is broken, and the problems in the order of their lines; none when
    ///   the file can take the place of the present one.
    package static func examine(
        _ bytes: [UInt8], replacing present: Document
    ) -> (document: Document?, problems: [Problem]) {
        guard let document = try? Document(parsing: bytes) else { return (nil, faults(of: bytes)) }
        return (document, document.problems(replacing: present))
    }

    /// Everything that keeps a file from being loaded, in the order of its lines: faults of the grammar, or else broken
    /// rules with the places of a template that nobody filled in. None for a file that can be loaded, whatever its checksum
    /// says.
    package static func faults(of bytes: [UInt8]) -> [Problem] {
        do throws(EXAConfError) {
            let document = try Document(parsing: bytes)
            let broken = document.problems()
            if broken.isEmpty { return [] }
            let named = Set(broken.map(\.line))
            let places = document.templatePlaces(in: document.root, .root).filter { !named.contains($0.line) }
            return (broken + places).sorted { $0.line < $1.line }
        } catch {
            guard error.code == .syntax else {
                return [Problem(path: .root, key: nil, line: 1, message: error.message, cure: "Save it as text.")]
            }
            var parser = DocumentParser(bytes: bytes)
            return parser.allFaults()
        }
    }

    /// Values such as `{{ name }}`, which stand for others.
    private func templatePlaces(in section: Section, _ path: SectionPath) -> [Problem] {
        let places = section.entries.filter { $0.value.contains("{{") && $0.value.contains("}}") }
        let here = places.map { entry in
            problem(
                at: path, key: entry.key,
                "[\(path)]: \(entry.key) is '\(TextRule.shown(entry.value))', a place of a template",
                cure: "Give its value.")
        }
        return section.sections.reduce(here) { $0 + templatePlaces(in: $1, path.appending($1.name)) }
    }

    /// Broken rules, secrets that are not there, and a format that only an upgrade may change.
    package func problems(replacing present: Document) -> [Problem] {
        let version = present.value("ConfVersion", in: .global)
        var found = problems() + maskedSecrets(in: root, .root, replacing: present.root)
        if isInitialised, value("ConfVersion", in: .global) != version {
            found.append(
                problem(
                    at: .global, key: "ConfVersion", "ConfVersion is not \(version ?? "unset")",
                    cure: "Leave it as it is: upgrades change it."))
        }
        return found.sorted { $0.line < $1.line }
    }

    /// A file as it is shown to people without full rights would take all secrets away.
    private func maskedSecrets(in section: Section, _ path: SectionPath, replacing present: Section?) -> [Problem] {
        let masked = section.entries.filter { entry in
            guard entry.value.contains(Secret.mask) else { return false }
            if section.isMask(entry) { return true }
            guard let value = present?[entry.key], value != entry.value else { return false }
            return present?.shown(entry.key, as: value) == entry.value
        }
        let here = masked.map { entry in
            problem(
                at: path, key: entry.key,
                "[\(path)]: \(entry.key) \(entry.value == Secret.mask ? "is only a mask" : "has a mask for a secret")",
                cure: "Give its value in place of \(Secret.mask).")
        }
        return section.sections.reduce(here) {
            $0 + maskedSecrets(in: $1, path.appending($1.name), replacing: present?.section($1.name))
        }
    }
}

/// A rule the file breaks, with the place and the cure.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The section it is about.
    package let path: SectionPath
    /// The key it is about; nil for the section as a whole.
    package let key: String?
    /// Line of the key or header, counted from 1; 1 when the section is missing.
    package let line: Int
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let cure: String

    /// Message, place and cure as one text.
    package var description: String { "\(message) at line \(line). \(cure)" }
}
