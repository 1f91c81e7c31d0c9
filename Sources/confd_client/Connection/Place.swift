import Glibc

/// Where the daemon is, and what to show it.
struct Place: Equatable {
    enum Target: Equatable {
        /// A Unix socket of this machine.
        case socket(String)
        /// Hosts with ports, to be tried one after another.
        case hosts([String])
    }

    static let usualSocket = "/exa/run/confd.sock"
    /// Where deployments of version 8 publish ConfD.
    static let usualPort = 20003

    var target: Target
    var user: String?
    var password: String?
    var token: String?
    var authority: String?
    /// Whether any certificate will do: for a self-signed one that is not at hand.
    var trustsAnyCertificate = false

    /// What the command line says, else the environment, else the file of credentials.
    ///
    /// - Throws: ``Failure`` for a file that others may read, or that has something else in it.
    init(_ options: Invocation.PlaceOptions, environment: [String: String]) throws(Failure) {
        let file = try CredentialsFile(options.credentials, environment: environment)
        let variable = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let host = options.host ?? variable("CONFD_HOST") ?? file["host"]
        let socket = options.socket ?? (options.host == nil ? variable("CONFD_SOCKET") : nil)
        if let host, options.socket == nil {
            target = .hosts(host.split(separator: ",").map { Self.hostAndPort(String($0)) })
        } else {
            target = .socket(socket ?? Self.usualSocket)
        }
        let named = options.user ?? variable("CONFD_USER")
        user = named ?? file["user"]
        // A password belongs to the user it stands beside.
        password = variable("CONFD_PASSWORD") ?? (named == nil || named == file["user"] ? file["password"] : nil)
        token = options.user == nil ? variable("CONFD_TOKEN") ?? file["token"] : nil
        authority = options.authority ?? variable("CONFD_CACERT") ?? file["cacert"]
        trustsAnyCertificate = variable("CONFD_INSECURE") == "1"
    }

    private static func hostAndPort(_ text: String) -> String {
        var host = text.hasPrefix("https://") ? String(text.dropFirst(8)) : text
        if host.hasSuffix("/") { host.removeLast() }
        let behindAddress = host.hasPrefix("[") ? host.drop { $0 != "]" } : host[...]
        if !host.hasPrefix("["), host.filter({ $0 == ":" }).count > 1 { return "[\(host)]:\(usualPort)" }
        return behindAddress.contains(":") ? host : "\(host):\(usualPort)"
    }
}

/// A small YAML file with `host`, `user`, `password`, `token` and `cacert`, for its owner's eyes only.
struct CredentialsFile {
    private static let members: Set<String> = ["host", "user", "password", "token", "cacert"]
    private var values: [String: String] = [:]

    subscript(_ name: String) -> String? { values[name] }

    init(_ named: String?, environment: [String: String]) throws(Failure) {
        let usual = environment["HOME"].map { $0 + "/.config/confd/credentials" }
        guard let path = named ?? environment["CONFD_CREDENTIALS"] ?? usual else { return }
        var status = stat()
        if stat(path, &status) != 0 {
            if path == usual { return }
            throw .usage("The file of credentials \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure("Others may read the credentials in \(path).", advice: "chmod 600 \(path)", .usage)
        }
        let text = try Terminal.read(path)
        guard let members = YAML.parse(text)?.map, Self.members.isSuperset(of: members.keys) else {
            throw .usage("\(path) has to have the lines host, user, password, token and cacert, or some of them.")
        }
        values = members.compactMapValues(\.plain)
    }
}
