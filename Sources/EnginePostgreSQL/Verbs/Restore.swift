import Foundation
import Subprocess
import SystemPackage

/// `restore`: puts a stopped database back to what it was when the backup was made; what it holds now is given up only
/// once the backup was found whole.
enum Restore {
    static let run: Verbs.Verb = { (request) throws(EngineError) in
        let instance = try Instance(request)
        guard let directory = request.options.directory else {
            throw EngineError(.invalid, "No directory was given to restore from.")
        }
        guard ["blocking", "", nil].contains(request.options.restoreType) else {
            throw EngineError(.unsupported, "PostgreSQL restores with type 'blocking' only.")
        }
        try instance.requireStopped(before: "restored")
        try Create.requireReplaceable(instance)
        let replacement = instance.replacement
        do throws(EngineError) {
            let manifest = try Manifest(reading: directory + "/backup_manifest")
            try Space.require(manifest.bytes, within: request.database.quotaBytes)
            try Space.require(manifest.bytes, at: request.paths.data, for: "The restored database")
            try await unpack(directory, to: replacement.fresh)
            try await verify(manifest, replacement.fresh)
            let name = Mark.read(in: replacement.fresh)?.name ?? request.database.name
            try await Configuration(request).write(to: replacement.fresh)
            try Configuration.writeMap(to: replacement.fresh)
            // Whose the backup was does not matter: these are new data of the database that is restored.
            try Mark(id: request.database.id, name: name, created: Mark.fresh(for: request.database).created)
                .write(in: replacement.fresh)
            try await InnerDatabase(directory: replacement.fresh).belong(to: request.database)
            try replacement.complete()
        } catch {
            try? replacement.settle()
            throw error
        }
        return Done()
    }

    private static func verify(_ manifest: Manifest, _ directory: String) async throws(EngineError) {
        Progress.tell(80, "verifying")
        let outcome = try await Program.verifyBackup.run(["-n", "-q", "-m", manifest.path, directory])
        guard outcome.exitCode == 0 else {
            let said = outcome.errors.split(separator: "\n").prefix(3).joined(separator: " ")
            throw EngineError(.failed, "The backup is damaged: \(said)")
        }
        try await Describe.requireVersion(of: directory, "The backup is")
    }

    private static func unpack(_ source: String, to directory: String) async throws(EngineError) {
        Progress.tell(5, "unpacking")
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw EngineError(.failed, "\(directory) could not be made: \(error.localizedDescription)")
        }
        do {
            let ended = try await Subprocess.run(
                .path("/bin/tar"), arguments: ["-x", "-z", "-f", source + "/base.tar.gz", "-C", directory],
                output: .discarded, error: .string(limit: 65_536))
            guard case .exited(0) = ended.terminationStatus else {
                throw EngineError(.failed, "The backup is damaged: \(ended.standardError.prefix(500))")
            }
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.failed, "The backup could not be unpacked: \(error)")
        }
    }
}
