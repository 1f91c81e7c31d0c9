import JobEngine
import Values

#if canImport(Glibc)
import Glibc
#endif

/// What the machine says about itself.
enum DebugFacts {
    /// Writes `facts/`: kernel, file systems, memory, and the processes of this installation.
    static func write(to folder: DebugFolder, _ call: ActionCall) async throws(ActionError) {
        for (name, path, arguments) in [
            ("uname", "/bin/uname", ["-a"]), ("df", "/bin/df", ["-k"]), ("df-inodes", "/bin/df", ["-i"]),
        ] {
            var program = ExternalProgram(path)
            program.arguments = arguments
            let answer = try await program.run([], within: call)
            try folder.write(answer.output, as: "facts/\(name).txt")
        }
        for name in ["mounts", "meminfo", "loadavg", "uptime", "version"] {
            try folder.write(content(of: "/proc/\(name)"), as: "facts/\(name).txt")
        }
        try folder.write(Array(processes(of: call.root).joined(separator: "\n").utf8), as: "facts/processes.txt")
    }

    /// Command line and state of the daemon, and of every process that names or uses the installation's directory.
    static func processes(of root: InstallationRoot) -> [String] {
        let all = (try? PosixFileSystem().names(in: "/proc")) ?? []
        return all.compactMap { Int32($0) }.sorted().compactMap { process in
            let words = content(of: "/proc/\(process)/cmdline").split(separator: 0).map {
                String(decoding: $0, as: UTF8.self)
            }
            let uses =
                process == getpid() || words.contains { $0.contains(root.directory) }
                || link("/proc/\(process)/cwd").hasPrefix(root.directory + "/")
            guard uses else { return nil }
            let state = String(decoding: content(of: "/proc/\(process)/stat"), as: UTF8.self)
            return "\(process)\t\(LogSecret.masked(words.joined(separator: " ")))\t\(state)"
        }
    }

    /// The files that are open now, in processes we may look at.
    static func openFiles() -> Set<FileKey> {
        let files = PosixFileSystem()
        var keys: Set<FileKey> = []
        for process in ((try? files.names(in: "/proc")) ?? []) where Int32(process) != nil {
            for number in (try? files.names(in: "/proc/\(process)/fd")) ?? [] {
                if let key = FileKey("/proc/\(process)/fd/\(number)") { keys.insert(key) }
            }
        }
        return keys
    }

    /// What a file of the kernel says; these have no size before they are read.
    private static func content(of path: String) -> [UInt8] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256 * 1024)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    private static func link(_ path: String) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : ""
    }
}

/// What tells one file of this machine from every other.
struct FileKey: Hashable {
    private let device: UInt
    private let inode: UInt

    /// The file a path leads to, `nil` when there is none.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }
}
