import EXAConf
import Glibc
import HTTPServer
import NIOCore

/// Whether the daemon can listen where its settings say, found out before anything else is begun.
struct ListenCheck {
    private let settings: DaemonSettings
    private let port: Int

    /// - Parameter document: The configuration, which has the port where no setting does.
    init(_ settings: DaemonSettings, _ document: Document) {
        self.settings = settings
        port = settings[\.port] ?? document.global.xmlRPCPort
    }

    /// - Throws: ``Failure`` with address, setting and cure: `unavailable` for what somebody has already, `badSettings`
    ///   for where nobody can listen.
    func require() throws(Failure) {
        if let failure { throw failure }
        if let socket = try settings.localSocket() { try require(socket) }
    }

    /// What keeps the daemon from its address and port; `nil` when nothing does.
    var failure: Failure? {
        guard (0...65_535).contains(port) else {
            return Failure(
                "\(place) cannot be listened on: port \(port) (\(portSetting)) is none. Ports go up to 65535.",
                .badSettings)
        }
        return switch PortProbe(address: settings[\.bindAddress], port: port).fault {
        case nil: nil
        case .noAddress(let said)?:
            Failure(
                "\(place) cannot be listened on: \(said). Give an address such as 0.0.0.0, 127.0.0.1 or ::1, without "
                    + "brackets and port ('http.port' sets that), or a name of this machine.", .badSettings)
        case .refused(let code)?: failure(code)
        }
    }

    /// The same for an error of listening itself, should somebody have been faster.
    func failure(_ error: IOError) -> Failure { failure(error.errnoCode) }

    private func failure(_ code: Int32) -> Failure {
        switch code {
        case EADDRINUSE:
            Failure(
                "\(place), port \(port) (\(portSetting)), cannot be listened on: somebody has it. Is another daemon "
                    + "running? 'ss -ltnp sport = :\(port)' names who has it: stop that, or set another port.",
                .unavailable
            )
        case EACCES:
            Failure(
                "\(place), port \(port) (\(portSetting)), cannot be listened on: ports below 1024 are root's. Run the "
                    + "daemon as root, or set another port.", .badSettings)
        case EADDRNOTAVAIL:
            Failure(
                "\(place) cannot be listened on: this machine does not have it. 'ip address' lists those it has.",
                .badSettings)
        default:
            Failure("\(place), port \(port), cannot be listened on: \(String(cString: strerror(code))).", .badSettings)
        }
    }

    private var place: String { "The address '\(settings[\.bindAddress])' (setting 'http.bind')" }
    private var portSetting: String { settings[\.port] == nil ? "XMLRPCPort of EXAConf" : "setting 'http.port'" }

    private func require(_ socket: LocalSocket) throws(Failure) {
        let place = "The socket \(socket.path) (setting 'http.socket')"
        let folder = socket.path.lastIndex(of: "/").map { String(socket.path[..<$0]) } ?? ""
        guard access(folder.isEmpty ? "/" : folder, W_OK | X_OK) == 0 else {
            throw Failure(
                "\(place) cannot be listened on: its folder is missing, or the daemon cannot write to it. Make the "
                    + "folder, or name another.", .badSettings)
        }
        guard !Self.isServed(socket.path) else {
            throw Failure(
                "\(place) cannot be listened on: somebody does already. Is another daemon running? Stop it, or name "
                    + "another socket.", .unavailable)
        }
    }

    /// Whether somebody answers on a socket; one that a former daemon left behind is replaced.
    private static func isServed(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
