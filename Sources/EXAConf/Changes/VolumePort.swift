/// A port an archive or remote volume can be reached at; the raw value is its key.
package enum VolumePort: String, Sendable, Hashable, CaseIterable {
    /// HTTP
    case http = "HttpPort"
    /// HTTP over TLS
    case https = "HttpsPort"
    /// FTP
    case ftp = "FtpPort"
    /// FTP over TLS
    case ftps = "FtpsPort"
    /// FTP over SSH
    case sftp = "SftpPort"
}

extension Document {
    mutating func write(_ ports: [VolumePort: Int], to path: SectionPath) throws(EXAConfError) {
        for port in VolumePort.allCases {
            guard let number = ports[port] else { continue }
            try Self.check(port: number, of: port.rawValue)
            if number == 0 {
                try remove(port.rawValue, in: path)
            } else {
                try set(port.rawValue, to: String(number), in: path)
            }
        }
    }
}
