import ArgumentParser
import Glibc
import NodeAgent

/// Keeps a second daemon away from an installation; the kernel lets go of it when the process ends, however it ends.
///
/// The file says which process has it. Its time says when that one last read again what it reads when told to.
struct InstallationLock {
    private let descriptor: Int32

    /// - Throws: ``Failure`` when another daemon holds it.
    init(_ installation: Installation) throws(Failure) {
        guard let lock = try Self.ifFree(installation) else {
            throw Failure("Another daemon runs on \(installation.root.directory) already.", .unavailable)
        }
        self = lock
    }

    /// The lock, `nil` when a daemon holds it.
    ///
    /// - Throws: ``Failure`` when its file cannot be opened.
    static func ifFree(_ installation: Installation) throws(Failure) -> InstallationLock? {
        let descriptor = try open(installation)
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return InstallationLock(taking: descriptor) }
        close(descriptor)
        return nil
    }

    private init(taking descriptor: Int32) {
        self.descriptor = descriptor
        let process = Array("\(getpid())\n".utf8)
        // For people and for `confd reload`: the lock holds without it.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, process, process.count, 0) }
    }

    func release() {
        close(descriptor)
    }

    /// Tells whoever waits for it that everything was read again.
    func noteReload() {
        futimens(descriptor, nil)
    }

    /// Which process holds the lock of an installation, and when it last read everything again; `nil` when none does.
    ///
    /// - Throws: ``Failure`` when that cannot be found out.
    static func holder(of installation: Installation) throws(Failure) -> (process: pid_t, reload: timespec)? {
        guard access(installation.storeDirectory, F_OK) == 0 else { return nil }
        let descriptor = try open(installation)
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        var (text, found) = ([UInt8](repeating: 0, count: 20), stat())
        let count = pread(descriptor, &text, text.count, 0)
        guard let process = pid_t(String(decoding: text.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)),
            process > 1, fstat(descriptor, &found) == 0
        else {
            throw Failure(
                "\(path(installation)) does not say which process has it: a former version's, or one that begins.",
                .unavailable)
        }
        return (process, found.st_mtim)
    }

    private static func path(_ installation: Installation) -> String { installation.storeDirectory + "/lock" }

    private static func open(_ installation: Installation) throws(Failure) -> Int32 {
        let descriptor = Glibc.open(path(installation), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure("\(path(installation)) cannot be opened: \(String(cString: strerror(errno)))", .cannotCreate)
        }
        return descriptor
    }
}
