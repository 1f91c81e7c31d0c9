import Access
import EXAConf
import JobEngine
import Testing

@testable import NodeAgent

struct ArchiveStoreTests {
    private func store(_ members: [String: Value]) async throws -> ArchiveStore {
        let call = ActionCall(
            arguments: [:], root: InstallationRoot("/nonexistent"), files: DurableFile(),
            job: JobID(node: 11, number: 1),
            step: 0, time: SystemTimeSource(), end: .seconds(1 << 40))
        return try await ArchiveStore(members, account: nil, call)
    }

    @Test(arguments: [
        ("https://backups.s3.eu-central-1.amazonaws.com/a/b/", "archive:backups/a/b", "REGION", "eu-central-1"),
        ("https://backups.s3.amazonaws.com", "archive:backups", "REGION", "us-east-1"),
        ("s3://backups/a", "archive:backups/a", "PROVIDER", "AWS"),
        ("http://127.0.0.1:9000/backups/a", "archive:backups/a", "ENDPOINT", "http://127.0.0.1:9000"),
    ])
    func `an address of S3 gives bucket, folder and where they are`(
        url: String, base: String, name: String, value: String
    ) async throws {
        let store = try await store(["type": "s3", "url": .string(url), "username": "key", "password": "hidden"])
        #expect(store.base == base)
        #expect(store.isBucket)
        #expect(store.environment["RCLONE_CONFIG_ARCHIVE_\(name)"] == value)
        #expect(store.environment["RCLONE_CONFIG_ARCHIVE_SECRET_ACCESS_KEY"] == "hidden")
    }

    @Test func `an account of Azure elsewhere keeps its port, and rclone puts the name in front itself`() async throws {
        let store = try await store(["type": "azure", "url": "https://acc.blob.example:444/container/x"])
        #expect(store.base == "archive:container/x")
        #expect(store.environment["RCLONE_CONFIG_ARCHIVE_ENDPOINT"] == "blob.example:444")
        #expect(store.environment["RCLONE_CONFIG_ARCHIVE_ACCOUNT"] == "acc")
    }

    @Test(arguments: [
        ("ftp", "ftp://host/a%20b", "archive:/a b"), ("sftp", "sftp://host/a%20b/", "archive:/a b"),
        ("smb", "smb://host/share/%C3%BC", "archive:share/ü"), ("s3", "s3://bucket/a%20b", "archive:bucket/a b"),
        ("gs", "gs://bucket/a%2Fb", "archive:bucket/a/b"), ("file", "file:///a%20b", "/a b"),
        ("azure", "https://acc.blob.core.windows.net/c/%25", "archive:c/%"),
        ("webdav", "https://host:8443/remote.php/a%20b", "archive:remote.php/a b"),
    ])
    func `addresses are URLs for every kind`(type: String, url: String, base: String) async throws {
        // Passwords of hosts are prepared by rclone, which need not be installed.
        let hosts = ["ftp", "sftp", "smb"]
        if hosts.contains(type) {
            #expect("archive:" + StoreURL(url).path.drop { type == "smb" && $0 == "/" } == base)
        } else {
            #expect(try await store(["type": .string(type), "url": .string(url)]).base == base)
        }
    }

    @Test func `a kind of store and an option nobody knows are refused`() async throws {
        for members: [String: Value] in [
            ["type": "webhdfs", "url": "http://host/x"], ["type": "file", "url": "file:///x", "options": "webhdfs"],
        ] {
            await #expect {
                _ = try await store(members)
            } throws: {
                guard case .refused(let error) = $0 as? ActionError else { return false }
                return error.code == .unsupported
            }
        }
    }

    @Test(arguments: [
        (
            ["2026/01/01 Failed to lsf: error: InvalidAccessKeyId: unknown. status code: 403"],
            JobError.Code.archiveDenied
        ),
        (["x", "Failed to create file system for \"a:\": NewFs: ssh: unable to authenticate"], .archiveDenied),
        (
            ["Failed to copy with 2 errors: last error was: dial tcp 127.0.0.1:1: connect: connection refused"],
            .archiveUnreachable
        ),
        (["Failed to rcat: NoSuchBucket: The specified bucket does not exist"], .archiveUnreachable),
        (["Failed to copy: write /exa/x: no space left on device"], .outOfSpace),
    ])
    func `what rclone says tells what is wrong with the archive`(messages: [String], code: JobError.Code) {
        let archive = Archive(name: "Vault", store: ArchiveStore(folder: "/x", capacity: nil), account: nil)
        let answer = ExternalProgram.Answer(exitCode: 1, output: [], messages: messages)
        #expect {
            try archive.require(answer)
        } throws: {
            guard case .refused(let error) = $0 as? ActionError else { return false }
            return error.code == code && error.message.hasPrefix("Archive volume Vault ")
        }
    }

    @Test func `a message that has the store's key in it is shown without`() async throws {
        let store = try await store(["type": "s3", "url": "s3://b", "username": "AKIA1234", "password": "hidden"])
        #expect(store.hidingSecrets(in: "AKIA1234 signed with hidden") == "*** signed with ***")
    }
}
