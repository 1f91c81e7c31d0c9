import Certificates
import Glibc
import JobEngine
package import Posix
package import Replication
import Synchronization

/// A folder for states on their way: in files without names, which are gone with whoever has them open.
package struct StateSpool: Sendable {
    private let folder: String

    /// - Parameter folder: Has to exist, with room for a state.
    package init(_ folder: String) {
        self.folder = folder
    }

    /// A new file, nobody else's.
    ///
    /// - Throws: `store`.
    package func file() throws(StateFault) -> Descriptor {
        let path = "\(folder)/state-\(SecureRandom.hex(bytes: 16))"
        do throws(SystemFault) {
            let file = try Descriptor.file(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
            guard unlink(path) == 0 else { throw SystemFault() }
            return file
        } catch {
            throw Self.fault("make a file in \(folder)", error)
        }
    }

    /// What a file has, to be read.
    static func content(_ file: Descriptor) -> StateContent {
        StateContent { (place, count) throws(StateFault) in
            do throws(SystemFault) { return try file.read(from: place, count: count) } catch {
                throw fault("read a state", error)
            }
        }
    }

    static func fault(_ action: String, _ cause: SystemFault) -> StateFault {
        let text = "cannot \(action): \(cause)"
        return .store(cause.code == ENOSPC || cause.code == EDQUOT ? .full(text) : .unavailable(text))
    }
}

/// Writes pieces behind one another; whoever reads the file then finds it at its beginning.
final class PieceFile: Sendable {
    let file: Descriptor
    private let length = Mutex(0)

    init(_ file: Descriptor) {
        self.file = file
    }

    func take(_ piece: [UInt8]) throws(StateFault) {
        let place = length.withLock { length in
            defer { length += piece.count }
            return length
        }
        do throws(SystemFault) { try file.write(piece[...], at: place) } catch {
            throw StateSpool.fault("write a state", error)
        }
    }
}
