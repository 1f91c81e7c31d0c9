import Foundation

/// The PostgreSQL server of one data directory.
///
/// It is found among the processes of the machine: one of this user's that runs PostgreSQL's program, in exactly this
/// directory, and was started by none of its own. What files say of it is never asked: they outlive it.
struct Server: Sendable {
    let process: SystemProcess
    let directory: String

    /// - Returns: `nil` when no server has this directory.
    static func find(in directory: String) -> Server? {
        let found = processes(of: directory)
        let ids = Set(found.map(\.id))
        let server = found.first { process in
            // Processes a server has started show what they do in place of their command line.
            let arguments = process.arguments
            return !ids.contains(process.parent) && arguments.first?.hasPrefix("postgres:") == false
                && !arguments.contains("--single")
        }
        return server.map { Server(process: $0, directory: directory) }
    }

    /// Every process of PostgreSQL that works in a directory: a server, what it started, or what is left of one.
    static func processes(of directory: String) -> [SystemProcess] {
        guard access(directory, F_OK) == 0 else { return [] }
        return SystemProcess.all.filter { $0.isOurs && $0.program == "postgres" && $0.works(in: directory) }
    }

    /// Returns when no process of PostgreSQL works in a directory any more, or after so many seconds.
    static func awaitNobody(in directory: String, seconds: Int) async {
        let end = ContinuousClock.now + .seconds(seconds)
        while !processes(of: directory).isEmpty, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The lock file of the directory, when it is this server's.
    private var lock: LockFile? {
        let lock = LockFile(reading: LockFile.path(in: directory))
        return lock?.process == process.id ? lock : nil
    }

    /// `starting`, `running` or `stopping`; in the first case the server's own word for it.
    var state: (name: String, detail: String?) {
        switch lock?.status ?? "" {
        case "ready", "standby": ("running", nil)
        case "stopping": ("stopping", nil)
        case let word: ("starting", word.isEmpty ? nil : word)
        }
    }

    /// When it was started: by its own word, as what the system tells follows changes of the clock.
    var started: Date { lock?.started ?? process.started }

    /// Where it is reached: the folder of its socket and its port.
    var address: (folder: String, port: Int)? {
        guard let lock, let port = lock.port, !lock.socketFolder.isEmpty else { return nil }
        return (lock.socketFolder, port)
    }

    /// Asks it to end and waits until it has, and with it all it started.
    ///
    /// - Parameter atOnce: Without a checkpoint: the next start repeats what was not written.
    /// - Throws: `failed` when it has not after so many seconds.
    func end(atOnce: Bool, within seconds: Int) async throws(EngineError) {
        guard let handle = try ProcessHandle.open(process) else { return }
        try handle.signal(atOnce ? SIGQUIT : SIGINT)
        guard handle.hasEnded(within: seconds) else {
            throw EngineError(.failed, "The database has not ended within \(seconds) s.")
        }
        await Self.awaitNobody(in: directory, seconds: 10)
    }
}
