import Foundation
import JobEngine
import Posix
import Values

/// The folder of one step for files on their way between the engine and an archive.
///
/// Beside it stands a note of the path in the archive that is written to: after a crash it tells what to look at.
struct StagingFolder {
    private let call: ActionCall
    private let account: ExternalProgram.Account?
    private let folder: String
    private let note: String

    /// - Parameter account: Who may use the folder first.
    init(_ call: ActionCall, for account: ExternalProgram.Account?) {
        self.call = call
        self.account = account
        // Beside what databases have there: no name of theirs begins with a dot.
        folder = "\(call.root.spool)/databases/.\(call.job)-\(call.step)"
        note = "\(call.root.spool)/backups/\(call.job)-\(call.step).target"
    }

    /// The path the same step wrote to before the daemon was cut off; its programs are ended.
    func interrupted() async throws(ActionError) -> String? {
        try await OrphanProcesses.end(call)
        // Where former versions had the folder.
        Folder.remove(String(note.dropLast(".target".count)))
        let bytes = try ActionError.reporting { () throws(InstallError) in try call.files.read(note) }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Does the work with the empty folder; folder and note are gone afterwards.
    func use<Result>(
        _ work: (String) async throws(ActionError) -> Result
    ) async throws(ActionError) -> Result {
        Folder.remove(folder)
        defer {
            Folder.remove(folder)
            try? call.files.remove(note)
        }
        try Folder.make(folder, below: call.root.directory, for: account)
        return try await work(folder)
    }

    /// Lets another account have the folder, with what the first one left there, and nobody else.
    func give(to other: ExternalProgram.Account?) throws(ActionError) {
        guard let account, let other, account != other else { return }
        do throws(SystemFault) {
            let above = DurableFile.folder(of: folder)
            let own = try Descriptor.trusted(above).folder(String(folder.dropFirst(above.count + 1)))
            if try Tree.give(own, of: account.userID, to: other.files) > 0 { throw SystemFault(EPERM) }
        } catch {
            throw .failed(code: 1, message: "\(folder) could not be given to the account it is for: \(error).")
        }
    }

    /// Notes the path in the archive that is about to be written to.
    func announce(_ path: String) throws(ActionError) {
        try ActionError.reporting { () throws(InstallError) in
            _ = try call.files.write(Array(path.utf8), to: note, mode: 0o600)
        }
    }
}
