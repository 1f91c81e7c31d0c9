extension Document {
    private static let placeholder = "PLACEHOLDER"

    /// The counter of changes; 0 when it is missing or no number.
    package var revision: Int { value("Revision", in: .global).flatMap { Int($0) } ?? 0 }

    /// The MD5 of the canonical form with revision and checksum blanked out, as 32 lower-case hexadecimal digits.
    package var checksum: String {
        var blanked = self
        blanked.stamp(revision: Self.placeholder, checksum: Self.placeholder)
        return MD5.hex(of: blanked.canonicalBytes())
    }

    /// What the stored checksum says; computes the checksum only when there is one to compare with.
    package var checksumState: ChecksumState {
        guard let stored = storedChecksum else { return .none }
        switch stored.lowercased() {
        case "none": return .none
        case "disabled": return .disabled
        case "commit": return .commit
        default:
            let actual = checksum
            return stored == actual ? .valid : .mismatch(stored: stored, actual: actual)
        }
    }

    /// As it stands in the file; other readers and writers of this family put values in quotes, which are no part of it.
    private var storedChecksum: String? {
        guard let stored = value("Checksum", in: .global) else { return nil }
        guard let quote = stored.first, stored.count > 1, quote == "\"" || quote == "'", stored.last == quote else {
            return stored
        }
        return String(stored.dropFirst().dropLast())
    }

    /// Refuses a file that was edited without saying so.
    ///
    /// - Throws: `integrity` with both checksums and the cure.
    package func verifyChecksum() throws(EXAConfError) {
        guard case .mismatch(let stored, let actual) = checksumState else { return }
        throw EXAConfError(
            .integrity,
            "Integrity check failed! The stored checksum '\(TextRule.shown(stored))' does not match the actual "
                + "checksum '\(actual)'. Set checksum to 'COMMIT' if you made intentional changes.")
    }

    /// The document with its new checksum and the next revision; unchanged when the stored checksum fits already.
    ///
    /// With `DISABLED` only the revision grows, each time. A document without `[Global]` stays as it is.
    package func committed() -> (document: Document, changed: Bool) {
        let next = revision.addingReportingOverflow(1)
        return committed(as: next.overflow ? revision : next.partialValue)
    }

    /// The document with its new checksum and a revision chosen by the caller; gaps between revisions are fine.
    ///
    /// - Parameter revision: number to store when something changed; otherwise the old one stays.
    package func committed(as revision: Int) -> (document: Document, changed: Bool) {
        settled(as: revision).map { ($0.document, true) } ?? (self, false)
    }

    /// The document with its new checksum and this revision, printed; `nil` when the stored checksum fits already, and
    /// without `[Global]`.
    package func settled(as revision: Int) -> SettledDocument? {
        guard contains(.global) else { return nil }
        var result = self
        result.stamp(revision: Self.placeholder, checksum: Self.placeholder)
        var bytes = result.canonicalBytes()
        let stored = storedChecksum ?? ""
        let isDisabled = stored.lowercased() == "disabled"
        if !isDisabled, stored == MD5.hex(of: bytes) { return nil }
        result.settle(&bytes)
        result.stamp(
            revision: String(revision),
            checksum: isDisabled ? value("Checksum", in: .global) ?? stored : MD5.hex(of: bytes))
        return SettledDocument(document: result, text: result.text)
    }

    private mutating func stamp(revision: String, checksum: String) {
        try? change(.global) { section in
            section.put("Revision", revision, layout: .global)
            section.put("Checksum", checksum, layout: .global)
        }
    }

    /// Becomes what reading the written form gives: the checksum has to fit that, or the next load would fail.
    ///
    /// - Parameter bytes: The written form.
    private mutating func settle(_ bytes: inout [UInt8]) {
        // Each reading drops one blank line at the end, so drop them all at once.
        if tail.last == "" {
            while tail.last == "" { tail.removeLast() }
            bytes = canonicalBytes()
        }
        for _ in 0..<4 {
            guard let again = try? Document(parsing: bytes), again != self else { return }
            self = again
            let printed = canonicalBytes()
            if printed == bytes { return }
            bytes = printed
        }
    }
}

/// A document as it is decided: with its revision and a checksum that fits, printed once.
package struct SettledDocument: Sendable, Hashable {
    /// What reading ``text`` gives.
    package let document: Document
    /// What the file holds.
    package let text: String
}

/// What the stored checksum says about the content.
package enum ChecksumState: Sendable, Hashable {
    /// The word `NONE`, or no checksum at all: accepted, the next commit fills it in.
    case none
    /// The word `DISABLED`: never checked, never computed.
    case disabled
    /// The word `COMMIT`: edited on purpose, to be computed and stored as soon as the file is loaded.
    case commit
    /// The stored checksum belongs to the content.
    case valid
    /// The stored checksum belongs to another content.
    case mismatch(stored: String, actual: String)
}
