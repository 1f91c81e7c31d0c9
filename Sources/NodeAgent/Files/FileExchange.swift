import JobEngine
import Values

/// Replaces several files together, and brings the former ones back when asked to, even after a restart.
///
/// The former files stay beside the new ones under a second name with `.previous` behind it. A note beside the first
/// says for which step of which job they were kept: taking back a step that never began changes nothing.
struct FileExchange {
    /// A file and what it shall hold.
    struct NewFile {
        let path: String
        let bytes: [UInt8]
        let mode: UInt32
    }

    /// One file as it was before.
    private struct Former: Equatable {
        let path: String
        let existed: Bool
    }

    let durable: DurableFile
    /// Names the step for ever.
    let step: String

    /// Makes all files hold what they shall, or none of them.
    ///
    /// - Parameter check: Called between the steps; what it throws ends the work like a failure.
    func install(_ files: [NewFile], check: () throws(ActionError) -> Void) throws(ActionError) {
        guard let first = files.first else { return }
        let former = try keep(files.map(\.path), note: Self.note(beside: first.path), check: check)
        do throws(ActionError) {
            for file in files {
                try check()
                _ = try ActionError.reporting { () throws(InstallError) in
                    try durable.write(file.bytes, to: file.path, mode: file.mode)
                }
            }
        } catch {
            try putBack(former, after: error)
            throw error
        }
    }

    /// Makes the files be what they were before this step: the same file, or none.
    ///
    /// - Parameter paths: The first is the one that was first in ``install(_:check:)``.
    func restore(_ paths: [String]) throws(ActionError) {
        guard let first = paths.first, let former = try readNote(Self.note(beside: first)) else { return }
        try putBack(former.filter { paths.contains($0.path) }, after: nil)
    }

    private func keep(
        _ paths: [String], note: String, check: () throws(ActionError) -> Void
    ) throws(ActionError) -> [Former] {
        // A step that is repeated after a crash finds its own new files: what it kept then is what counts.
        if let former = try readNote(note) { return former }
        var former: [Former] = []
        for path in paths {
            try check()
            former.append(
                Former(path: path, existed: try ActionError.reporting { () throws(InstallError) in try keep(path) }))
        }
        let lines = [step] + former.map { ($0.existed ? "kept " : "absent ") + $0.path }
        try ActionError.reporting { () throws(InstallError) in
            try synchronizeFolders(of: former.filter(\.existed).map(\.path))
            try durable.write(Array(lines.joined(separator: "\n").utf8), to: note, mode: 0o600)
        }
        return former
    }

    private func keep(_ path: String) throws(InstallError) -> Bool {
        try durable.told { () throws(FileFault) in
            try durable.files.remove(Self.previous(of: path))
            guard let status = try durable.files.status(of: path) else { return false }
            guard status.isRegular else {
                throw FileFault("replace", path, code: 0, reason: "it is not a regular file")
            }
            try durable.files.link(path, to: Self.previous(of: path))
            return true
        }
    }

    /// What the note says was there before, `nil` when it is of another step or there is none.
    private func readNote(_ note: String) throws(ActionError) -> [Former]? {
        let bytes = try ActionError.reporting { () throws(InstallError) in try durable.read(note) }
        let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
        guard let first = lines.first, first == step else { return nil }
        return lines.dropFirst().compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return Former(path: String(parts[1]), existed: parts[0] == "kept")
        }
    }

    /// Puts back all it can, and then tells the first failure.
    private func putBack(_ former: [Former], after cause: ActionError?) throws(ActionError) {
        var failure: InstallError?
        for file in former {
            do throws(InstallError) { try putBack(file) } catch { failure = failure ?? error }
        }
        do throws(InstallError) {
            try synchronizeFolders(of: former.map(\.path))
        } catch {
            failure = failure ?? error
        }
        guard let failure else { return }
        let reason = cause.map { "\($0) " } ?? ""
        throw .failed(code: 1, message: "\(reason)The former files could not be put back: \(failure)")
    }

    /// By a second name and a rename, which takes no space on a full disk.
    private func putBack(_ file: Former) throws(InstallError) {
        try durable.told { () throws(FileFault) in
            guard file.existed else { return try durable.files.remove(file.path) }
            let previous = Self.previous(of: file.path)
            let now = try durable.files.status(of: file.path)
            if let now, try durable.files.status(of: previous)?.isSameFile(as: now) == true { return }
            let temporary = DurableFile.temporary(for: file.path)
            try durable.files.remove(temporary)
            try durable.files.link(previous, to: temporary)
            do throws(FileFault) {
                try durable.files.rename(temporary, to: file.path)
            } catch {
                try? durable.files.remove(temporary)
                throw error
            }
        }
    }

    private func synchronizeFolders(of paths: [String]) throws(InstallError) {
        try durable.told { () throws(FileFault) in
            for folder in Set(paths.map { DurableFile.folder(of: $0) })
            where try durable.files.status(of: folder) != nil {
                try durable.files.synchronizeFolder(folder)
            }
        }
    }

    static func previous(of path: String) -> String { path + ".previous" }

    static func note(beside path: String) -> String { path + ".previous.job" }
}
