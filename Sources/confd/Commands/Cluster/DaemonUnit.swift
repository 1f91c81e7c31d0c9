import ArgumentParser
import Foundation
import NodeAgent
import Posix

/// The daemon as systemd runs it, where the package's unit is for this installation.
struct DaemonUnit {
    private static let name = "confd.service"

    private let root: String

    init(_ installation: Installation) { root = installation.root.directory }

    /// Whether systemd runs the daemon of this installation.
    var isThere: Bool {
        let units = ["/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"]
        return root == "/exa" && units.contains { Path.exists("\($0)/\(Self.name)") }
            && Path.exists("/run/systemd/system")
    }

    /// - Throws: ``Failure`` when it does not start.
    func start() throws(Failure) {
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/systemctl")
        program.arguments = ["start", Self.name]
        do {
            try program.run()
        } catch {
            throw Failure("systemctl cannot be run: \(error.localizedDescription)", .unavailable)
        }
        program.waitUntilExit()
        guard program.terminationStatus == 0 else {
            throw Failure("\(Self.name) did not start; 'journalctl -u confd' says why.", .unavailable)
        }
    }
}
