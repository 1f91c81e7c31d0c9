import Glibc
import Posix
import Synchronization

/// A file beside the store that holds space for what has to be written when there is none left.
///
/// It gives back a sixteenth at a time, so that others on the file system do not take all of it at once.
final class SpaceReserve: Sendable {
    /// Who writes; the greater may use more of the reserve.
    enum Purpose: Comparable { case ordinary, administration, audit }

    private let path: String
    private let space: StoreSpace
    private let lock = Mutex(())

    /// The reserve in a folder, filled as far as there is plenty of room.
    init(folder: String) {
        path = "\(folder)/store.reserve"
        space = StoreSpace(folder)
        refill()
    }

    /// Bytes it holds now.
    var held: Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Gives back a piece for a writer that found no room.
    ///
    /// - Returns: The least purpose the piece may be used for; `nil` when nothing is left for this one.
    func release(for purpose: Purpose) -> Purpose? {
        guard purpose > .ordinary, let bounds = space.measured?.bounds else { return nil }
        return whileOpen { file, size -> Purpose? in
            let isShared = size > bounds.auditReserve
            guard size > 0, isShared || purpose == .audit else { return nil }
            let left = max(isShared ? bounds.auditReserve : 0, size - max(1, bounds.reserve / 16))
            guard (try? file.setLength(left)) != nil else { return nil }
            return isShared ? .administration : .audit
        }
    }

    /// Takes what was given back again, unless room would be low by that.
    func refill() {
        guard let (free, bounds) = space.measured, free - bounds.reserve >= bounds.low else { return }
        whileOpen { file, size in
            guard size < bounds.reserve, posix_fallocate(file.number, size, bounds.reserve - size) != 0 else { return }
            // Part of it may have been taken.
            try? file.setLength(size)
        }
    }

    @discardableResult
    private func whileOpen<Result>(_ work: (_ file: Descriptor, _ size: Int) -> Result?) -> Result? {
        lock.withLock { _ in
            guard let file = try? Descriptor.file(path, O_RDWR | O_CREAT | O_NOFOLLOW), let status = try? file.look()
            else { return nil }
            return work(file, Int(status.st_size))
        }
    }
}
