/// Steps from one version of the file format to the next.
extension Document {
    /// The version of the file format fresh files get.
    package static let formatVersion = "8.60.7"

    /// The document in the format of a version; unchanged when it has that format. Not committed yet.
    ///
    /// - Throws: `unusable` for a file that is newer or has no readable `ConfVersion`.
    package func upgraded(
        to target: Version, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) -> Document {
        guard let present = global.confVersion else {
            throw EXAConfError(
                .unusable, "ConfVersion of [Global] is missing or no version; set it to that of the cluster software.",
                line: line(of: "ConfVersion", in: .global))
        }
        guard present <= target else {
            throw EXAConfError(
                .unusable, "The file has format \(present), newer than \(target); update the software first.",
                line: line(of: "ConfVersion", in: .global))
        }
        guard present < target else { return self }
        var result = self
        for (limit, step) in UpgradeStep.all {
            guard let version = Version(limit), present < version, version <= target else { continue }
            try step(&result)
        }
        // Database ids are the one step that needs randomness.
        if let version = Version("7.2.0-dev2"), present < version, version <= target {
            try result.addDatabaseIDs(using: &random)
        }
        try result.set("ConfVersion", to: target.description, in: .global)
        return result
    }

    private mutating func addDatabaseIDs(using random: inout some RandomNumberGenerator) throws(EXAConfError) {
        for database in databases where database.text("ID") == nil {
            let id = database.id ?? Identifiers.databaseID(using: &random)
            try set("ID", to: id, in: SectionPath([database.section.name]))
        }
    }

    /// The document with a new bearer token when it has none; such a file is completed and committed when loaded.
    ///
    /// - Throws: `missing` without `[Global]`.
    package func withToken(using random: inout some RandomNumberGenerator) throws(EXAConfError) -> Document {
        guard global.authenticationToken == nil else { return self }
        var result = self
        try result.set("AuthenticationToken", to: Identifiers.token(using: &random), in: .global)
        return result
    }
}
