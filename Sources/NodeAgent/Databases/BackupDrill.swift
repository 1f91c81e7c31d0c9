import Access
import Glibc
import JobEngine
import NodeCommands
import Posix
import Values

extension DatabaseDrill: BackupAction {
    /// - Throws: `refused` when there is no backup, or the database of it runs out of room; `failed` with the engine's words
    ///   when it cannot be restored, does not come up or does not answer.
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> Answer {
        // What an attempt left that was cut off.
        try await call.endDrill(store.engine)
        do throws(ActionError) {
            let answer = try await drill(call, store)
            try await call.endDrill(store.engine)
            return answer
        } catch {
            // Late or cancelled as it may be, nothing stays. What cannot be removed now is found by the next drill.
            await call.action.afterwards(within: .seconds(120)) { late in
                try? await call.with(end: late.end).endDrill(store.engine)
            }
            throw error
        }
    }

    private func drill(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> Answer {
        let (archive, backup) = try await chosen(call.action, store)
        guard let path = backup.path else { throw .failed(code: 1, message: "The backup does not say where it is.") }
        let time = call.action.time
        let begin = time.monotonic
        let call = call.alone(at: try Self.freePort())
        _ = try await DatabaseRestore(from: archives[archive], path: path).run(call, store)
        let restored = time.monotonic
        _ = try await store.engine.run("start", call.with(option: "timeout_s", .int(Self.patience)))
        // That it says so would be an answer without a database: `connections` is what a query of it told.
        let seen = try await store.engine.run("info", call)
        guard seen["connectible"]?.bool == true, seen["connections"]?.int != nil else {
            let state = seen["state"]?.string ?? "stopped"
            throw .failed(code: 1, message: "The restored database is \(state) and does not answer a query.")
        }
        return Answer(
            archive: archive, backup: backup, bytes: seen["used_bytes"]?.int ?? 0,
            restoreSeconds: (restored - begin).wholeSeconds, startSeconds: (time.monotonic - restored).wholeSeconds)
    }

    /// Seconds it has to come up.
    private static let patience = 600

    /// The backup that was named, or the newest one of all archives that can be used.
    ///
    /// - Throws: `refused` when there is none.
    private func chosen(_ call: ActionCall, _ store: BackupStore) async throws(ActionError) -> (Int, BackupDescription)
    {
        let listings = try await BackupList(archives, below: source).run(call, store)
        let found = listings.enumerated().flatMap { archive, listing in
            (listing.backups ?? []).map { (archive, $0) }
        }.filter { $0.1.system == source && $0.1.level == 0 && (path == nil || $0.1.path == path) }
        if let newest = found.max(by: { $0.1.made < $1.1.made }) { return newest }
        let silent = zip(archives, listings).compactMap { archive, listing in
            listing.unreachable.map { "\(archive.name): \($0)" }
        }
        let cause = silent.isEmpty ? "" : " Not all archives could be asked. \(silent.joined(separator: " "))"
        throw .refused(JobError(.objectMissing, "There is no backup of \(source) that could be tried.\(cause)"))
    }

    /// A port nobody listens on, at the address of the machine alone.
    ///
    /// - Throws: `failed` when there is none.
    private static func freePort() throws(ActionError) -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                bind(socket, place, length) == 0 && getsockname(socket, place, &length) == 0
            }
        }
        guard socket >= 0, isBound else {
            throw .failed(code: 1, message: "No port is free for the restored database.")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension DatabaseDrillEnd: BackupAction {
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> NoAnswer {
        try await call.endDrill(store.engine)
        return NoAnswer()
    }
}

extension DatabaseCall {
    /// Ends the database of a drill and removes everything of it.
    ///
    /// - Throws: `failed` when it does not end, or something stays.
    fileprivate func endDrill(_ engine: DatabaseEngine) async throws(ActionError) {
        guard target.isOfDrill else { throw .argument("volume", "must be that of a drill") }
        let place = try DatabasePlace(self)
        if try engine.mayRun(self) {
            _ = try await engine.run("stop", with(option: "force", true).with(option: "timeout_s", 60))
        }
        for folder in [place.content, place.run, place.logs] {
            do throws(SystemFault) {
                try Folder.delete(folder)
            } catch {
                guard error.code != ENOENT else { continue }
                throw .failed(code: 1, message: "\(folder) could not be removed: \(error).")
            }
        }
    }
}

extension Duration {
    fileprivate var wholeSeconds: Int { Int(components.seconds) }
}
