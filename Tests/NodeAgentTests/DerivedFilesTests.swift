import EXAConf
import JobEngine
import NodeAgent
import Testing

struct DerivedFilesTests {
    let place: TemporaryInstallation
    let system = FailingFileSystem()
    let files: DerivedFiles

    init() throws {
        place = try TemporaryInstallation()
        files = DerivedFiles(NodeAgent(node: 11, root: place.root, time: SteppingTime(), files: system))
    }

    private func configuration(_ revision: Int, _ parts: String...) throws -> DecidedConfiguration {
        DecidedConfiguration(
            try Document(parsing: parts.joined(separator: "\n") + "\n"), revision: revision)
    }

    private func follow(_ revision: Int, _ parts: String...) async throws {
        let document = try Document(parsing: parts.joined(separator: "\n") + "\n")
        try await files.reconcile(from: nil, to: DecidedConfiguration(document, revision: revision))
    }

    @Test func servicesGetTheirFiles() async throws {
        try await follow(1, Configuration.node, Configuration.services)
        let services = try #require(place.text(place.root.etc + "/bucketfs.cfg"))
        for line in [
            "[BucketFS : bfsdefault]", "HttpPort = 2580", "Owner = 500 : 500", "[[Bucket : default]]", "Public = True",
            "ReadPasswd = cmVhZA==", "WritePasswd = d3JpdGU=",
        ] {
            #expect(services.split(separator: "\n").contains { $0 == line })
        }
        let readers = try #require(place.text(place.root.etc + "/bucketfs_db.cfg"))
        #expect(readers.contains("ReadPasswd") && !readers.contains("WritePasswd") && !readers.contains("SyncKey"))
        let volumes = try #require(place.text(place.root.remoteVolumes + "/root.0.conf"))
        for line in [
            "[RemoteVolume : r0001]", "Type = ftp", "URL = ftp://store/one", "Username = up", "Passwd = c2VjcmV0",
            "Options = cleanvolume",
        ] {
            #expect(volumes.split(separator: "\n").contains { $0 == line })
        }
        #expect(!volumes.contains("r0002"))
        #expect(place.text(place.root.remoteVolumes + "/sue.500.conf")?.contains("r0002") == true)
        for path in ["/bucketfs.cfg", "/bucketfs_db.cfg", "/remote_volumes/root.0.conf"] {
            #expect(place.mode(place.root.etc + path) == 0o600)
        }
    }

    @Test func theFileOfAnOwnerWithoutVolumesGoes() async throws {
        try await follow(1, Configuration.node, Configuration.services)
        try place.write("mine", to: place.root.remoteVolumes + "/notes.conf")
        try await follow(2, Configuration.node)
        #expect(place.files.filter { $0.hasPrefix("etc/remote_volumes") } == ["etc/remote_volumes/notes.conf"])
    }

    @Test func derivedFilesStayWhenTheirContentDoes() async throws {
        try await follow(1, Configuration.node, Configuration.services)
        let before = place.inode(place.root.etc + "/bucketfs.cfg")
        try await follow(2, Configuration.node, Configuration.services)
        #expect(place.inode(place.root.etc + "/bucketfs.cfg") == before)
    }

    @Test func aRevisionThatLeavesThemAloneCostsNoLookAtThem() async throws {
        let (one, two) = (try configuration(1, Configuration.services), try configuration(2, Configuration.services))
        try await files.reconcile(from: nil, to: one)
        try place.write("by hand", to: place.root.etc + "/bucketfs.cfg")
        try await files.reconcile(from: one, to: two)
        #expect(place.text(place.root.etc + "/bucketfs.cfg") == "by hand")
        // Whoever asks for another look gets it.
        try await files.reconcile(from: two, to: two)
        #expect(place.text(place.root.etc + "/bucketfs.cfg")?.contains("bfsdefault") == true)
    }

    @Test func everyStepThatFailsIsToldAndMadeGoodTheNextTime() async throws {
        let one = try configuration(1, Configuration.node)
        let two = try configuration(2, Configuration.node, Configuration.services)
        for step in 1...60 {
            try await files.reconcile(from: nil, to: one)
            system.fail(.once(step))
            do {
                try await files.reconcile(from: one, to: two)
                if system.calls.count < step { return #expect(step > 10) }
            } catch {
                #expect(error is InstallError)
            }
            system.fail(nil)
            try await files.reconcile(from: one, to: two)
            #expect(place.text(place.root.etc + "/bucketfs.cfg")?.contains("bfsdefault") == true)
            #expect(place.text(place.root.remoteVolumes + "/sue.500.conf")?.contains("r0002") == true)
        }
        Issue.record("It never came to its end.")
    }
}
