import EXAConf
import JobEngine
import NodeCommands
import Values

extension CertificateInstall: NodeAction {
    /// The key is written with mode 0600, the other files with 0644.
    ///
    /// - Throws: `failed` with code 2 for a path that is unfit or given twice, with code 1 for a file that cannot be written;
    ///   `refused` when no key was given and none on this node belongs to the certificate; `cancelled` or `timedOut`
    ///   between two files.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let key = if let key { key } else { try call.waitingKeys.key(for: self, call) }
        var files = [
            FileExchange.NewFile(
                path: try call.path(certificatePath, .certificate), bytes: Array(certificate.utf8), mode: 0o644),
            FileExchange.NewFile(path: try call.path(keyPath, .certificate), bytes: Array(key.utf8), mode: 0o600),
        ]
        let authoritiesPath = try call.path(ifGiven: authoritiesPath, .certificate)
        // That file is another one though none are given: else a certificate would become an authority.
        let paths = files.map(\.path) + [authoritiesPath].compactMap(\.self)
        guard Set(paths).count == paths.count else {
            throw .failed(code: 2, message: "Certificate, key and authorities need a file each; give different paths.")
        }
        if let authorities {
            guard let authoritiesPath else { throw .argument("ca_path", "is missing") }
            files.append(.init(path: authoritiesPath, bytes: Array(authorities.utf8), mode: 0o644))
        }
        try call.exchange.install(files, check: call.check)
        return NoAnswer()
    }
}

extension CertificateRestore: NodeAction {
    /// A step that never began has nothing to take back.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when not all former files could be put back.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        let authorities = try call.path(ifGiven: authoritiesPath, .certificate)
        try call.exchange.restore(
            [try call.path(certificatePath, .certificate), try call.path(keyPath, .certificate)]
                + [authorities].compactMap(\.self))
        return NoAnswer()
    }
}

extension LicenseInstall: NodeAction {
    /// The file is written with mode 0600.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when the file cannot be written; `cancelled` or
    ///   `timedOut` before it is.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        try call.install(Array(text.utf8), at: path, .license)
    }
}

extension LicenseRestore: NodeAction {
    /// A step that never began has nothing to take back.
    ///
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 when the former file could not be put back.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        try call.restore(path, .license)
    }
}

extension LicenseRead: NodeAction {
    /// - Throws: `failed` with code 2 for an unfit path, with code 1 for a file that cannot be read or is not UTF-8;
    ///   `cancelled` or `timedOut` before it is read.
    func run(_ call: ActionCall) throws(ActionError) -> Answer {
        let location = try call.path(path, .license)
        try call.check()
        let bytes = try ActionError.reporting { () throws(InstallError) in try call.files.read(location) }
        guard let bytes else { return Answer(text: nil) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .failed(code: 1, message: "\(location) is not a licence: it is not UTF-8 text.")
        }
        return Answer(text: text)
    }
}

extension KeytabInstall: NodeAction {
    /// The file is written with mode 0600.
    ///
    /// - Throws: As ``LicenseInstall`` does.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        try call.install(Base64.decode(keytab.utf8, skipsBlanks: true) ?? Array(keytab.utf8), at: path, .keytab)
    }
}

extension KeytabRestore: NodeAction {
    /// A step that never began has nothing to take back.
    ///
    /// - Throws: As ``LicenseRestore`` does.
    func run(_ call: ActionCall) throws(ActionError) -> NoAnswer {
        try call.restore(path, .keytab)
    }
}

extension ActionCall {
    /// The place on this machine of a path that may be left out.
    fileprivate func path(ifGiven text: String?, _ kind: Place.Kind) throws(ActionError) -> String? {
        if let text { try path(text, kind) } else { nil }
    }

    fileprivate func install(_ bytes: [UInt8], at text: String, _ kind: Place.Kind) throws(ActionError) -> NoAnswer {
        try exchange.install([.init(path: try path(text, kind), bytes: bytes, mode: 0o600)], check: check)
        return NoAnswer()
    }

    fileprivate func restore(_ text: String, _ kind: Place.Kind) throws(ActionError) -> NoAnswer {
        try exchange.restore([try path(text, kind)])
        return NoAnswer()
    }
}
