import EXAConf
import Testing

struct PlaceTests {
    /// A path of each kind, as clusters have them.
    private static let usual: [(Place.Kind, String)] = [
        (.bucket, "/exa/data/bucketfs/bfsdefault"), (.bucket, "/exa/data/bucketfs2"),
        (.bucket, "/exa/data/bucketfs_ssd/b"),
        (.volume, "/exa/data/volumes/7"), (.device, "/exa/data/storage/dev.1"),
        (.archive, "/exa/data/archives/nightly"),
        (.certificate, "/exa/etc/ssl/ssl.crt"), (.license, "/exa/etc/license.xml"),
        (.license, "/exa/etc/license.exasol_license"), (.keytab, "/exa/etc/keytabs/DB1.keytab"),
        (.plugin, "/exa/plugins/P1"), (.log, "/exa/logs/cored/a.log"), (.debug, "/exa/spool/debug/case-7.tar.gz"),
        (.remoteVolume, "/exa/etc/remote_volumes/root.0.conf"),
    ]

    @Test func everyKindHasAFolderOfItsOwn() throws {
        for (kind, path) in Self.usual {
            #expect(try Place(kind, path).description == path)
            for other in Place.Kind.allCases where other != kind {
                #expect(throws: PlaceFault.self) { try Place(other, path) }
            }
        }
    }

    @Test(arguments: [
        "/exa", "/exa/", "/exa/etc", "/exa/etc/EXAConf", "/exa/etc/EXAConf.0", "/exa/etc/confd.yaml",
        "/exa/etc/pam.d/confd",
        "/exa/spool/jobs/store.sqlite", "/exa/spool", "/exa/run/confd.sock", "/exa/jobs.d/x", "/exa/data",
        "/exa/data/x",
        "/exa/data/storage/.ledger.json", "/exa/etc/ssl/.ssl.ca.new", "/exa/etc/license.xml.previous", "/etc/shadow",
        "/srv", "/srv/one/etc/EXAConf", "/example/data/bucketfs/x",
    ])
    func whatIsTheDaemonsOwnIsNoPlace(_ path: String) {
        var roots = PlaceRoots()
        (roots.installation, roots.buckets, roots.archives) = ("/srv/one", ["/srv/b"], ["/srv/a"])
        for kind in Place.Kind.allCases {
            #expect(throws: PlaceFault.self) { try Place(kind, path, in: roots) }
        }
    }

    @Test(arguments: [
        "", "/", "data/bucketfs/x", "/exa/data/bucketfs/../../etc/x", "/exa/data/bucketfs/..", "/exa/./data/bucketfs/x",
        "/exa//data/bucketfs/x", "/exa/data/bucketfs/a\0b", "/exa/data/bucketfs/.x", "/exa/data/bucketfs/a\nb",
        "/exa/data/bucketfs/" + String(repeating: "a", count: 300), "/exa/\u{301}/../data/bucketfs/x",
    ])
    func aCraftedPathIsRefused(_ path: String) {
        #expect(throws: PlaceFault.self) { try Place(.bucket, path) }
    }

    @Test func aFolderMayEndInASlashAndAFileMayNot() throws {
        #expect(try Place(.archive, "/exa/data/archives/a/").description == "/exa/data/archives/a")
        #expect(throws: PlaceFault.self) { try Place(.license, "/exa/etc/license.xml/") }
    }

    @Test func aFolderAroundTheInstallationDoesNotOpenIt() throws {
        var roots = PlaceRoots()
        (roots.installation, roots.archives) = ("/srv/one", ["/srv"])
        #expect(try Place(.archive, "/srv/backup", in: roots).root == "/srv")
        #expect(try Place(.archive, "/srv/one/data/archives/a", in: roots).description == "/exa/data/archives/a")
        for path in ["/srv/one", "/srv/one/data/volumes/0", "/exa/data/volumes/0", "/srv/onerous/../one/etc"] {
            #expect(throws: PlaceFault.self) { try Place(.archive, path, in: roots) }
        }
    }

    @Test func whatIsNotUsedIsAFindingWithTheLineToAdd() throws {
        let document = try Document(
            parsing: """
                [Global]
                    Revision = 1
                    Checksum = none
                    LicenseFile = /exa/etc/EXAConf.0
                [SSL]
                    Cert = /exa/etc/ssl/ssl.ca
                    CertKey = /etc/key
                [BucketFS : b1]
                    Owner = 0 : 0
                    Path = /exa/etc
                [BucketFS : b2]
                    Owner = 500 : 500
                    Path = /exa/data/bucketfs2
                    [[Bucket : ../b]]
                [BucketFS : ../x]
                    Owner = 500 : 500
                [RemoteVolume : v1]
                    Type = file
                    URL = file:///backup/
                [Node : 11]
                    [[Disk : disk1]]
                        Component = exastorage
                        Devices = dev.1, /mnt/dev.2
                [Plugin : P1]
                    BucketFS = b2
                    Bucket = ../../../etc
                [Plugin : P2]
                    BucketFS = b2

                """)
        let found = document.findings()
        #expect(
            found.map { "\($0.section.joined()) \($0.key)" } == [
                "Global LicenseFile", "SSL CertKey", "SSL Cert", "Node : 11Disk : disk1 Devices",
                "BucketFS : b1 Path", "BucketFS : b1 Owner", "BucketFS : b2Bucket : ../b ", "BucketFS : ../x ",
                "RemoteVolume : v1 URL", "Plugin : P1 ",
            ])
        let archive = found.first { $0.section == ["RemoteVolume : v1"] }
        #expect(archive?.description.hasSuffix("add to confd.yaml: archives.roots: /backup") == true)
        var roots = PlaceRoots()
        roots.archives = ["/backup"]
        #expect(document.findings(in: roots).count == 9)
    }

    @Test func anArchiveOnTheNodesThemselvesIsAFindingUnlessItIsListed() throws {
        let document = try Document(
            parsing: """
                [Node : 11]
                    PrivateNet = 10.1.2.11/24
                [RemoteVolume : v1]
                    Type = ftp
                    URL = ftp://localhost:21/x
                [RemoteVolume : v2]
                    Type = s3
                    URL = http://10.1.2.11:9000/bucket
                [RemoteVolume : v3]
                    Type = s3
                    URL = http://10.1.2.12:9000/bucket

                """)
        #expect(document.findings().map(\.section) == [["RemoteVolume : v1"], ["RemoteVolume : v2"]])
        var roots = PlaceRoots()
        roots.archiveAddresses = [try #require(IPRange("127.0.0.0/8"))]
        #expect(
            document.findings(in: roots).map(\.setting) == ["archives.local_addresses: 127.0.0.0/8 10.1.2.11"])
        let own = Set(["192.0.2.11"].compactMap { IPAddress($0) })
        for (address, isOwn) in [("192.0.2.11", true), ("64:ff9b::192.0.2.11", true), ("192.0.2.12", false)] {
            #expect((roots.fault(ofArchiveAt: address, own: own) != nil) == isOwn, "\(address)")
        }
    }
}
