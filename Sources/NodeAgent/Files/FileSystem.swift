import Posix

/// The calls of the operating system that writing a file durably takes, one by one, so that each can be made to fail.
///
/// All paths are absolute. All calls block.
package protocol FileSystem: Sendable {
    /// What is known of a path, links not followed; `nil` when there is nothing.
    func status(of path: String) throws(FileFault) -> FileStatus?
    /// The whole content of a regular file and the file's status at that moment; `nil` when there is nothing.
    ///
    /// - Throws: ``FileFault`` also for a link, a device, a folder, and a file of more than `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileFault) -> FileContent?
    /// Makes a file that only its owner may read, for writing; fails when the path exists.
    func create(_ path: String) throws(FileFault) -> OpenFile
    /// Writes all bytes.
    func write(_ bytes: [UInt8], to file: OpenFile) throws(FileFault)
    /// Gives a file to a user and a group.
    func setOwner(_ owner: UInt32, group: UInt32, of file: OpenFile) throws(FileFault)
    /// Sets the permission bits, whatever the process's mask is.
    func setMode(_ mode: UInt32, of file: OpenFile) throws(FileFault)
    /// Returns when content and attributes are on the disk.
    func synchronize(_ file: OpenFile) throws(FileFault)
    func rename(_ path: String, to target: String) throws(FileFault)
    /// Gives a file a second name; fails when that exists.
    func link(_ path: String, to name: String) throws(FileFault)
    /// Removes a file; nothing there is fine.
    func remove(_ path: String) throws(FileFault)
    /// The same for a file that is not open.
    func synchronizeFile(_ path: String) throws(FileFault)
    /// Returns when the names in a folder are on the disk.
    func synchronizeFolder(_ path: String) throws(FileFault)
    /// Makes a folder; one that is there is fine.
    func makeFolder(_ path: String, mode: UInt32) throws(FileFault)
    /// The names in a folder, in no order; none when there is no folder.
    func names(in folder: String) throws(FileFault) -> [String]
}

/// A file that is open for writing; closed when nobody holds it any more.
package struct OpenFile: Sendable {
    let descriptor: Descriptor
    let path: String
}

/// The bytes of a file and what it was when they were read.
package struct FileContent: Sendable, Hashable {
    /// The whole content, never a part of it.
    package let bytes: [UInt8]
    /// The same before and after the bytes were read.
    package let status: FileStatus
}

/// What tells one state of a file from another.
package struct FileStatus: Sendable, Hashable {
    /// Number of the file system the file is on.
    package let device: UInt64
    /// Number of the file within its file system; may be given to another one once it is removed.
    package let inode: UInt64
    /// In bytes.
    package let size: Int
    /// False for links, folders, devices and pipes.
    package let isRegular: Bool
    /// Permission bits only.
    package let mode: UInt32
    /// Numeric user id.
    package let owner: UInt32
    /// Numeric group id.
    package let group: UInt32
    /// When the content last changed; nanoseconds since 1970.
    package let modified: Int
    /// When content, name or attributes last changed; nanoseconds since 1970.
    package let changed: Int

    /// Whether both are names of one file.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
