import Foundation

/// `backup`: copies a running database into a directory, complete and restorable by itself.
enum Backup {
    struct Answer: Encodable, Sendable {
        let bytes: Int
        let files: [String]
    }

    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        guard let directory = request.options.directory else {
            throw EngineError(.invalid, "No directory was given for the backup.")
        }
        guard (request.options.level ?? 0) == 0 else {
            throw EngineError(.unsupported, "PostgreSQL makes full backups (level 0) only.")
        }
        guard await instance.state().connectible else {
            throw EngineError(.state, "The database does not run; a backup needs a running one.")
        }
        // A full disk would stop the database: there has to be room for a copy that cannot be compressed.
        let parent = URL(filePath: directory).deletingLastPathComponent().path(percentEncoded: false)
        try Space.require(Info.size(of: instance.directory), at: parent, for: "The copy of the database")
        do throws(EngineError) {
            try await copy(instance, to: directory)
            return try contents(of: directory)
        } catch {
            try? Files.remove(directory)
            throw error
        }
    }

    private static func copy(_ instance: Instance, to directory: String) async throws(EngineError) {
        let (folder, port) = instance.address
        try await Program.baseBackup.succeed(
            [
                "-D", directory, "-h", folder, "-p", String(port), "-U",
                Instance.administrator, "-F", "tar", "-z", "-X", "fetch", "-c", "fast", "-P", "-v",
                "--manifest-checksums=SHA256",
            ],
            environment: ["PGDATABASE": "postgres"]
        ) { line in
            if let percent = percent(in: line) { Progress.tell(percent, "copying") }
        }
    }

    /// `  12345/67890 kB (18%), 0/1 tablespace`
    private static func percent(in line: String) -> Int? {
        guard let close = line.range(of: "%)"), let open = line.range(of: "(", options: .backwards) else { return nil }
        guard open.upperBound <= close.lowerBound else { return nil }
        return Int(line[open.upperBound..<close.lowerBound])
    }

    private static func contents(of directory: String) throws(EngineError) -> Answer {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            let sizes = try names.map { name in
                (try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")[.size] as? NSNumber)?.intValue
                    ?? 0
            }
            return Answer(bytes: sizes.reduce(0, +), files: names)
        } catch {
            throw EngineError(.failed, "The backup cannot be read: \(error.localizedDescription)")
        }
    }
}
