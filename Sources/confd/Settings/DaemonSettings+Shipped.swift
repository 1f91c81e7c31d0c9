import Foundation

/// What ships with the daemon, and where it lies: beside the program, or where a package puts it.
extension DaemonSettings {
    /// The database engine: beside the daemon, as a build leaves it, or where a package puts what nobody calls by hand.
    static var shippedEngine: String {
        let places = ["confd-engine-postgresql", "../lib/confd/confd-engine-postgresql"].map(beside)
        return places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? places[0]
    }

    /// The status page: beside the daemon, in the sources it was built in, or where a package puts it.
    static var shippedPages: String {
        let sources = program.pathComponents.firstIndex(of: ".build").map { depth in
            "/" + program.pathComponents[1..<depth].joined(separator: "/") + "/Public"
        }
        let places = [beside("Public"), sources, beside("../share/confd/Public")].compactMap(\.self)
        return places.first { FileManager.default.isReadableFile(atPath: $0 + "/index.html") }
            ?? "/usr/share/confd/Public"
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
