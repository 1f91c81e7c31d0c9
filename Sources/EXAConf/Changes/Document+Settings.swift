/// Settings of the cluster as a whole.
extension Document {
    /// Sets a key of `[Global]`; known keys are checked, unknown ones stored as text.
    ///
    /// - Throws: `invalid` for `Revision`, `Checksum` and values the key cannot have, `missing` without `[Global]`.
    package mutating func setGeneral(_ key: String, to value: String) throws(EXAConfError) {
        try GeneralKey.check(key, value)
        try set(key, to: value, in: .global)
    }

    /// Sets the path of the license file.
    ///
    /// - Throws: `invalid` for a path that is not absolute, `missing` without `[Global]`.
    package mutating func setLicenseFile(_ path: String) throws(EXAConfError) {
        try Self.check(path: path, of: "LicenseFile")
        try set("LicenseFile", to: path, in: .global)
    }

    /// Sets keys of `[SSL]`; what is left out stays.
    ///
    /// - Throws: `invalid` for a path that is not absolute or a verification other than none, optional, required.
    package mutating func setSSL(
        certificate: String? = nil, key: String? = nil, authority: String? = nil, verification: String? = nil,
        domainName: String? = nil
    ) throws(EXAConfError) {
        for (name, path) in [("Cert", certificate), ("CertKey", key), ("CertAuth", authority)] {
            guard let path, !path.isEmpty else { continue }
            try Self.check(path: path, of: name)
        }
        try Self.check(verification, oneOf: ["none", "optional", "required"], key: "CertVerify")
        try atomically { (draft) throws(EXAConfError) in
            if !draft.contains(.ssl) { try draft.addSection(.ssl) }
            try draft.write(
                [
                    Assignment("Cert", certificate), Assignment("CertKey", key), Assignment("CertAuth", authority),
                    Assignment("CertVerify", verification), Assignment("CertDomainName", domainName),
                ], to: .ssl)
        }
    }

    /// Sets keys of `[Logging]`; what is left out stays.
    ///
    /// - Throws: `invalid` for types other than local and remote, `missing` for an unknown remote volume.
    package mutating func setLogging(
        rotationTypes: [String]? = nil, remoteVolume: String? = nil, remotePrefix: String? = nil,
        backupCount: Int? = nil
    ) throws(EXAConfError) {
        for type in rotationTypes ?? [] {
            try Self.check(type, oneOf: ["local", "remote"], key: "LogRotationTypes")
        }
        if let remoteVolume, remoteVolume != "None", self.remoteVolume(named: remoteVolume) == nil {
            throw EXAConfError.missing("Remote volume '\(TextRule.shown(remoteVolume))'")
        }
        try Self.check(backupCount, in: 1...100_000, key: "BackupCount")
        try atomically { (draft) throws(EXAConfError) in
            if !draft.contains(.logging) { try draft.addSection(.logging) }
            try draft.write(
                [
                    try Assignment("LogRotationTypes", list: rotationTypes),
                    Assignment("RemoteLogRotationVolume", remoteVolume),
                    Assignment("RemoteLogRotationPrefix", remotePrefix), Assignment("BackupCount", backupCount),
                ], to: .logging)
        }
    }

    private static func check(path: String, of key: String) throws(EXAConfError) {
        guard path.utf8.first != UInt8(ascii: "/") else { return }
        throw EXAConfError.invalid(
            "\(key): '\(TextRule.shown(path))' is not absolute; give a path that starts with '/'.")
    }
}
