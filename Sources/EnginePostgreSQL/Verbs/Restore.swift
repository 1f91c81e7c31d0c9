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
        let (fresh, old) = (request.paths.data + "/postgresql.restoring", request.paths.data + "/postgresql.replaced")
        do throws(EngineError) {
            try Files.remove(fresh)
            try await unpack(directory, to: fresh)
            Progress.tell(80, "verifying")
            try await Program.verifyBackup.succeed(["-n", "-q", "-m", directory + "/backup_manifest", fresh])
            try await Configuration(request).write(to: fresh)
            try Configuration.writeMap(to: fresh)
        } catch {
            try? Files.remove(fresh)
            throw error
        }
        try Files.remove(old)
        if instance.exists { try Files.move(instance.directory, to: old) }
        try Files.move(fresh, to: instance.directory)
        try Files.remove(old)
        return Done()
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
