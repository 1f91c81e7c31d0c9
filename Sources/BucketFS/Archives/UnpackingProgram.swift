import Glibc
import Posix

/// The process that unpacks one archive; see ``UnpackingOrder``.
///
/// It reads what strangers made. So before the first byte it gives up what it does not need: root's rights, all
/// descriptors but three, the network, and other programs. What is left is an account that can write its own folder.
package enum UnpackingProgram {
    /// Bytes of memory it may have.
    private static let memory = 4 << 30

    /// - Returns: Why it was not unpacked, as a log line can have it; `nil` when it was.
    package static func run(_ order: UnpackingOrder) -> String? {
        do throws(ArchiveFault) {
            try ArchiveFault.system { () throws(SystemFault) in try giveUp(order.account) }
            let (file, root) = try ArchiveFault.system { () throws(SystemFault) in
                (try Descriptor(STDIN_FILENO), try Descriptor.trusted("."))
            }
            let size = Int(try ArchiveFault.system { () throws(SystemFault) in try file.look() }.st_size)
            let room = UnpackingRoom(root, order.limits, archive: size)
            try unpack(order.format, from: file, size: size, into: UnpackedTree(root, room, isWanted: isWanted))
            // One flush of everything is far cheaper than one of each file.
            sync()
            return nil
        } catch {
            return error.description
        }
    }

    private static func giveUp(_ account: FileAccount?) throws(SystemFault) {
        Confinement.closeDescriptors()
        try account?.become()
        try Confinement.limit(memory: memory)
        try Confinement.enter()
    }

    /// Whether somebody still reads the answer.
    private static func isWanted() -> Bool {
        var answer = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&answer, 1, 0) == 0
    }

    private static func unpack(
        _ format: ArchiveFormat, from file: Descriptor, size: Int, into tree: UnpackedTree
    ) throws(ArchiveFault) {
        let bytes = FileBytes(file, 0..<size)
        switch format {
        case .zip:
            try ZipReader(file, size: size).forEach { (entry, content) throws(ArchiveFault) in
                try tree.add(entry, content: content)
            }
        case .tar: try unpack(TarReader(bytes), into: tree)
        case .gzippedTar, .shortGzippedTar:
            try unpack(TarReader(try InflatedBytes(bytes, isGzip: true)), into: tree)
        }
    }

    private static func unpack(_ reader: TarReader, into tree: UnpackedTree) throws(ArchiveFault) {
        while let entry = try reader.next() {
            try tree.add(entry) { (take) throws(ArchiveFault) in try reader.copyContent(to: take) }
        }
    }
}
