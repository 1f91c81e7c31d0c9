import EXAConf

/// A former configuration as it is kept from now on.
package struct FormerConfiguration: Sendable, Hashable {
    /// The whole file.
    package let text: String
    /// The checksum it carries.
    package let checksum: String
}

extension NameReplacement {
    /// A former configuration in which the user stands under the pseudonym, with id and groups, and without password, keys
    /// and login; `nil` when there was no such user, or the text is none that can be read.
    ///
    /// Its revision stays, and its checksum fits.
    package func configuration(_ text: String) -> FormerConfiguration? {
        guard mayFind(in: Array(text.utf8)[...]), var document = try? Document(parsing: text),
            let user = document.user(named: name)
        else { return nil }
        do throws(EXAConfError) {
            let place = SectionPath.user(pseudonym)
            document.removeSection(.user(name))
            try document.addSection(place)
            if let id = user.id { try document.set("ID", to: String(id), in: place) }
            if let group = user.group { try document.set("Group", to: group, in: place) }
            try document.set("LoginEnabled", to: "False", in: place)
            if !user.additionalGroups.isEmpty {
                try document.set("AdditionalGroups", toList: user.additionalGroups, in: place)
            }
        } catch {
            return nil
        }
        return document.settled(as: document.revision).map { settled in
            FormerConfiguration(
                text: settled.text, checksum: settled.document.value("Checksum", in: .global) ?? "")
        }
    }
}
