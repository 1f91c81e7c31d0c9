import Glibc
import Values

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
    /// Where the certificate is that proves who we are, and its key.
    var certificate: String?
    var key: String?
    /// Whether any certificate will do: for a self-signed one that is not at hand.
    var trustsAnyCertificate = false

    /// What the command line says, else the environment, else the file of credentials.
    ///
    /// A context, which the command line or `CONFD_CLIENT_CONTEXT` names, is a part of that file: the environment and the other
    /// parts do not count then.
    ///
    /// Where a daemon of this machine has its socket, names such as `CONFD_HOST` are those of others.
    ///
    /// - Throws: ``Failure`` for hosts and ports that cannot be, and for a file that others may read, or that has something
    ///   else in it.
    init(_ options: Invocation.PlaceOptions, _ variables: Variables) throws(Failure) {
        var variables = variables
        let path = try variables.value("SOCKET", given: options.socket) ?? Self.usualSocket
        variables.hasSharedNames = !Self.isThere(path)
        var file = try CredentialsFile(options.credentials, variables)
        let context = try variables.text("CONFD_CLIENT_CONTEXT")
        let isNowhere = try variables.value("HOST", given: options.host) == nil && options.socket == nil
        if let name = options.context ?? context {
            guard options.host == nil, options.socket == nil else {
                throw .usage("--context says where the daemon is; --host and --socket cannot stand beside it.")
            }
            try file.choose(name)
            // What the environment has for one cluster is not shown to another.
            variables = Variables([:])
        } else if isNowhere {
            try file.chooseUsual()
        }
        let host = try variables.value("HOST", given: options.host) ?? file["host"]
        if let host, options.socket == nil {
            let port = try Endpoint.port(try variables.value("PORT") ?? String(Self.usualPort), of: "CONFD_CLIENT_PORT")
            target = .hosts(try Endpoint.list(host, port: port).map(\.description))
        } else {
            target = .socket(path)
        }
        let named = try variables.value("USER", given: options.user)
        user = named ?? file["user"]
        // A password belongs to the user it stands beside.
        password = try variables.value("PASSWORD") ?? (named == nil || named == file["user"] ? file["password"] : nil)
        token = try options.user == nil ? variables.value("TOKEN") ?? file["token"] : nil
        authority = try variables.value("CACERT", given: options.authority) ?? file["cacert"]
        certificate = try variables.value("CERT", given: options.certificate) ?? file["cert"]
        key = try variables.value("KEY", given: options.key) ?? file["key"]
        if key != nil, certificate == nil { throw .usage("--key is of no use without --cert.") }
        trustsAnyCertificate = try variables.value("INSECURE") == "1"
    }

    /// Whether a socket is at the path, or this account may not look.
    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == EACCES }
        return status.st_mode & S_IFMT == S_IFSOCK
    }
}
