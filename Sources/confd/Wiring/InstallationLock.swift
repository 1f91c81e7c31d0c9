import ArgumentParser
import Glibc
import NodeAgent

/// Keeps a second daemon away from an installation; the kernel lets go of it when the process ends, however it ends.
struct InstallationLock {
    private let descriptor: Int32

    /// - Throws: ``Failure`` when another daemon holds it.
    init(_ installation: Installation) throws(Failure) {
        let path = installation.storeDirectory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure("\(path) cannot be opened: \(String(cString: strerror(errno)))", .cannotCreate)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure("Another daemon runs on \(installation.root.directory) already.", .unavailable)
        }
    }

    func release() {
        close(descriptor)
    }
}
