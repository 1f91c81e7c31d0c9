import Glibc
import HTTPServer
import NodeAgent

extension DaemonSettings {
    /// The Unix socket to listen on, `nil` when there is to be none.
    ///
    /// - Throws: ``Failure`` for a path that is relative or too long, and for a group this machine does not have.
    func localSocket() throws(Failure) -> LocalSocket? {
        let setting = text("http.socket")
        if setting == "none" { return nil }
        let path = setting.isEmpty ? InstallationRoot(root).run + "/confd.sock" : setting
        // A root whose path is too long for a socket still has to serve.
        if setting.isEmpty, path.utf8.count > LocalSocket.longestPath { return nil }
        try check(
            "http.socket", path.hasPrefix("/") && path.utf8.count <= LocalSocket.longestPath,
            "an absolute path of at most \(LocalSocket.longestPath) bytes, or none")
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            throw Failure("\(path) is no socket; move it away, or set 'http.socket'.", .cannotCreate)
        }
        return LocalSocket(path: path, groupID: try socketGroup())
    }

    private func socketGroup() throws(Failure) -> UInt32? {
        let name = text("http.socket_group")
        if name.isEmpty { return nil }
        let group = getgrnam(name)
        try check("http.socket_group", group != nil, "a group of this machine")
        return group?.pointee.gr_gid
    }
}
