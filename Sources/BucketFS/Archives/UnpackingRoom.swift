import Glibc
import Posix

/// How much more of one archive may be unpacked.
///
/// Files are counted as they are announced, so that what cannot fit is refused before it is written, and the space of
/// the disk is looked at again and again, as others use it up meanwhile.
struct UnpackingRoom {
    /// Bytes between two looks at the free space.
    private static let stride = 16 << 20
    /// What an entry takes beside its content, at least: a small one is not free.
    private static let block = 4096

    private let folder: Descriptor
    private let limits: ArchiveLimits
    private let allowed: Int
    private var (bytes, entries) = (0, 0)
    /// Bytes that may be written before the next look.
    private var budget = 0

    /// - Parameters:
    ///   - folder: Where it is unpacked.
    ///   - size: Bytes of the archive.
    init(_ folder: Descriptor, _ limits: ArchiveLimits, archive size: Int) {
        (self.folder, self.limits) = (folder, limits)
        allowed = limits.bytes(ofArchive: size)
    }

    /// Counts an entry before it is made.
    ///
    /// - Parameter size: Bytes of its content.
    /// - Throws: `tooLarge`, or `noSpace` when it does not fit as a whole.
    mutating func begin(size: Int = 0) throws(ArchiveFault) {
        entries += 1
        if entries > limits.entries { throw .tooLarge("more than \(limits.entries) entries") }
        guard size <= allowed - bytes else {
            throw .tooLarge(
                allowed < limits.bytes
                    ? "more than \(limits.freeBytes) bytes, and more than \(limits.ratio) times those of the archive"
                    : "more than \(limits.bytes) bytes")
        }
        bytes += size
        if size > budget { budget = min(Self.stride, try look(for: size)) }
        try use(Self.block)
    }

    /// Counts bytes before they are written.
    ///
    /// - Throws: `noSpace` when they would touch the reserve.
    mutating func use(_ count: Int) throws(ArchiveFault) {
        if count > budget { budget = min(Self.stride, try look(for: count)) }
        budget -= count
    }

    private func look(for count: Int) throws(ArchiveFault) -> Int {
        let room = try ArchiveFault.system { () throws(SystemFault) in try folder.room(keeping: limits.reservedBytes) }
        guard room >= count else { throw .noSpace(reserve: limits.reservedBytes) }
        return room
    }
}

extension Descriptor {
    /// Bytes that may still be written to its file system before the space kept free for everything else is touched;
    /// less than 0 when it is touched already.
    func room(keeping reserve: Int) throws(SystemFault) -> Int {
        var found = statvfs()
        guard fstatvfs(number, &found) == 0 else { throw SystemFault() }
        let free = found.f_bavail.multipliedReportingOverflow(by: found.f_frsize)
        return (free.overflow ? Int.max : Int(clamping: free.partialValue)) - reserve
    }
}
