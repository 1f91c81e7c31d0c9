import CProcess
import Foundation

/// A process beside a server that removes its oldest logs whenever a new one is begun, and ends with it.
///
/// PostgreSQL begins new files itself, but removes none; and nobody need ask this program anything while a server runs.
struct LogKeeper {
    private static let word = "--keep-logs"

    /// Begins one for a server. Without it logs are still cut back whenever the engine is asked for the state.
    static func start(for process: SystemProcess, _ logs: ServerLog) {
        var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for descriptor in 0...2 as ClosedRange<Int32> {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        confd_spawn_closing(&actions, 3)
        // It outlives the verb, and whoever ends that one's session.
        posix_spawnattr_setflags(&attributes, confd_spawn_session)
        let words = ["confd-engine-postgresql", word, String(process.id), String(process.startedTicks), logs.folder]
        let arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var id = pid_t()
        _ = posix_spawn(&id, "/proc/self/exe", &actions, &attributes, arguments, environ)
    }

    /// Does the work when that is what the program was started for.
    ///
    /// - Returns: Whether it was.
    static func runsInstead(_ words: [String]) -> Bool {
        guard words.count == 5, words[1] == word else { return false }
        guard let process = Int32(words[2]).flatMap(SystemProcess.init), String(process.startedTicks) == words[3],
            let handle = try? ProcessHandle.open(process)
        else { return true }
        let logs = ServerLog(folder: words[4])
        let news = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard news >= 0, inotify_add_watch(news, logs.folder, UInt32(IN_CREATE)) >= 0 else { return true }
        while !handle.hasEnded(orTells: news) {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(news, &buffer, buffer.count) > 0 {}
            logs.prune()
        }
        logs.prune()
        return true
    }
}
