import Certificates
import Glibc
import Posix

/// The file of the setting `access.certificate_revocations`: what the authorities of clients took back.
struct RevocationFile {
    /// Absolute.
    let path: String

    /// `nil` where nobody looks at revocations.
    init?(_ settings: DaemonSettings) {
        guard let path = settings[\.certificateRevocations] else { return nil }
        self.path = path
    }

    /// What it holds.
    ///
    /// - Throws: ``Failure`` with the cure when it cannot be read or others could change it.
    func bytes() throws(Failure) -> [UInt8] {
        let file: Descriptor
        do throws(GuardedFile.Fault) {
            file = try GuardedFile.open(path)
        } catch {
            throw failure(error.description)
        }
        do throws(SystemFault) {
            let found = try file.look()
            guard found.isFile else { throw SystemFault(EINVAL) }
            // Whatever is larger is refused by its size; no more of it is needed in memory.
            return try file.read(from: 0, count: min(Int(found.st_size), RevocationLists.sizeLimit + 1))
        } catch {
            throw failure("\(path) cannot be read: \(error).")
        }
    }

    /// Tells one state of the file from another; all states in which it is not there are the same.
    var state: [Int] {
        var found = stat()
        guard stat(path, &found) == 0 else { return [] }
        return [
            Int(truncatingIfNeeded: found.st_ino), Int(found.st_size), Int(found.st_mtim.tv_sec),
            Int(found.st_mtim.tv_nsec), Int(found.st_ctim.tv_sec), Int(found.st_ctim.tv_nsec),
        ]
    }

    /// What is wrong with it, as an operator needs it.
    func failure(_ message: String) -> Failure {
        Failure("The setting 'access.certificate_revocations': \(message)", .badData)
    }
}
