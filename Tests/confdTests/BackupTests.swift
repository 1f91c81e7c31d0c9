import Foundation
import Logging
import NodeAgent
import PeerLink
import SQLiteStore
import Support
import Testing

@testable import confd

/// What goes into one file, and comes out of it.
struct BackupTests {
    private func installation(in folder: URL) throws -> Installation {
        let installation = Installation(root: folder.path)
        try installation.makeFolders()
        try Data("[Global]\n".utf8).write(to: folder.appending(path: "etc/EXAConf"))
        try Data("key".utf8).write(to: folder.appending(path: "etc/ssl/ssl.key"))
        try Data(repeating: 7, count: 3_000_000).write(to: folder.appending(path: "etc/license.xml"))
        try Data("log".utf8).write(to: folder.appending(path: "logs/etcd.log"))
        try SQLiteFile.open(folder: installation.storeDirectory, log: Logger(label: "test")).close()
        return installation
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func aHeaderIsReadAsItWasWritten() throws {
        let long = "spool/cluster/files/" + String(repeating: "a", count: 90)
        for (name, size) in [("etc/EXAConf", 0), (long, 511), ("spool/jobs/store.sqlite", 1 << 40)] {
            let header = try #require(TarHeader(name: name, size: size, mode: 0o600))
            #expect(TarHeader(header.bytes(time: 1_000_000)) == header)
            #expect((size + header.padding) % 512 == 0)
        }
        var damaged = try #require(TarHeader(name: "a", size: 1, mode: 0o600)).bytes(time: 0)
        damaged[3] = 1
        #expect(TarHeader(damaged) == nil)
    }

    @Test(arguments: ["", "/etc/passwd", "etc/../passwd", "a//b", "./a", String(repeating: "a", count: 101)])
    func aNameThatLeadsElsewhereIsNone(name: String) {
        #expect(TarHeader(name: name, size: 1, mode: 0o600) == nil)
    }

    @Test(arguments: ["etc/passwd", "jobs.d/x", "etc/clusters", "spool/jobs/store.sqlite-wal", "etc/pam.d/confd"])
    func whatNoBackupHasIsNotTaken(name: String) { #expect(!BackupReading.belongs(name)) }

    @Test func whatANodeHasIsPutIntoAnEmptyRoot() throws {
        try withFolder { folder in
            let root = folder.appending(path: "root")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            let installation = try installation(in: root)
            let members = MemberFolder(root: installation.root.directory)
            var member = MemberFile(
                member: "ab", node: 11, cluster: "c", generation: 2, life: 1, address: "10.0.0.11",
                ports: ClusterPorts())
            member.isVoter = true
            try FileManager.default.createDirectory(
                at: root.appending(path: "etc/cluster"), withIntermediateDirectories: true)
            try members.write(member)
            let file = folder.appending(path: "backup.tar").path
            #expect(try BackupWriting(installation).write(to: file) == 5)
            #expect(try mode(file) == 0o600)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: ".backup.tar.new").path))

            let other = Installation(root: folder.appending(path: "other").path)
            try FileManager.default.createDirectory(atPath: other.root.directory, withIntermediateDirectories: true)
            let found = try #require(try BackupReading(other).restore(from: file))
            // Its vote was that of its etcd, which is not here.
            #expect(found.node == 11 && found.generation == 2 && !found.isVoter)
            for name in ["etc/EXAConf", "etc/ssl/ssl.key", "etc/license.xml"] {
                let (before, after) = (root.appending(path: name), URL(filePath: "\(other.root.directory)/\(name)"))
                #expect(try Data(contentsOf: before) == Data(contentsOf: after), "\(name)")
            }
            #expect(other.hasStore)
            #expect(!FileManager.default.fileExists(atPath: "\(other.root.directory)/logs/etcd.log"))
            // Nothing that is there is replaced.
            #expect(throws: Failure.self) { try BackupReading(other).restore(from: file) }
        }
    }

    @Test func aDamagedBackupIsNotTaken() throws {
        try withFolder { folder in
            let root = folder.appending(path: "root")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            let file = folder.appending(path: "backup.tar")
            _ = try BackupWriting(try installation(in: root)).write(to: file.path)
            let whole = try Data(contentsOf: file)
            var changed = whole
            changed[whole.count / 2] ^= 1
            let all = [changed, whole.prefix(whole.count / 2), Data(), Data("no archive".utf8)]
            for (number, damaged) in all.enumerated() {
                try damaged.write(to: file)
                let other = Installation(root: folder.appending(path: "other\(number)").path)
                try FileManager.default.createDirectory(atPath: other.root.directory, withIntermediateDirectories: true)
                #expect(throws: Failure.self) { try BackupReading(other).restore(from: file.path) }
                #expect(other.isEmpty)
            }
        }
    }
}
