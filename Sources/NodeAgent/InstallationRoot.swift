package import EXAConf

#if canImport(Glibc)
import Glibc
#endif

/// The directory that stands for `/exa`, and where things lie in it.
///
/// Paths in the configuration and in commands begin with `/exa` on every machine, wherever the installation is.
package struct InstallationRoot: Sendable, Hashable {
    /// Absolute, without a slash at the end and without links; `/exa` for an installation in its usual place.
    package let directory: String
    /// Where things may lie, in the folders of the installation and in those the operator lists.
    let roots: PlaceRoots

    /// The same with the folders its operator lists.
    package init(_ directory: String, roots: PlaceRoots) {
        let plain = InstallationRoot(directory)
        var own = roots
        own.installation = plain.directory
        (self.directory, self.roots) = (plain.directory, own)
    }

    /// - Parameter directory: Absolute or relative to the current directory; need not exist. Where it is a link, the folder
    ///   it leads to: other accounts may be able to pass to that one alone.
    package init(_ directory: String) {
        var path = directory.hasPrefix("/") ? directory : Self.currentDirectory() + "/" + directory
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        if let real = realpath(path, nil) {
            path = String(cString: real)
            free(real)
        }
        self.directory = path
        var own = PlaceRoots()
        own.installation = path
        roots = own
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

    private static func currentDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        let text = String(cString: path)
        return text == "/" ? "" : text
    }
}
