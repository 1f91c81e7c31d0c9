import Certificates
import JobEngine
import NodeCommands
import Values

extension BackupList: ArchiveAction {
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> [Listing] {
        _ = try Rclone.program(nil)
        let silent = Listing(unreachable: "It gave no answer in time.")
        return try await store.ask(archives, within: call, silent: silent) {
            (reference, call) async throws(ActionError) in
            do throws(ActionError) {
                let archive = try await store.archive(reference, call)
                try await archive.check(call)
                return Listing(try await archive.descriptions(below: below ?? "", call).map { BackupDescription($0) })
            } catch {
                if error == .cancelled || error == .timedOut { throw error }
                return Listing(unreachable: error.description)
            }
        }
    }
}

extension BackupRemove: ArchiveAction {
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> Int {
        let archive = try await store.archive(archive, call)
        for path in paths {
            try call.check()
            try await archive.remove(try store.checked(path, of: "paths"), call)
        }
        return paths.count
    }
}

extension BackupSweep: ArchiveAction {
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> [String] {
        let archive = try await store.archive(archive, call)
        let whole = try await archive.descriptions(below: below, call).compactMap { BackupDescription($0).path }
        let broken = Set(try await archive.backups(below: below, call)).subtracting(whole).sorted()
        for path in broken { try await archive.remove(path, call) }
        return broken
    }
}

extension BackupDescribe: ArchiveAction {
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> Int {
        let archive = try await store.archive(archive, call)
        let known = try await archive.descriptions(below: try store.checked(path), call).map { BackupDescription($0) }
        guard !known.isEmpty else {
            throw .refused(JobError(.objectMissing, "There is no backup at \(path.prefix(200))."))
        }
        for description in known {
            guard let path = description.path else { continue }
            try await archive.describe(path, as: description.changed(to: changes).value, call)
        }
        return known.count
    }
}

extension ArchiveExamine: ArchiveAction {
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> [String] {
        let account = try store.accounts.account(for: archive)
        let addresses = try await StoreHosts(of: archive, account: account).addresses(call)
        guard let host = SecureHost(of: archive, at: addresses), host.keys.isEmpty else { return [] }
        return try await host.taken(fingerprints, by: account, call).map(\.description)
    }
}

extension ArchiveCheck: ArchiveAction {
    func run(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> [State] {
        try await store.ask(archives, within: call, silent: State.problem) {
            (reference, call) async throws(ActionError) in
            do throws(ActionError) {
                try await store.archive(reference, call).check(call)
                return State.online
            } catch {
                switch error {
                case .failed: return State.problem
                // What whoever asks can cure is told in words.
                case .refused(let reason) where ![.unsupported, .archiveHostKey].contains(reason.code):
                    return State.problem
                default: throw error
                }
            }
        }
    }
}
