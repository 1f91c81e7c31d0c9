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
        guard try await instance.state().state == "stopped" else {
            throw EngineError(.state, "The database runs; stop it before it is restored.")
        }
        let replacement = Replacement(request.paths.data)
        do throws(EngineError) {
            let manifest = try Manifest(reading: directory + "/backup_manifest")
            try Space.require(manifest.bytes, within: request.database.quotaBytes)
            try Space.require(manifest.bytes, at: request.paths.data, for: "The restored database")
            try await unpack(directory, to: replacement.fresh)
            try await verify(manifest, replacement.fresh)
            let name = Configuration.databaseName(in: replacement.fresh)
            try await Configuration(request).write(to: replacement.fresh)
            try Configuration.writeMap(to: replacement.fresh)
            if let name { try await rename(name, to: request.database.name, in: replacement.fresh) }
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
        let version = (try? String(contentsOfFile: directory + "/PG_VERSION", encoding: .utf8)) ?? ""
        let made = version.trimmingCharacters(in: .whitespacesAndNewlines)
        let present = try await Describe.version()
        guard present.split(separator: ".").first.map(String.init) == made else {
            throw EngineError(.unsupported, "The backup is of PostgreSQL \(made); this node has PostgreSQL \(present).")
        }
    }

    /// Gives the restored database the name clients of this one know; it is done before the instance takes its place, so
    /// what was cut off begins anew.
    private static func rename(_ former: String, to name: String, in directory: String) async throws(EngineError) {
        guard former != name else { return }
        Progress.tell(90, "renaming")
        guard try await !opens(name, in: directory) else {
            throw EngineError(
                .state, "The backup of \(former) holds another database named \(name): rename that one, and back it up."
            )
        }
        try await Program.server.succeed(
            ["--single", "-D", directory, "postgres"],
            input: "ALTER DATABASE \(Instance.identifier(former)) RENAME TO \(Instance.identifier(name))\n")
        // In single-user mode a statement that fails is no failure of the program.
        guard try await opens(name, in: directory) else {
            throw EngineError(.failed, "The backup holds no database \(former) that could be named \(name).")
        }
    }

    private static func opens(_ database: String, in directory: String) async throws(EngineError) -> Bool {
        try await Program.server.run(["--single", "-D", directory, database], input: "SELECT 1\n").exitCode == 0
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
