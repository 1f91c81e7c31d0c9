import Access
import EXAConf
import JobEngine
import NodeCommands
import Testing
import Values

@testable import NodeAgent

struct ArchiveStoreTests {
    private func store(_ members: [String: Value]) async throws -> ArchiveStore {
        try await ArchiveStore(try reference(members), account: nil, call())
    }

    private func reference(_ members: [String: Value]) throws -> ArchiveReference {
        try Value.map(members.merging(["name": "Vault"]) { own, _ in own }).decoded()
    }

    private func call(_ roots: PlaceRoots = PlaceRoots()) -> ActionCall {
        ActionCall(
            root: InstallationRoot("/nonexistent", roots: roots), files: DurableFile(),
            job: JobID(node: 11, number: 1),
            step: 0, time: SystemTimeSource(), end: .seconds(1 << 40))
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

    @Test func `of what a store elsewhere answers only its status and words of our own are told`() async throws {
        let store = try await store(["type": "webdav", "url": "http://192.0.2.7/x"])
        let archive = Archive(name: "Vault", store: store, account: nil)
        for (said, told) in [
            ("error in ListJSON: couldn't list files: SECRET: of others: 418 SECRET", "418"),
            ("couldn't list files: SECRET: 401 Unauthorized", "user name, password or key: the server answered 401"),
            ("error listing: 502 SECRET", "502"),
            ("InvalidAccessKeyId: SECRET. status code: 403", "InvalidAccessKeyId"),
            ("SECRET", "rclone ended with code 1"), ("error listing: 99999 SECRET", "rclone ended with code 1"),
            ("Propfind SECRET: dial tcp 192.0.2.7:80: connect: connection refused", "connection refused"),
        ] {
            let answer = ExternalProgram.Answer(exitCode: 1, output: [], messages: ["Failed to lsf: \(said)"])
            #expect {
                try archive.require(answer)
            } throws: {
                let text = "\($0)"
                return text.contains(told) && !text.uppercased().contains("SECRET")
            }
        }
    }

    @Test(arguments: [
        ("webdav", "http://127.0.0.1/x", ""), ("s3", "http://127.0.0.1:9000/bucket", ""), ("s3", "http://[::1]/x", ""),
        ("azure", "https://169.254.169.254/c", ""), ("webdav", "https://192.0.2.7/x", "proxy=127.0.0.1:3128"),
    ])
    func `a store on this machine is not reached unless it is listed`(
        type: String, url: String, options: String
    ) async throws {
        let members: [String: Value] = [
            "name": "Vault", "type": .string(type), "url": .string(url), "options": .string(options),
        ]
        await #expect {
            _ = try await Archive(try reference(members), account: nil, call())
        } throws: {
            "\($0)".contains("add to confd.yaml: archives.local_addresses: ")
        }
        var roots = PlaceRoots()
        roots.archiveAddresses = ["127.0.0.0/8", "::1", "169.254.169.254"].compactMap { IPRange($0) }
        _ = try await Archive(try reference(members), account: nil, call(roots))
    }
}
