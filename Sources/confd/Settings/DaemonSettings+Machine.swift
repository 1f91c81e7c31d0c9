import Foundation
import Glibc
import HTTPServer
import NodeAgent

/// What the settings leave to the machine: its socket, and what ships with the daemon and lies beside the program, or
/// where a package puts it.
extension DaemonSettings {
    /// The Unix socket to listen on, `nil` when there is to be none.
    ///
    /// - Throws: ``Failure`` for a path that something else has, and for a group this machine does not have.
    func localSocket() throws(Failure) -> LocalSocket? {
        let setting = self[\.socket]
        if setting == Settings.noSocket { return nil }
        let path = setting ?? InstallationRoot(root).run + "/confd.sock"
        // A root whose path is too long for a socket still has to serve.
        if setting == nil, path.utf8.count > LocalSocket.longestPath { return nil }
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            throw Failure("\(path) is no socket; move it away, or set 'http.socket'.", .cannotCreate)
        }
        return LocalSocket(path: path, groupID: try socketGroup())
    }

    private func socketGroup() throws(Failure) -> UInt32? {
        guard let name = self[\.socketGroup] else { return nil }
        guard let group = getgrnam(name) else { throw refusal(of: \.socketGroup) }
        return group.pointee.gr_gid
    }

    /// The folder of the status page.
    var pagesDirectory: String { self[\.pages] ?? Self.shippedPages }

    /// The folder of the documents as a site; without `index.html` in it there are none to serve.
    var documentsDirectory: String { self[\.documents] ?? Self.shippedDocuments }

    /// Whether there is a page to serve.
    var hasPages: Bool { FileManager.default.isReadableFile(atPath: pagesDirectory + "/index.html") }

    /// The program that runs databases.
    var enginePath: String { self[\.enginePath] ?? Self.shippedEngine }

    /// The database engine: beside the daemon, as a build leaves it, or where a package puts what nobody calls by hand.
    static var shippedEngine: String {
        let places = ["confd-engine-postgresql", "../lib/confd/confd-engine-postgresql"].map(beside)
        return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? places[0]
    }

    /// The status page: beside the daemon, in the sources it was built in, or where a package puts it.
    static var shippedPages: String {
        shipped([beside("Public"), inSources("Public"), beside("../share/confd/Public")]) ?? "/usr/share/confd/Public"
    }

    /// The documents: in the sources the daemon was built in, or where a package puts them.
    static var shippedDocuments: String {
        shipped([inSources(".build/site"), beside("../share/confd/docs")]) ?? "/usr/share/confd/docs"
    }

    /// The first of some folders that has a page.
    private static func shipped(_ folders: [String?]) -> String? {
        folders.compactMap(\.self).first { FileManager.default.isReadableFile(atPath: $0 + "/index.html") }
    }

    /// A path in the checkout the running program was built in; `nil` for one that is installed.
    private static func inSources(_ path: String) -> String? {
        program.pathComponents.firstIndex(of: ".build").map { depth in
            "/" + program.pathComponents[1..<depth].joined(separator: "/") + "/" + path
        }
    }

    private static func beside(_ path: String) -> String {
        program.deletingLastPathComponent().appending(path: path).standardized.path(percentEncoded: false)
    }

    /// The running program, whatever it was called by.
    private static var program: URL {
        URL(
            filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? "/usr/sbin/confd")
    }
}
