/// What a remote volume is given; nil leaves the key as it is.
package struct RemoteVolumeSettings: Sendable, Hashable {
    /// `s3`, `azure`, `gs`, `ftp`, `sftp`, `smb`, `webdav`, `webhdfs` or `file`; a new volume needs it.
    package var type: String?
    /// Where the data is; a new volume needs it.
    package var url: String?
    /// User and group; `500 : 500` by default.
    package var owner: Owner?
    /// Account at the store.
    package var username: String?
    /// Plain text or its base64.
    package var password: String?
    /// Public keys of the host of a store of type `sftp`, each as `ssh-ed25519 AAAA…`.
    package var hostKeys: [String]?
    /// Free words.
    package var labels: [String]?
    /// As the backup program takes them.
    package var options: String?
    /// Ports by key (`HttpPort` …); 0 removes the key.
    package var ports: [VolumePort: Int]

    /// Nothing is changed by an argument that is left out.
    package init(
        type: String? = nil, url: String? = nil, owner: Owner? = nil, username: String? = nil,
        password: String? = nil, hostKeys: [String]? = nil, labels: [String]? = nil, options: String? = nil,
        ports: [VolumePort: Int] = [:]
    ) {
        self.type = type
        self.url = url
        self.owner = owner
        self.username = username
        self.password = password
        self.hostKeys = hostKeys
        self.labels = labels
        self.options = options
        self.ports = ports
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try Document.check(
            type, oneOf: ["s3", "azure", "gs", "ftp", "sftp", "smb", "webdav", "webhdfs", "file"], key: "Type")
        if url == "" { throw EXAConfError.invalid("URL: give the address of the store.") }
        return [
            Assignment("Type", type),
            Assignment("URL", url),
            Assignment("Owner", owner?.description),
            Assignment("Username", username),
            Assignment("Passwd", password.map { EncodedPassword.stored($0) }),
            try Assignment("HostKey", list: hostKeys, tight: hostKeys?.count == 1),
            try Assignment("Labels", optionalList: labels),
            Assignment("Options", options),
        ]
    }
}
