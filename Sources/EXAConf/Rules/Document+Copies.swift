/// The choice between the copies of the file that nodes have when a cluster starts.
extension Document {
    /// The copy to go on with.
    package struct Choice: Sendable, Hashable {
        /// Content for every node; node UUIDs that were to be imported are filled in where a copy has them.
        package let document: Document
        /// Whether no other copy is as new as the own one: a conflict worth a report.
        package let isOwnNewest: Bool
    }

    /// The copy with the highest revision; among equals the own one.
    ///
    /// - Parameter keepsLicenseFile: whether the own path of the license file stays in force.
    /// - Throws: `invalid` when two copies have different UUIDs for one node.
    package func chosen(among others: [Document], keepsLicenseFile: Bool = true) throws(EXAConfError) -> Choice {
        var best = others.reduce(self) { $1.revision > $0.revision ? $1 : $0 }
        for node in best.nodes {
            let path = SectionPath([node.section.name])
            let known = ([self] + others).compactMap { $0.value("UUID", in: path) }
            let real = Set(known.filter { $0 != "IMPORT" && !$0.isEmpty })
            guard real.count < 2 else {
                throw EXAConfError.invalid("[\(node.headerText)]: the copies have different UUIDs; set one to IMPORT.")
            }
            if node.uuid == "IMPORT", let uuid = real.first { try best.set("UUID", to: uuid, in: path) }
        }
        if keepsLicenseFile, best.isInitialised, let license = value("LicenseFile", in: .global) {
            try best.set("LicenseFile", to: license, in: .global)
        }
        let isOwnNewest = !others.isEmpty && !others.contains { $0.revision >= revision }
        return Choice(document: best, isOwnNewest: isOwnNewest)
    }
}
