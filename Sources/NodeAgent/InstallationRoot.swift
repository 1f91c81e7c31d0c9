package import JobEngine

#if canImport(Glibc)
import Glibc
#endif

/// The directory that stands for `/exa`, and where things lie in it.
///
/// Paths in the configuration and in commands begin with `/exa` on every machine, wherever the installation is.
package struct InstallationRoot: Sendable, Hashable {
    /// Absolute, without a slash at the end; `/exa` for an installation in its usual place.
    package let directory: String

    /// - Parameter directory: Absolute or relative to the current directory; need not exist.
    package init(_ directory: String) {
        var path = directory.hasPrefix("/") ? directory : Self.currentDirectory() + "/" + directory
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.directory = path
    }

    /// `/exa/etc`
    package var etc: String { directory + "/etc" }
    /// The configuration file.
    package var configuration: String { etc + "/EXAConf" }
    /// The file with the UUID of this node, 40 hexadecimal digits.
    package var nodeUUID: String { etc + "/node_uuid" }
    /// Where the files of remote volumes are, one for each owner.
    package var remoteVolumes: String { etc + "/remote_volumes" }
    /// Jobs of third parties, a folder for each.
    package var jobPrograms: String { directory + "/jobs.d" }
    /// Work in progress: jobs, synchronisation.
    package var spool: String { directory + "/spool" }
    /// What exists only while the daemon runs.
    package var run: String { directory + "/run" }
    /// Log files of services.
    package var logs: String { directory + "/logs" }
    /// Storage and buckets.
    package var data: String { directory + "/data" }

    /// What a path of the configuration is to be used for.
    package enum Use: Sendable, Hashable {
        /// The path may lie anywhere.
        case reading
        /// The path must lie below `/exa`.
        case writing
    }

    /// The path on this machine that a path of the configuration stands for.
    ///
    /// `/exa/etc/ssl/ssl.crt` is `DIR/etc/ssl/ssl.crt`; what does not lie below `/exa` stays as it is.
    ///
    /// - Throws: ``InstallError`` for a path that is relative, has `.`, `..`, empty or too long parts or a NUL, or that
    ///   lies outside `/exa` and is to be written.
    package func location(of path: String, for use: Use) throws(InstallError) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, first.isEmpty, parts.count > 1 else {
            throw InstallError("'\(Self.shown(path))' is not an absolute path; give one that begins with /exa/.")
        }
        for part in parts.dropFirst() {
            // Room for what is put before and behind the name of a temporary or previous file.
            guard (1...235).contains(part.count), !part.contains(0), !part.elementsEqual(".".utf8),
                !part.elementsEqual("..".utf8)
            else {
                throw InstallError("'\(Self.shown(path))' is not a plain path; give it without '.', '..' and '//'.")
            }
        }
        if parts.count > 2, parts[1].elementsEqual("exa".utf8) { return directory + path.dropFirst(4) }
        guard use == .reading else {
            throw InstallError("'\(Self.shown(path))' does not lie below /exa, where alone files are written.")
        }
        return path
    }

    /// A path as it may stand in a message: printable and not too long.
    private static func shown(_ path: String) -> String {
        String(String.UnicodeScalarView(path.unicodeScalars.prefix(200).map { $0.value < 32 ? "?" : $0 }))
    }

    private static func currentDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        let text = String(cString: path)
        return text == "/" ? "" : text
    }
}
