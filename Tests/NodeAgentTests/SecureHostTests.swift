import Access
import Certificates
import EXAConf
import Glibc
import JobEngine
import NodeCommands
import Testing

@testable import NodeAgent

/// Which host is reached under the name of a store.
struct SecureHostTests {
    private static let edwards = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKKlDWirlNz7qV1gsBs21zZVcnLzK/DJ9O0F9cBTgEU0"
    private static let elliptic =
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBEmI80Qlk81yKnSYUIpiSplHFocMBBaLfn7pvf3"
        + "wJuw2Y796pXl7YLXDyo1xO8wE0Go31Fu0dVLqb6bBT6M3Ks="
    private static let prints = (
        edwards: "SHA256:OSCZNyS4J8l5pSVEBIihvxQaBv+V9nNEj49KOPJ+wyY",
        elliptic: "SHA256:43hXOl7C0XoWwTGE6VJtAJzWCgiVJ30zlwSmwwfVrqU"
    )

    private func archive(_ type: String, _ url: String, keys: [String]? = nil, options: String = "") -> ArchiveReference
    {
        var archive = ArchiveReference("Vault")
        (archive.type, archive.url, archive.options, archive.hostKeys) = (type, url, options, keys)
        return archive
    }

    private func host(_ keys: [String], at url: String = "sftp://store:2022/x") throws -> SecureHost {
        try #require(SecureHost(of: archive("sftp", url, keys: keys), at: [:]))
    }

    private func key(_ text: String) throws -> HostKey { try #require(HostKey(text)) }

    @Test(arguments: [
        ("sftp://store:2022/x", "[store]:2022"), ("sftp://store/x", "[store]:22"),
        ("sftp://[2001:db8::1]/", "[2001:db8::1]:22"),
    ])
    func theFileForRcloneHasEveryKeyOfTheHost(url: String, place: String) throws {
        let text = try host([Self.elliptic, "no key", Self.edwards], at: url).knownHosts
        #expect(text == "\(place) \(Self.edwards)\n\(place) \(Self.elliptic)\n")
    }

    @Test func onlySFTPHasSuchHosts() {
        #expect(SecureHost(of: archive("ftp", "ftp://store/x", keys: [Self.edwards]), at: [:]) == nil)
    }

    @Test func anotherKeyIsRefusedWithBothFingerprintsAndTheCommand() throws {
        let refusal = try host([Self.edwards]).refusal(shown: [key(Self.elliptic)])
        #expect(refusal.code == .archiveHostKey)
        #expect(refusal.message.contains("shows another key than the one that is kept"))
        #expect(refusal.message.contains("Kept: \(Self.prints.edwards) (ssh-ed25519)."))
        #expect(refusal.message.contains("Shown: \(Self.prints.elliptic) (ecdsa-sha2-nistp256)."))
        #expect(
            refusal.message.hasSuffix(
                "confd_client remote_volume_set_host_key remote_volume_name: Vault host_key: \(Self.prints.elliptic)"))
    }

    @Test func aFurtherKindOfKeyIsNoOtherHost() throws {
        let refusal = try host([Self.edwards]).refusal(shown: [key(Self.edwards), key(Self.elliptic)])
        #expect(refusal.code == .archiveHostKey && refusal.message.contains("of another kind than those that are kept"))
        #expect(refusal.message.hasSuffix("host_key: \(Self.prints.edwards),\(Self.prints.elliptic)"))
    }

    @Test func aVolumeOfBeforeIsToldWhatItsHostShows() throws {
        let refusal = try host([]).refusal(shown: [key(Self.edwards)])
        #expect(refusal.code == .archiveHostKey && refusal.message.contains("no key of store is kept"))
        #expect(refusal.message.contains("It shows \(Self.prints.edwards) (ssh-ed25519)."))
        #expect(try host([]).refusal(shown: []).message.hasSuffix("host_key: SHA256:..."))
    }

    @Test func hostsOfStoresAreThoseTheirKindDoesNotDecide() {
        for (type, url, options, names) in [
            ("ftp", "ftp://a:21/x", "", ["a"]), ("webdav", "https://a/x", "timeout=3,proxy=b:3128", ["a", "b"]),
            ("s3", "s3://bucket/x", "", []), ("s3", "https://a/bucket", "=", ["a"]), ("gs", "gs://bucket", "", []),
            ("file", "file:///x", "", []), ("gs", "gs://bucket", "proxy=b:1", ["b"]),
        ] as [(String, String, String, [String])] {
            #expect(
                StoreHosts(of: archive(type, url, options: options), account: nil).names == names, "\(url) \(options)")
        }
    }

    /// Passwords are prepared by rclone, which need not be installed.
    @Test(.enabled(if: access("/usr/bin/rclone", X_OK) == 0))
    func whereOnlyTheAddressTellsAHostFromOthersRcloneIsGivenIt() async throws {
        let call = ActionCall(
            root: InstallationRoot("/nonexistent"), files: DurableFile(), job: JobID(node: 11, number: 1), step: 0,
            time: SystemTimeSource(), end: .seconds(1 << 40))
        let found = ["store": ["192.0.2.7", "192.0.2.8"], "six": ["2001:db8::1", "192.0.2.7"]]
        for (url, options, host, tls) in [
            ("ftp://store/x", "", "192.0.2.7", nil), ("ftp://other/x", "", "other", nil),
            ("ftp://six/x", "", "six", nil),
            ("ftp://store/x", "forcessl", "store", nil), ("ftp://store/x", "earlytls", "store", "true"),
            ("ftps://store/x", "", "store", "true"), ("ftps://store/x", "forcessl", "store", nil),
        ] as [(String, String, String, String?)] {
            var store = try await ArchiveStore(archive("ftp", url, options: options), account: nil, call)
            store.pin(to: found, nil)
            #expect(store.environment["RCLONE_CONFIG_ARCHIVE_HOST"] == host, "\(url) \(options)")
            #expect(store.environment["RCLONE_CONFIG_ARCHIVE_TLS"] == tls, "\(url) \(options)")
        }
    }
}
