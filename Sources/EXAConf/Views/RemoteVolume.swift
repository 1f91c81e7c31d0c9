/// One `[RemoteVolume : name]`.
package struct RemoteVolume: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// `s3`, `azure`, `gs`, `ftp`, `sftp`, `smb`, `webdav`, `webhdfs` or `file`.
    package var type: String { text("Type") ?? "" }

    /// Where the data is.
    package var url: String? { text("URL") }

    /// User and group.
    package var owner: Owner? { owner() }

    /// Account at the store.
    package var username: String? { text("Username") }

    /// Secret: base64 of the plain text.
    package var storedPassword: String? { text("Passwd") }

    /// Secret: the plain text; what is stored when that is not base64.
    package var password: String? { storedPassword.map { EncodedPassword.plain($0) ?? $0 } }

    /// Public keys the host of a store of type `sftp` proves itself with, each as `ssh-ed25519 AAAA…`.
    package var hostKeys: [String] { list("HostKey") }

    /// Free words.
    package var labels: [String] { list("Labels") }

    /// As the backup program takes them.
    package var options: String { text("Options") ?? "" }

    /// Archive volumes only; nil for off.
    package var httpPort: Int? { int("HttpPort") }

    /// Archive volumes only; nil for off.
    package var httpsPort: Int? { int("HttpsPort") }

    /// Archive volumes only; nil for off.
    package var ftpPort: Int? { int("FtpPort") }

    /// Archive volumes only; nil for off.
    package var ftpsPort: Int? { int("FtpsPort") }

    /// Archive volumes only; nil for off.
    package var sftpPort: Int? { int("SftpPort") }

    /// Unique over all kinds of volumes; a missing name is made of the id.
    package var name: String {
        if !section.identifier.isEmpty { return section.identifier }
        let number = String(max(0, (int("ID") ?? 10_000) - 10_000))
        return "r" + String(repeating: "0", count: max(0, 4 - number.count)) + number
    }

    /// At least 10000; made of a name such as `r0001` when it is missing.
    package var id: Int? {
        if let id = int("ID") { return id }
        guard section.identifier.utf8.first == UInt8(ascii: "r"), section.identifier.utf8.count < 8 else { return nil }
        return Int(section.identifier.dropFirst()).flatMap { $0 < 0 ? nil : $0 + 10_000 }
    }
}
