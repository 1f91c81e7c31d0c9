package import HTTPServer

/// What clients of a file service may use up.
package struct FileServerLimits: Sendable {
    /// Bytes of one file (answer: 413). Default 1 TiB.
    package var fileBytes = 1 << 40
    /// Bytes of the file system that uploads (answer: 507) and unpacked archives leave free. Default 64 MiB.
    package var reservedBytes: Int {
        get { archive.reservedBytes }
        set { archive.reservedBytes = newValue }
    }
    /// Uploads at the same time, over all services (answer: 503). Default 64.
    package var uploads = 64
    /// What the clients of one port may use up; 512 connections.
    package var connection = ConnectionLimits(connections: 512)
    /// Wrong passwords of one address that are answered at once: so many together, then so many a second.
    package var wrongPasswords = (burst: 5, perSecond: 1)
    /// What an archive may have unpacked.
    package var archive = ArchiveLimits()

    /// The defaults.
    package init() {}
}

/// How large an archive may become when it is unpacked; a larger one stays packed.
package struct ArchiveLimits: Sendable, Hashable {
    /// Bytes of all files together. Default 64 GiB.
    package var bytes = 64 << 30
    /// Files, folders and links. Default 1,000,000.
    package var entries = 1_000_000
    /// Beyond so many bytes, all files together may have ``ratio`` times the bytes of the archive. Default 100 MB.
    package var freeBytes = 100_000_000
    /// Unpacked bytes for each byte of the archive. Default 100.
    package var ratio = 100
    /// Bytes of the file system that are left free. Default 64 MiB.
    package var reservedBytes = 64 << 20
    /// How long unpacking may last. Default one hour.
    package var time = Duration.seconds(3600)

    /// The defaults.
    package init() {}

    /// Bytes that all files of an archive may have together.
    ///
    /// - Parameter size: Bytes of the archive.
    func bytes(ofArchive size: Int) -> Int {
        let (product, isBeyond) = size.multipliedReportingOverflow(by: ratio)
        return isBeyond ? bytes : min(bytes, max(freeBytes, product))
    }
}
