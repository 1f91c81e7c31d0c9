import Access
import EXAConf
package import JobEngine
import NodeCommands

extension CommandHandler {
    /// What has a name replaced in the history of this node, and takes former configurations away that have it.
    ///
    /// - Parameter history: Replaces it in what is kept of jobs, revisions and the audit log.
    package static func pseudonymising(_ history: any Pseudonymiser) -> CommandHandler {
        CommandHandler(UserPseudonymise.self) { (command, call) async throws(ActionError) in
            let names = NameReplacement(command.name, by: command.pseudonym)
            var request = PseudonymRequest(names, by: command.requester, in: call.job, at: call.time.now)
            request.users = try FormerFiles.users(call)
            let wanted = request
            var report = try await call.bounded { () async throws(ActionError) -> PseudonymReport in
                do throws(JobError) {
                    return try await history.pseudonymise(wanted)
                } catch {
                    let refusal = ActionError.refused(error)
                    // Everything else may come when part of it is done.
                    throw [.objectBusy, .objectExists].contains(error.code) ? refusal : refusal.begun
                }
            }
            report.left += try FormerFiles(names).remove(call)
            return report
        }
    }
}

/// Files of former configurations beside the one in force.
struct FormerFiles {
    private let names: NameReplacement
    // As they are kept when the file is replaced.
    private static let kept = Set((0...5).map { "EXAConf.\($0)" })

    /// Who is a user by the file that is in force.
    ///
    /// - Throws: `failed` with code 1 for a file that cannot be read.
    static func users(_ call: ActionCall) throws(ActionError) -> Set<String> {
        let bytes = try ActionError.reporting { () throws(InstallError) in
            try call.files.read(call.root.configuration)
        }
        do throws(EXAConfError) {
            return Set(try Document(parsing: bytes ?? []).users.map(\.name))
        } catch {
            throw .failed(code: 1, message: error.message)
        }
    }

    init(_ names: NameReplacement) {
        self.names = names
    }

    /// Takes those away that have the name: their revisions are in the store. What somebody edited is theirs.
    ///
    /// - Returns: Edits that have the name.
    /// - Throws: `failed` with code 1 for a file that cannot be read or removed.
    func remove(_ call: ActionCall) throws(ActionError) -> [String] {
        var left: [String] = []
        let files: [String]
        do throws(FileFault) {
            files = try call.files.files.names(in: call.root.etc)
        } catch {
            throw .failed(code: 1, message: "\(call.root.etc) cannot be read: \(error).")
        }
        for file in files where file.hasPrefix("EXAConf.") {
            let path = "\(call.root.etc)/\(file)"
            let content = try ActionError.reporting { () throws(InstallError) in try call.files.read(path) }
            guard let content, names.replaced(in: String(decoding: content, as: UTF8.self)) != nil else { continue }
            if Self.kept.contains(file) {
                try ActionError.reporting { () throws(InstallError) in try call.files.remove(path) }
            } else {
                left.append("etc/\(file): an edit that was replaced")
            }
        }
        return left
    }
}
