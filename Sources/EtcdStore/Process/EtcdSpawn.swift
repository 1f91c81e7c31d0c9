import CProcess
import Glibc
import Posix

/// Starts programs that outlive the daemon: each in a session of its own, with nothing of the daemon's but what is handed to
/// it.
enum EtcdSpawn {
    /// All it sees of the environment: variables of etcd would count more than what it is told.
    private static var environment: [String] {
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        #if arch(arm64)
        // 3.4 runs there only when somebody says so.
        return [path, "ETCD_UNSUPPORTED_ARCH=arm64"]
        #else
        return [path]
        #endif
    }

    /// Signals the daemon may pass over; a program begins with the system's answer to each.
    private static let signals = [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2]

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: Its path and what follows.
    ///   - output: Where it writes, errors too.
    ///   - held: Stays open in it as long as it runs.
    /// - Returns: The number of the process.
    static func start(_ words: [String], output: Descriptor, held: Descriptor? = nil) throws(SystemFault) -> pid_t {
        guard let program = words.first else { throw SystemFault(EINVAL) }
        var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.number, 1)
        posix_spawn_file_actions_adddup2(&actions, output.number, 2)
        if let held { posix_spawn_file_actions_adddup2(&actions, held.number, 3) }
        confd_spawn_closing(&actions, held == nil ? 3 : 4)
        var (none, plain) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&plain)
        for signal in signals { sigaddset(&plain, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &plain)
        let flags = confd_spawn_session | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, flags)
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var id = pid_t()
        let code = posix_spawn(&id, program, &actions, &attributes, arguments, variables)
        guard code == 0 else { throw SystemFault(code) }
        return id
    }

    /// What a program says, at most 4 KiB of it, when it ends within ten seconds; it is ended otherwise.
    static func output(of words: [String]) throws(SystemFault) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard confd_pipe(&ends) == 0 else { throw SystemFault() }
        let reading = try Descriptor(ends[0])
        var writing: Descriptor? = try Descriptor(ends[1])
        let id = try writing.map { (output) throws(SystemFault) in try start(words, output: output) } ?? 0
        writing = nil
        let end = ContinuousClock.now + .seconds(10)
        var said: [UInt8] = []
        while said.count < 4096 {
            let left = (end - ContinuousClock.now) / .milliseconds(1)
            var place = pollfd(fd: reading.number, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&place, 1, Int32(left)) > 0 else { break }
            var buffer = [UInt8](repeating: 0, count: 1024)
            let count = read(reading.number, &buffer, buffer.count)
            if count <= 0 { break }
            said += buffer[..<count]
        }
        // It has nothing more to say; what is still there is not wanted.
        if id > 0 {
            kill(id, SIGKILL)
            waitpid(id, nil, 0)
        }
        return said
    }
}
