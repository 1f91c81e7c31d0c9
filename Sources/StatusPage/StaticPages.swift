import Glibc

/// The files of the status page, read once: what is not among them cannot be reached, whatever path is asked for.
package struct StaticPages: Sendable {
    /// The files by path, such as `/confd.css`.
    package let files: [String: StaticFile]

    /// No pages at all.
    package init() {
        files = [:]
    }

    /// The files of a folder and of the folders in it, as far as their type is known. A folder that does not exist has none.
    package init(directory: String) {
        var files: [String: StaticFile] = [:]
        Self.collect(directory, below: "", depth: 0, into: &files)
        self.files = files
    }

    /// The page of the root, `nil` when there is none.
    package var index: StaticFile? { files[Self.indexPath] }

    /// The path of the page of the root.
    package static let indexPath = "/index.html"

    private static let sizeLimit = 4 * 1024 * 1024

    private static func collect(
        _ directory: String, below path: String, depth: Int, into files: inout [String: StaticFile]
    ) {
        guard depth < 4, let handle = opendir(directory) else { return }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Names with a dot in front are no pages; `.` and `..` are among them.
            if name.hasPrefix(".") || name.contains("{") || name.contains("*") || name.contains(":") { continue }
            let (file, address) = ("\(directory)/\(name)", "\(path)/\(name)")
            if let type = StaticFile.contentType(of: name) {
                if let bytes = read(file) { files[address] = StaticFile(bytes: bytes, contentType: type) }
            } else {
                collect(file, below: address, depth: depth + 1, into: &files)
            }
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeLimit else {
            return nil
        }
        let size = Int(status.st_size)
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            while count < size {
                let read = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if read <= 0 { break }
                count += read
            }
            initialized = count
        }
        return count == size ? bytes : nil
    }
}
