import EXAConf
import Testing

struct StoreTrustTests {
    @Test(
        arguments: [
            ("ftp", "ftp://store/x", "", [.clear]), ("ftp", "ftp://store/x", "forcessl", []),
            ("ftp", "ftp://store/x", "verbose,earlytls", []), ("ftp", "ftps://store/x", "", []),
            ("ftp", "ftps://store/x", "noverifypeer", [.certificateIgnored]),
            ("webdav", "http://store/x", "noverifypeer", [.clear]), ("webdav", "https://store/x", "", []),
            ("s3", "http://store/b", "", [.clear]), ("s3", "s3://b", "", []),
            ("azure", "https://a.example/c", "noverifypeer", [.certificateIgnored]),
            ("file", "file:///exa/data/archives/x", "", []),
            ("sftp", "sftp://store/x", "", [.hostKeyMissing]),
        ] as [(String, String, String, [StoreTrust])])
    func whatIsMissingIsTold(type: String, url: String, options: String, lacking: [StoreTrust]) throws {
        let document = try Document(
            parsing: "[RemoteVolume : v1]\n    Type = \(type)\n    URL = \(url)\n    Options = \(options)\n")
        #expect(document.remoteVolume(named: "v1")?.lackingTrust == lacking)
        let found = document.cautions()
        #expect(found.map(\.section) == lacking.map { _ in ["RemoteVolume : v1"] })
        #expect(found.allSatisfy { $0.setting == nil && !$0.text.isEmpty })
        #expect(document.findings().isEmpty)
    }

    @Test func aVolumeWithoutAKeyOfItsHostNamesTheCommand() throws {
        let document = try Document(parsing: "[RemoteVolume : v1]\n    Type = sftp\n    URL = sftp://store/x\n")
        #expect(
            document.cautions().first?.description.hasSuffix(
                "confd_client remote_volume_set_host_key remote_volume_name: v1 host_key: SHA256:...") == true)
    }

    @Test func keysOfAHostComeBackAsTheyWereWritten() throws {
        var document = try Fixture.fresh()
        let keys = ["ssh-ed25519 AAAAC3Nz+/aC1lZDI1NTE5==", "ssh-rsa AAAAB3NzaC1yc2E="]
        var settings = RemoteVolumeSettings(type: "sftp", url: "sftp://store/x", username: "u", password: "p")
        settings.hostKeys = keys
        try document.addRemoteVolume("v1", settings)
        #expect(document.cautions().isEmpty)
        let again = try Document(parsing: document.text)
        #expect(again.remoteVolume(named: "v1")?.hostKeys == keys)
        #expect(again.text == document.text)
        #expect(
            again.section(at: .remoteVolume("v1"))?.entries.map(\.key) == [
                "Type", "ID", "URL", "Owner", "Username", "Passwd", "HostKey",
            ])
        try document.setHostKeys([keys[1]], of: "v1")
        #expect(document.value("HostKey", in: .remoteVolume("v1")) == keys[1])
        #expect(try Document(parsing: document.text).remoteVolume(named: "v1")?.hostKeys == [keys[1]])
        #expect(throws: EXAConfError.self) { try document.setHostKeys(keys, of: "v2") }
        #expect(throws: EXAConfError.self) { try document.setHostKeys([], of: "v1") }
    }
}
