import ArgumentParser
import Glibc
import NodeAgent
import Posix

/// Keeps a second daemon away from an installation; the kernel lets go of it when the process ends, however it ends.
///
/// The file says which process has it. Its time says when that one last read again what it reads when told to.
struct InstallationLock {
    /// Its file, in the folder of the store.
    static let name = "lock"

    private let file: Descriptor

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
        let file = try open(installation)
        return flock(file.number, LOCK_EX | LOCK_NB) == 0 ? InstallationLock(taking: file) : nil
    }

    private init(taking file: Descriptor) {
        self.file = file
        // For people and for `confd reload`: the lock holds without it.
        try? file.setLength(0)
        try? file.write(Array("\(getpid())\n".utf8)[...], at: 0)
    }

    func release() {
        flock(file.number, LOCK_UN)
    }

    /// Tells whoever waits for it that everything was read again.
    func noteReload() {
        futimens(file.number, nil)
    }

    /// Which process holds the lock of an installation, and when it last read everything again; `nil` when none does.
    ///
    /// - Throws: ``Failure`` when that cannot be found out.
    static func holder(of installation: Installation) throws(Failure) -> (process: pid_t, reload: timespec)? {
        guard Path.exists(installation.storeDirectory) else { return nil }
        let file = try open(installation)
        if flock(file.number, LOCK_SH | LOCK_NB) == 0 { return nil }
        guard let text = try? file.read(from: 0, count: 20),
            let process = pid_t(String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)), process > 1,
            let found = try? file.look()
        else {
            throw Failure(
                "\(path(installation)) does not say which process has it: a former version's, or one that begins.",
                .unavailable)
        }
        return (process, found.st_mtim)
    }

    private static func path(_ installation: Installation) -> String { installation.storeDirectory + "/" + name }

    private static func open(_ installation: Installation) throws(Failure) -> Descriptor {
        do throws(SystemFault) {
            return try Descriptor.file(path(installation), O_RDWR | O_CREAT | O_NOFOLLOW)
        } catch {
            throw Failure("\(path(installation)) cannot be opened: \(error)", .cannotCreate)
        }
    }
}
